import type { ChargeRules, ChargeSnapshot } from '../domain/charge';
import { addDays, type LocalDate } from '../domain/dates';
import type { Cents } from '../domain/money';

/** A título with what its customer and carteira say now: everything that a bank would be sent of it but its numbers. */
export interface ChargeRow {
  receivableId: number;
  carteiraId: number;
  accountId: number;
  convenio: string;
  carteiraCode: string;
  variation: string;
  especie: string;
  acceptance: boolean;
  interestPercent: string;
  finePercent: string;
  discountPercent: string;
  writeOffDays: number | null;
  pix: boolean;
  issueDate: LocalDate;
  dueDate: LocalDate;
  openAmountCents: Cents;
  status: 'A' | 'R' | 'P' | 'C';
  released: boolean;
  impresso: boolean;
  version: number;
  personType: 'F' | 'J';
  document: string;
  name: string;
  street: string;
  number: string;
  complement: string;
  district: string;
  city: string;
  uf: string;
  cep: string;
}

/** Which of its two addresses a customer's boletos have is the carteira's choice. */
const address = (column: string) =>
  `case k.address_source when 'billing' then c.billing_${column} else c.${column} end as ${column}`;

/** The columns of a ChargeRow, over `receivable r`, `customer c` and `carteira k`. */
export const chargeColumns = `r.id as "receivableId", r.carteira_id as "carteiraId", k.account_id as "accountId", k.convenio,
  k.code as "carteiraCode", k.variation, k.especie, k.acceptance, k.interest_percent as "interestPercent",
  k.fine_percent as "finePercent", k.discount_percent as "discountPercent", k.write_off_days as "writeOffDays", k.pix,
  r.issue_date as "issueDate", r.due_date as "dueDate", r.open_amount_cents as "openAmountCents", r.status,
  r.released, r.impresso, r.version, c.person_type as "personType", c.document, c.name,
  ${['street', 'number', 'complement', 'district', 'city', 'uf', 'cep'].map(address).join(', ')}`;

export function snapshotOf(
  charge: ChargeRow,
  numbers: Pick<ChargeSnapshot, 'ownReference' | 'ourNumber'>,
): ChargeSnapshot {
  return {
    receivableId: charge.receivableId,
    convenio: charge.convenio,
    carteira: charge.carteiraCode,
    variation: charge.variation,
    ownReference: numbers.ownReference,
    ourNumber: numbers.ourNumber,
    issueDate: charge.issueDate,
    dueDate: charge.dueDate,
    amountCents: charge.openAmountCents,
    especie: charge.especie,
    acceptance: charge.acceptance,
    rules: rulesOf(charge),
    writeOffDays: charge.writeOffDays,
    ...(charge.pix ? { pix: true } : {}),
    payer: {
      personType: charge.personType,
      document: charge.document,
      name: charge.name,
      street: charge.street,
      number: charge.number,
      complement: charge.complement,
      district: charge.district,
      city: charge.city,
      uf: charge.uf,
      cep: charge.cep,
    },
  };
}

function rulesOf(charge: ChargeRow): ChargeRules {
  const [interest, fine, discount] = [charge.interestPercent, charge.finePercent, charge.discountPercent].map(Number);
  return {
    ...(interest ? { interestPercentPerMonth: interest } : {}),
    ...(fine ? { finePercent: fine } : {}),
    // The discount is for paying before the due date.
    ...(discount ? { discount: { percent: discount, until: addDays(charge.dueDate, -1) } } : {}),
  };
}
