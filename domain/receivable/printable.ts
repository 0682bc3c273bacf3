import type { ChargeSnapshot } from '../boleto/charge';
import { dueDateFactor } from '../codes/dueDateFactor';
import type { Mismatch } from '../boleto/registrationCheck';
import type { BoletoState } from '../boleto/states';

/** Who charges, as the boleto must name him (Lei 12.039/2009). Empty texts where the cadastro has nothing. */
export interface Beneficiary {
  name: string;
  /** CNPJ without punctuation. */
  document: string;
  street: string;
  district: string;
  city: string;
  uf: string;
  cep: string;
}

/** Everything that the document of one registered boleto shows: what the bank has, not what the título says today. */
export interface PrintableBoleto {
  receivableId: number;
  linhaDigitavel: string;
  /** 44 digits; of a sandbox perhaps others. */
  barcode: string;
  pixEmv: string | null;
  /** As the bank stores it. */
  ourNumber: string;
  /** Agência/código as the bank shows it; null = never shown. */
  beneficiaryCode: string | null;
  /** The título's own document number and parcela, for the payer; empty = none. */
  document: string;
  installment: number;
  registeredAt: Date;
  /** Worth nothing, and says so. */
  homologation: boolean;
  beneficiary: Beneficiary;
  charge: ChargeSnapshot;
}

/** Why a título has no document, and what the operator reads after "a cobrança N". */
export const printRefusalLabels = {
  notCommunicated: 'ainda não foi comunicada ao banco',
  draft: 'não está registrada no banco',
  sending: 'está sendo enviada ao banco',
  unconfirmed: 'tem resultado incerto: reexamine ou resolva antes',
  inProgress: 'ainda está em processamento no banco',
  conflict: 'tem divergência no banco: reexamine ou resolva antes',
  superseded: 'teve o número substituído e não foi registrada de novo',
  cancelled: 'foi baixada no banco',
  paid: 'já foi recebida',
  cancelledReceivable: 'está cancelada',
  otherData: 'está registrada no banco com outro valor ou vencimento: altere ou baixe no banco',
} as const;
export type PrintRefusal = keyof typeof printRefusalLabels;

export interface PrintFacts {
  receivableStatus: 'A' | 'R' | 'P' | 'C';
  /** null = never communicated. */
  boletoState: BoletoState | null;
  barcode: string;
  divergence: readonly Mismatch[] | null;
  /** What was sent, that which the bank is known to have first. */
  snapshots: readonly ChargeSnapshot[];
}

/**
 * Whether a document may be made, and of which of the charges that were sent. Only a registered boleto has one: the
 * payer of any other would pay nobody. Printed is the charge that the barcode is about.
 */
export function judgePrint(facts: PrintFacts): { charge: ChargeSnapshot } | { refused: PrintRefusal } {
  const { receivableStatus, boletoState, snapshots, barcode, divergence } = facts;
  if (boletoState === null) return { refused: receivableRefusal(receivableStatus) ?? 'notCommunicated' };
  if (boletoState !== 'registered') return { refused: boletoState };
  const refused = receivableRefusal(receivableStatus);
  if (refused) return { refused };
  // Codes that were accepted although they are wrong agree with nothing.
  const charge = divergence ? snapshots[0] : snapshots.find((snapshot) => isAbout(barcode, snapshot));
  return charge ? { charge } : { refused: 'otherData' };
}

function receivableRefusal(status: PrintFacts['receivableStatus']): PrintRefusal | null {
  if (status === 'R') return 'paid';
  return status === 'C' ? 'cancelledReceivable' : null;
}

function isAbout(barcode: string, { amountCents, dueDate }: ChargeSnapshot): boolean {
  return barcode.slice(5, 19) === dueDateFactor(dueDate) + String(amountCents).padStart(10, '0');
}
