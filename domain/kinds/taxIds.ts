import { cnpj } from 'cpf-cnpj-validator';

/**
 * Whether the text is a CPF: exactly 11 digits, without punctuation, check digits right, not one digit eleven times.
 * By our own count: cpf-cnpj-validator refuses 123.456.789-09, whose digits are right, from a list of its own.
 */
export function isCpf(text: string): boolean {
  return /^(?!(\d)\1{10})\d{11}$/.test(text) && [9, 10].every((at) => cpfDigit(text, at) === text[at]);
}

/** The check digit at place `at` (9 or 10): modulo 11 of the digits before it, weighed from 2 upwards from the right. */
function cpfDigit(digits: string, at: number): string {
  const sum = [...digits.slice(0, at)].reduce((all, digit, index) => all + Number(digit) * (at + 1 - index), 0);
  return String(((sum * 10) % 11) % 10);
}

/**
 * Whether the text is a CNPJ: exactly 14 characters without punctuation, the first 12 digits or upper-case letters
 * (alphanumeric since July 2026, IN RFB 2.229/2024), the check digits right.
 */
export function isCnpj(text: string): boolean {
  return /^[0-9A-Z]{12}\d{2}$/.test(text) && cnpj.isValid(text, true);
}
