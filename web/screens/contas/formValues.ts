import type { Titulo } from '../../../contract/receivable';
import { billingGroup, chargeGroup, customerGroup, termsGroup } from './fields';
import { amount as amountText, date } from '../../parts/format';
import { tidyDate } from '../../parts/tidyDate';
import { parseCents } from '../../../domain/kinds/money';

/** What the API stores, as the form shows it. */
export function formValues({ customer, receivable }: Titulo): Record<string, string> {
  const all: Titulo['customer'] = { ...customer, ...receivable };
  return Object.fromEntries(
    [customerGroup, billingGroup, chargeGroup, termsGroup]
      .flatMap(({ fields }) => fields)
      .map(({ name, kind }) => [name, shown(all[name], kind)]),
  );
}

function shown(value: string | number | boolean | null | undefined, kind: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'S' : 'N';
  if (kind === 'amount') return readable(String(value));
  if (kind === 'date') return date(String(value));
  return String(value);
}

const dates: ReadonlySet<string> = new Set(
  chargeGroup.fields.filter(({ kind }) => kind === 'date').map(({ name }) => name),
);

/** Only what differs, by the ERP's names. */
export function changesOf(values: Record<string, string>, stored: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, dates.has(name) ? tidyDate(value) : value] as const)
      .filter(([name, value]) => value !== stored[name]),
  );
}

/** `1234.5` as `1.234,50`. */
function readable(amount: string): string {
  const cents = parseCents(amount);
  return cents === null ? amount : amountText(cents);
}
