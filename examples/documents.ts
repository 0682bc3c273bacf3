import type { Random } from './random';

/** Modulo 11 over characters (ASCII − 48), weights from 2 upwards to `highest` and again, from the right. */
function checkDigit(characters: string, highest: number): number {
  const sum = [...characters].reverse().reduce((total, character, index) => {
    const weight = 2 + (index % (highest - 1));
    return total + (character.charCodeAt(0) - 48) * weight;
  }, 0);
  const remainder = sum % 11;
  return remainder < 2 ? 0 : 11 - remainder;
}

function withCheckDigits(base: string, highest: number): string {
  const first = checkDigit(base, highest);
  return `${base}${first}${checkDigit(`${base}${first}`, highest)}`;
}

/** A CPF with right check digits, never eleven times the same one. */
export function createCpf(random: Random): string {
  return withCheckDigits(`${random.between(1, 8)}9${String(random.between(0, 9_999_999)).padStart(7, '0')}`, 11);
}

/** A CNPJ with right check digits: of digits, or of letters and digits as issued from July 2026. */
export function createCnpj(random: Random, alphanumeric: boolean): string {
  if (!alphanumeric) return withCheckDigits(`${String(random.between(10_000_000, 89_999_999))}0001`, 9);
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const root = Array.from({ length: 7 }, () => random.pick([...alphabet])).join('');
  return withCheckDigits(`${root}${random.pick([...'ABCDEFGH'])}0001`, 9);
}

/** The same document with a wrong last digit. */
export function withWrongDigit(document: string): string {
  return document.slice(0, -1) + String((Number(document.at(-1)) + 1) % 10);
}
