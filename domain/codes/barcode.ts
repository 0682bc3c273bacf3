import { modulo10, modulo11Barcode } from './checkDigits';
import type { LocalDate } from '../kinds/dates';
import { dueDateFactor } from './dueDateFactor';
import { MAX_BARCODE_CENTS, type Cents } from '../kinds/money';

const REAL = '9';

/** A check digit that is not the one its neighbours ask for. */
export interface WrongDigit {
  /** The field (1 to 3) or block (1 to 4) whose own digit it is; 'general' for that of the whole code. */
  of: number | 'general';
  /** Where it stands in the text that was checked, counted from 1. */
  position: number;
  found: string;
  expected: string;
}

/**
 * The 44 digits of a boleto's barcode.
 * @throws RangeError when the amount has more than ten digits, the due date has no factor of four digits from 1000 on,
 * or the campo livre is not 25 digits.
 */
export function buildBarcode(boleto: {
  bank: string;
  dueDate: LocalDate;
  amountCents: Cents;
  freeField: string;
}): string {
  // A larger amount would advance over the factor, and the boleto would have no due date.
  if (boleto.amountCents < 0 || boleto.amountCents > MAX_BARCODE_CENTS)
    throw new RangeError('amount does not fit a barcode');
  if (!/^\d{25}$/.test(boleto.freeField)) throw new RangeError('campo livre must have 25 digits');
  const factor = dueDateFactor(boleto.dueDate);
  if (factor < '1000') throw new RangeError(`no boleto is due on ${boleto.dueDate}`);
  const head = boleto.bank + REAL;
  const tail = factor + String(boleto.amountCents).padStart(10, '0') + boleto.freeField;
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
  if (!/^[0-79]\d{46}$/.test(linhaDigitavel) || wrongLineDigits(linhaDigitavel).length > 0) return null;
  return digitsOfLine(linhaDigitavel);
}

/** Whether these are the 44 digits of a bank boleto (not arrecadação, which starts with 8) with the right general digit. */
export function isBarcode(text: string): boolean {
  return /^[0-79]\d{43}$/.test(text) && wrongBarcodeDigit(text) === null;
}

/** The general digit of 44 digits, where it is wrong. */
export function wrongBarcodeDigit(barcode: string): WrongDigit | null {
  const expected = String(modulo11Barcode(barcode.slice(0, 4) + barcode.slice(5)));
  const found = barcode.charAt(4);
  return found === expected ? null : { of: 'general', position: 5, found, expected };
}

/** The check digits of 47 digits that are wrong, from left to right. */
export function wrongLineDigits(line: string): WrongDigit[] {
  const fields = [
    [0, 9],
    [10, 20],
    [21, 31],
  ] as const;
  const wrong: WrongDigit[] = fields.flatMap(([from, to], index) => {
    const expected = String(modulo10(line.slice(from, to)));
    const found = line.charAt(to);
    return found === expected ? [] : [{ of: index + 1, position: to + 1, found, expected }];
  });
  const general = wrongBarcodeDigit(digitsOfLine(line));
  return general ? [...wrong, { ...general, position: 33 }] : wrong;
}

/** `00190000090123456700400000003178369290000020000` as it is printed: `00190.00009 01234.567004 00000.003178 3 …`. */
export function formatLine(line: string): string {
  return line.replace(/^(\d{5})(\d{5})(\d{5})(\d{6})(\d{5})(\d{6})(\d)(\d{14})$/, '$1.$2 $3.$4 $5.$6 $7 $8');
}

/** The barcode's order of 47 digits, whatever their check digits. */
export function digitsOfLine(line: string): string {
  return line.slice(0, 4) + line.slice(32) + line.slice(4, 9) + line.slice(10, 20) + line.slice(21, 31);
}
