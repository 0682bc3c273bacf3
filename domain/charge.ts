import type { LocalDate } from './dates';
import type { Cents } from './money';

/** CPF (11 digits) or CNPJ (14 characters, upper-case letters allowed in the first 12), without punctuation. */
export interface Payer {
  personType: 'F' | 'J';
  document: string;
  name: string;
  /** As the cadastro has them; one line is made of them by `streetLine`. */
  street: string;
  number?: string;
  complement?: string;
  district: string;
  city: string;
  uf: string;
  cep: string;
}

/** Street, number and complement as people write them. */
export function streetLine({
  street,
  number = '',
  complement = '',
}: Pick<Payer, 'street' | 'number' | 'complement'>): string {
  return [street, number, complement]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(', ');
}

/** Late-payment and discount rules of the carteira. Percentages are numbers such as 2 for 2 %. */
export interface ChargeRules {
  interestPercentPerMonth?: number;
  finePercent?: number;
  discount?: { percent: number; until: LocalDate };
}

/**
 * What one attempt sends, complete and immutable: stored with the attempt, and what a look is compared with.
 * Keys are as the bank will see them, after the adapter's truncation.
 */
export interface ChargeSnapshot {
  receivableId: number;
  convenio: string;
  carteira: string;
  variation: string;
  /** seuNumero: ours, unique in the numbering space. */
  ownReference: string;
  /** nossoNumero where the client numbers; null where the bank does. */
  ourNumber: string | null;
  issueDate: LocalDate;
  dueDate: LocalDate;
  amountCents: Cents;
  /** Sigla (DM, DS …); each adapter has its map. */
  especie: string;
  acceptance: boolean;
  rules: ChargeRules;
  /** Days after the due date on which the bank writes the boleto off; null for the bank's default. */
  writeOffDays: number | null;
  /** Ask for a Pix QR with the boleto (boleto híbrido); absent = no. */
  pix?: boolean;
  payer: Payer;
}

/** What the bank hands back for a registered boleto. Codes are digits as the bank wrote them, also when they are wrong. */
export interface Registration {
  bankId: string;
  ourNumber: string;
  linhaDigitavel: string;
  barcode: string;
  pixEmv: string | null;
  pixTxid: string | null;
  link: string | null;
  /** Agência and código do beneficiário as the bank shows them, for the document; absent or null where the answer has none. */
  beneficiaryCode?: string | null;
}
