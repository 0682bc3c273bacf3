/** An amount in integer centavos of real. Never a float: R$ 10,50 is 1050. */
export type Cents = number & { readonly __brand: 'Cents' };

/** The largest value the ten digits of a barcode hold: R$ 99.999.999,99. */
export const MAX_BARCODE_CENTS = 9_999_999_999;

/** @throws RangeError when `value` is not a safe integer. */
export function cents(value: number): Cents {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not an amount in cents: ${value}`);
  return value as Cents;
}

/**
 * Reads `1.234,56`, `1234,56`, `1234.56` or `1234`, optionally negative, as centavos.
 * A dot followed by exactly two final digits is a decimal point; a comma always is.
 * @returns null when the text is no amount (three decimals, letters, mixed groupings).
 */
export function parseCents(text: string): Cents | null {
  const match = /^(-)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}))?$|^(-)?(\d+)(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!match) return null;
  const negative = match[1] ?? match[4];
  const whole = (match[2] ?? match[5] ?? '').replaceAll('.', '');
  const fraction = (match[3] ?? match[6] ?? '').padEnd(2, '0');
  const value = Number(whole + fraction);
  if (!Number.isSafeInteger(value)) return null;
  return (negative ? -value : value) as Cents;
}

/** `1050` as `10.50`: the decimal form of JSON APIs. */
export function toDecimal(value: Cents): string {
  const digits = String(Math.abs(value)).padStart(3, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** `123456` as `R$ 1.234,56`. */
export function formatReais(value: Cents): string {
  const [whole = '0', fraction] = toDecimal(value).split('.');
  return `R$ ${whole.replace(/\B(?=(\d{3})+$)/g, '.')},${fraction}`;
}
