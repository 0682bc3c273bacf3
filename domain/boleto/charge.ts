import { addDays, type LocalDate } from '../kinds/dates';
import type { Cents } from '../kinds/money';

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

/** For paying until a day, that day included: either a percentage of the value, or an amount. */
export interface Discount {
  percent?: number;
  amountCents?: Cents;
  until: LocalDate;
}

/**
 * Late-payment and discount rules, of the carteira or of the título. Percentages are numbers such as 2 for 2 %; zero
 * is as good as absent. Interest, fine and each discount are a percentage or an amount, never both.
 */
export interface ChargeRules {
  interestPercentPerMonth?: number;
  interestCentsPerDay?: Cents;
  finePercent?: number;
  fineCents?: Cents;
  /** Carência: so many days after the due date neither interest nor fine is charged. */
  graceDays?: number;
  discount?: Discount;
  /** For those who pay later than its limit, with limits of their own: at most two, each later than the one before. */
  furtherDiscounts?: Discount[];
}

/** Every discount that is one, in the order of the steps. */
export function discountSteps({ discount, furtherDiscounts = [] }: ChargeRules): Discount[] {
  return [...(discount ? [discount] : []), ...furtherDiscounts].filter((step) => step.percent || step.amountCents);
}

/** The first day on which a fine is due: the day after the due date and the carência. */
export function fineDate(dueDate: LocalDate, { graceDays = 0 }: ChargeRules): LocalDate {
  return addDays(dueDate, 1 + graceDays);
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
  /** Some of these rules, or the days below, are of the título itself: what is wrong with them is nobody else's. */
  ownTerms?: true;
  /** Days after the due date on which it can still be paid; 0 = none, null = as many as the convênio has. */
  writeOffDays: number | null;
  /** Where the gateway asks for one: the same for each call with this payload, another once the bank has refused it. */
  idempotencyKey?: string;
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
