import type { LocalDate } from './dates';
import type { Cents } from './money';

/** The filters of Emissão de Boletos. Absent = any. Impresso is always Não for a communication. */
export interface BatchFilters {
  dueFrom?: LocalDate;
  dueTo?: LocalDate;
  issuedFrom?: LocalDate;
  issuedTo?: LocalDate;
  amountFromCents?: Cents;
  amountToCents?: Cents;
  filialIds?: number[];
  customerIds?: number[];
  contractId?: number;
  contractKind?: 'recorrente' | 'avulso' | 'sem-contrato';
  personType?: 'F' | 'J';
  chargeType?: string;
  lote?: string;
  city?: string;
  district?: string;
  cep?: string;
}

/** Why a título that the filters matched was left out of a selection. */
export const leftOutReasons = [
  'alreadyRegistered',
  'inOtherBatch',
  'notReleased',
  'paid',
  'cancelled',
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

export const leftOutLabels: Record<LeftOutReason, string> = {
  alreadyRegistered: 'já registrado no banco',
  inOtherBatch: 'já está em outra comunicação em andamento',
  notReleased: 'não liberado',
  paid: 'recebido',
  cancelled: 'cancelado',
};
