import { findEntry, type ErrorTable } from '../catalogue/catalogue';
import { ownCodes } from '../catalogue/ownCodes';
import { previaRows, type PreviaCode } from '../catalogue/previa';
import type { ChargeSnapshot } from '../boleto/charge';
import type { PreviaDefect } from '../boleto/previa';

/** Code of a guilty field that the bank would get as it refused it. */
export const SAME_AS_REFUSED = 'comoRecusado';

/** One thing for which a título that was changed would be refused again. */
export interface StillWrong {
  code: PreviaCode | typeof SAME_AS_REFUSED;
  /** In domain words. */
  field: string;
}

/** How a título was refused, and what was sent then. */
export interface Refused {
  gateway: string | null;
  providerCode: string | null;
  providerMessage: string | null;
  httpStatus: number | null;
  field: string | null;
  /** What the bank refused; null where nothing was sent. */
  snapshot: ChargeSnapshot | null;
}

/**
 * What a correction leaves wrong: everything of the título that the prévia still refuses, and the field that the bank
 * blamed where neither it nor what it is judged with has another value. What is the carteira's is no correction's matter.
 * @param refused null = it was not refused
 * @param errorsOf what the errors of a gateway mean; null for one that is not known here
 */
export function stillWrong(
  now: ChargeSnapshot,
  defects: readonly PreviaDefect[],
  refused: Refused | null,
  errorsOf: (gateway: string) => ErrorTable | null,
): StillWrong[] {
  const found: StillWrong[] = defects
    .filter(({ code }) => previaRows[code].fixer !== 'carteira')
    .map(({ code, field }) => ({ code, field }));
  const guilty = refused && guiltyField(refused, errorsOf);
  if (!guilty || !refused.snapshot || found.some(({ field }) => field === guilty)) return found;
  const together = judgedTogether.find((fields) => fields.includes(guilty));
  if (together?.every((field) => valueOf(now, field) === valueOf(refused.snapshot as ChargeSnapshot, field)))
    found.push({ code: SAME_AS_REFUSED, field: guilty });
  return found;
}

function guiltyField(
  { gateway, providerCode, providerMessage, httpStatus, field }: Refused,
  errorsOf: (gateway: string) => ErrorTable | null,
): string | null {
  // A refusal of ours: the prévia says better whether it holds.
  if (providerCode !== null && Object.hasOwn(previaRows, providerCode)) return null;
  if (field !== null) return field;
  // Nor does what we concluded ourselves name any.
  if (providerCode !== null && ownCodes.includes(providerCode)) return null;
  const errors = errorsOf(gateway ?? '');
  const facts = { code: providerCode ?? '', message: providerMessage ?? '', httpStatus };
  const entry = errors && findEntry(errors, facts);
  return entry?.kind === 'data' ? entry.field : null;
}

/**
 * A bank that blames one of these may have been wrong about which: a CEP of another UF is mended in either. Fields that
 * no correction reaches are in none.
 */
const judgedTogether: readonly (readonly string[])[] = [
  ['payer.document', 'payer.personType', 'payer.name'],
  [
    ...['payer.street', 'payer.number', 'payer.complement', 'payer.district'],
    ...['payer.city', 'payer.uf', 'payer.cep'],
  ],
  ['issueDate', 'dueDate'],
  ['amountCents'],
];

function valueOf(snapshot: ChargeSnapshot, field: string): unknown {
  const [first = '', second] = field.split('.');
  const value = (snapshot as unknown as Record<string, unknown>)[first];
  const inner = second === undefined ? value : (value as Record<string, unknown> | undefined)?.[second];
  return inner ?? '';
}
