import type { ChargeRules, ChargeSnapshot, Discount } from '../../domain/boleto/charge';
import { addDays, type LocalDate } from '../../domain/kinds/dates';
import type { Cents } from '../../domain/kinds/money';

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
  /** Percentages as PostgreSQL writes them. */
  interestPercent: string;
  dailyInterestCents: Cents;
  finePercent: string;
  fineCents: Cents;
  graceDays: number;
  discountPercent: string;
  discountCents: Cents;
  discountDays: number;
  discount2Percent: string;
  discount2Cents: Cents;
  discount2Days: number;
  discount3Percent: string;
  discount3Cents: Cents;
  discount3Days: number;
  writeOffDays: number | null;
  ownTerms: boolean;
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

/** Terms of the título replace the carteira's group by group: an amount of its own leaves no percentage beside it. */
const grouped = (...columns: string[]) =>
  columns.map(
    (column) =>
      `case when num_nonnulls(${columns.map((each) => `r.${each}`).join(', ')}) > 0
         then coalesce(r.${column}, 0) else k.${column} end as "${camelCase(column)}"`,
  );
const single = (...columns: string[]) =>
  columns.map((column) => `coalesce(r.${column}, k.${column}) as "${camelCase(column)}"`);

/** `discount2_days` as `discount2Days`. */
function camelCase(column: string): string {
  return column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const discountGroup = ['', '2', '3'].flatMap((step) => [`discount${step}_percent`, `discount${step}_cents`]);
const discountLimits = ['', '2', '3'].map((step) => `discount${step}_days`);

/** What a título may have of its own; the carteira has columns of the same names. */
const termColumns = [
  ...['interest_percent', 'daily_interest_cents', 'fine_percent', 'fine_cents', 'grace_days'],
  ...[...discountGroup, ...discountLimits, 'write_off_days'],
];

/** The columns of a ChargeRow, over `receivable r`, `customer c` and `carteira k`. */
export const chargeColumns = `r.id as "receivableId", r.carteira_id as "carteiraId", k.account_id as "accountId", k.convenio,
  k.code as "carteiraCode", k.variation, k.especie, k.acceptance, k.pix,
  ${[
    ...grouped('interest_percent', 'daily_interest_cents'),
    ...grouped('fine_percent', 'fine_cents'),
    ...grouped(...discountGroup),
    ...single('grace_days', 'write_off_days', ...discountLimits),
  ].join(', ')}, num_nonnulls(${termColumns.map((column) => `r.${column}`).join(', ')}) > 0 as "ownTerms",
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
    ...(charge.ownTerms ? { ownTerms: true as const } : {}),
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
  const [interest, fine] = [charge.interestPercent, charge.finePercent].map(Number);
  const { dailyInterestCents: interestCentsPerDay, fineCents, graceDays } = charge;
  const [discount, ...furtherDiscounts] = [
    discountOf(charge, charge.discountPercent, charge.discountCents, charge.discountDays),
    discountOf(charge, charge.discount2Percent, charge.discount2Cents, charge.discount2Days),
    discountOf(charge, charge.discount3Percent, charge.discount3Cents, charge.discount3Days),
  ].flat();
  return {
    ...(interest ? { interestPercentPerMonth: interest } : {}),
    ...(interestCentsPerDay ? { interestCentsPerDay } : {}),
    ...(fine ? { finePercent: fine } : {}),
    ...(fineCents ? { fineCents } : {}),
    ...(graceDays ? { graceDays } : {}),
    ...(discount ? { discount } : {}),
    ...(furtherDiscounts.length > 0 ? { furtherDiscounts } : {}),
  };
}

/** One step, or none. @param days before the vencimento */
function discountOf({ dueDate }: ChargeRow, percent: string, amountCents: Cents, days: number): Discount[] {
  const value = Number(percent);
  if (!value && !amountCents) return [];
  return [
    {
      ...(value ? { percent: value } : {}),
      ...(amountCents ? { amountCents } : {}),
      until: addDays(dueDate, -days),
    },
  ];
}
