import type { WrongDigit } from './barcode';
import { modulo10, modulo11 } from './checkDigits';

/**
 * Bills of water, power, taxes and the like: they look like boletos and are paid like them, but no bank registers them.
 * Source: FEBRABAN, "Layout Padrão de Arrecadação/Recebimento com Utilização do Código de Barras", versão 5.
 */
export const segments: Readonly<Record<string, string>> = {
  1: 'prefeituras',
  2: 'saneamento',
  3: 'energia elétrica e gás',
  4: 'telecomunicações',
  5: 'órgãos governamentais',
  6: 'carnês e assemelhados',
  7: 'multas de trânsito',
  9: 'uso exclusivo do banco',
};

/** Whether 44 or 48 digits are meant as arrecadação: product 8, a known segment, a value id with its modulus. */
export function looksLikeArrecadacao(digits: string): boolean {
  return /^8[1-79][6-9](\d{41}|\d{45})$/.test(digits);
}

/** The 48 digits to type of a 44-digit barcode: four blocks of 11, each with its digit. */
export function toArrecadacaoLine(barcode: string): string {
  return [0, 11, 22, 33]
    .map((from) => barcode.slice(from, from + 11))
    .map((block) => block + digitOf(barcode, block))
    .join('');
}

/** The barcode of 48 typed digits; null when they are no arrecadação or a check digit, also the general one, is wrong. */
export function toArrecadacaoBarcode(line: string): string | null {
  const right = line.length === 48 && looksLikeArrecadacao(line) && wrongArrecadacaoDigits(line).length === 0;
  return right ? withoutBlockDigits(line) : null;
}

/** Whether these are the 44 digits of an arrecadação with the right general digit. */
export function isArrecadacaoBarcode(text: string): boolean {
  return text.length === 44 && looksLikeArrecadacao(text) && wrongArrecadacaoDigits(text).length === 0;
}

/** The check digits of 44 or 48 digits that are wrong: those of the blocks (48 only), and the general one. */
export function wrongArrecadacaoDigits(digits: string): WrongDigit[] {
  const isLine = digits.length === 48;
  const barcode = isLine ? withoutBlockDigits(digits) : digits;
  const checked = [
    ...(isLine ? [11, 23, 35, 47] : []).map((at, index) => ({
      of: index + 1,
      position: at + 1,
      found: digits.charAt(at),
      expected: digitOf(barcode, digits.slice(at - 11, at)),
    })),
    {
      of: 'general' as const,
      position: 4,
      found: barcode.charAt(3),
      expected: digitOf(barcode, barcode.slice(0, 3) + barcode.slice(4)),
    },
  ];
  return checked.filter(({ found, expected }) => found !== expected);
}

/** `846900000015244900820899…` as it is printed: `84690000001-5 24490082089-9 …`. */
export function formatArrecadacaoLine(line: string): string {
  return line.replace(/(\d{11})(\d)(?!$)/g, '$1-$2 ').replace(/(\d{11})(\d)$/, '$1-$2');
}

function withoutBlockDigits(line: string): string {
  return [0, 12, 24, 36].map((from) => line.slice(from, from + 11)).join('');
}

/** The third digit says which modulus is used, and whether the value is an amount (6, 8) or a quantity (7, 9). */
function digitOf(barcode: string, digits: string): string {
  return barcode[2] === '6' || barcode[2] === '7' ? String(modulo10(digits)) : modulo11('2a9', digits);
}
