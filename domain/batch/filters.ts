import type { LocalDate } from '../kinds/dates';
import type { Cents } from '../kinds/money';

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
  'earlierBoleto',
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

export const leftOutLabels: Record<LeftOutReason, string> = {
  alreadyRegistered: 'já registrado no banco',
  inOtherBatch: 'já está em outra comunicação em andamento',
  notReleased: 'não liberado',
  paid: 'recebido',
  cancelled: 'cancelado',
  earlierBoleto: 'já tem boleto de outro sistema',
};

/** Pairs of filters that no título can satisfy, each as a sentence for the operator; empty when there is none. Pure. */
export function contradictions(filters: BatchFilters): string[] {
  const found: string[] = [];
  if (isAfter(filters.dueFrom, filters.dueTo)) found.push('o vencimento inicial é depois do final');
  if (isAfter(filters.issuedFrom, filters.issuedTo)) found.push('a emissão inicial é depois da final');
  if (isAfter(filters.amountFromCents, filters.amountToCents)) found.push('o valor mínimo é maior que o máximo');
  if (filters.contractKind === 'sem-contrato' && filters.contractId !== undefined)
    found.push('um contrato foi informado junto com "sem contrato"');
  return found;
}

function isAfter<T extends LocalDate | Cents>(from: T | undefined, to: T | undefined): boolean {
  return from !== undefined && to !== undefined && from > to;
}
