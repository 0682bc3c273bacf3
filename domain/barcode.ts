import { modulo10, modulo11Barcode } from './checkDigits';
import { daysBetween, localDate, type LocalDate } from './dates';
import { MAX_BARCODE_CENTS, type Cents } from './money';

const FACTOR_BASE = localDate('1997-10-07');
const REAL = '9';

/**
 * Due-date factor: days since 1997-10-07; after 9999 (2025-02-21) it starts again at 1000.
 * @throws RangeError for a date before 2000-07-03, whose factor would be below 1000.
 */
export function dueDateFactor(dueDate: LocalDate): string {
  const days = daysBetween(FACTOR_BASE, dueDate);
  if (days < 1000) throw new RangeError(`no due-date factor for ${dueDate}`);
  return String(days <= 9999 ? days : ((days - 1000) % 9000) + 1000);
}

/** Campo livre of Banco do Brasil for a convênio of 7 digits: zeros, convênio, sequence of 10, carteira. */
export function bancoDoBrasilFreeField(convenio: string, sequence: string, carteira: string): string {
  return `000000${convenio}${sequence}${carteira.padStart(2, '0')}`;
}

/**
 * The 44 digits of a boleto's barcode.
 * @throws RangeError when the amount has more than ten digits or the campo livre is not 25 digits.
 */
export function buildBarcode(boleto: {
  bank: string;
  dueDate: LocalDate;
  amountCents: Cents;
  freeField: string;
}): string {
  if (boleto.amountCents < 0 || boleto.amountCents > MAX_BARCODE_CENTS)
    throw new RangeError('amount does not fit a barcode');
  if (!/^\d{25}$/.test(boleto.freeField)) throw new RangeError('campo livre must have 25 digits');
  const head = boleto.bank + REAL;
  const tail = dueDateFactor(boleto.dueDate) + String(boleto.amountCents).padStart(10, '0') + boleto.freeField;
  return head + modulo11Barcode(head + tail) + tail;
}

/** The 47 digits of the linha digitável of a 44-digit bank barcode. */
export function toLinhaDigitavel(barcode: string): string {
  const freeField = barcode.slice(19);
  const fields = [barcode.slice(0, 4) + freeField.slice(0, 5), freeField.slice(5, 15), freeField.slice(15)];
  return fields.map((field) => field + modulo10(field)).join('') + barcode.slice(4, 19);
}

/** The barcode of a linha digitável; null when it is not 47 digits whose check digits, also the general one, are right. */
export function toBarcode(linhaDigitavel: string): string | null {
  if (!/^\d{47}$/.test(linhaDigitavel)) return null;
  const freeField = linhaDigitavel.slice(4, 9) + linhaDigitavel.slice(10, 20) + linhaDigitavel.slice(21, 31);
  const barcode = linhaDigitavel.slice(0, 4) + linhaDigitavel.slice(32) + freeField;
  return isBarcode(barcode) && toLinhaDigitavel(barcode) === linhaDigitavel ? barcode : null;
}

/** Whether these are the 44 digits of a bank boleto (not arrecadação, which starts with 8) with the right general digit. */
export function isBarcode(text: string): boolean {
  return /^[0-79]\d{43}$/.test(text) && Number(text[4]) === modulo11Barcode(text.slice(0, 4) + text.slice(5));
}
