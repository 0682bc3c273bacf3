/**
 * Check digits by name: "módulo 11" alone says too little, since banks differ in the weights and in what 10 becomes.
 * All take digits only and at least one.
 */
export const modulo11Variants = [
  /** General digit of a bank barcode: weights 2 to 9; 0, 10 and 11 become 1. */
  'barras',
  /** Weights 2 to 9; 10 and 11 become 0 (Santander, Caixa, Sicredi, arrecadação). */
  '2a9',
  /** The same, 10 is X (Banco do Brasil; its manual writes weights 9 to 2 and takes the remainder, which is the same). */
  '2a9_X',
  /** The same, 10 is P (agências of Bradesco). */
  '2a9_P',
  /** Weights 2 to 7; 10 is P, 11 is 0 (nosso número and contas of Bradesco). */
  '2a7_P',
  /** Weights 3, 1, 9, 7 from the left; remainders 0 and 1 give 0 (Sicoob). */
  'sicoob_3197',
  /** Two digits: modulo 10, then modulo 11 with weights 2 to 7 over both (NC of Banrisul). */
  'duplo_digito_banrisul',
] as const;
export type Modulo11Variant = (typeof modulo11Variants)[number];

/** What 10 becomes where it is not 0. */
const tens: Partial<Record<Modulo11Variant, string>> = { '2a9_X': 'X', '2a9_P': 'P', '2a7_P': 'P' };

/**
 * The digit, or the two of Banrisul, as text: it may be X or P.
 * @param ten what 10 becomes, where the variant's own is not meant
 */
export function modulo11(variant: Modulo11Variant, digits: string, ten = tens[variant] ?? '0'): string {
  switch (variant) {
    case 'barras':
      return String(modulo11Barcode(digits));
    case 'sicoob_3197':
      return withTen(11 - (sumFromLeft(digits, [3, 1, 9, 7]) % 11), ten);
    case 'duplo_digito_banrisul':
      return banrisulDigits(digits);
    case '2a7_P':
      return withTen(11 - (sumFromRight(digits, 7) % 11), ten);
    case '2a9':
    case '2a9_X':
    case '2a9_P':
      return withTen(11 - (sumFromRight(digits, 9) % 11), ten);
  }
}

/** Modulo 10: weights 2, 1 from the right, digits of each product summed. Fields of a linha digitável, Itaú, Inter. */
export function modulo10(digits: string): number {
  let sum = 0;
  for (let at = digits.length - 1, weight = 2; at >= 0; at--, weight = 3 - weight) {
    const product = Number(digits[at]) * weight;
    sum += product > 9 ? product - 9 : product;
  }
  return (10 - (sum % 10)) % 10;
}

/** Modulo 11 of a bank barcode: weights 2 to 9 from the right; 0, 10 and 11 become 1, so it is never 0. */
export function modulo11Barcode(digits: string): number {
  const digit = 11 - (sumFromRight(digits, 9) % 11);
  return digit > 9 ? 1 : digit;
}

/** Weights 2, 3 … `last`, 2, 3 … from the right. */
function sumFromRight(digits: string, last: number): number {
  let sum = 0;
  for (let at = digits.length - 1, weight = 2; at >= 0; at--, weight = weight === last ? 2 : weight + 1) {
    sum += Number(digits[at]) * weight;
  }
  return sum;
}

function sumFromLeft(digits: string, weights: readonly number[]): number {
  return [...digits].reduce((sum, digit, at) => sum + Number(digit) * (weights[at % weights.length] ?? 0), 0);
}

function withTen(digit: number, ten: string): string {
  return digit === 10 ? ten : String(digit % 11);
}

/** With remainder 1 the second digit would be 10: the first one goes up (9 to 0), and the second is computed again. */
function banrisulDigits(digits: string): string {
  for (let first = modulo10(digits); ; first = (first + 1) % 10) {
    const remainder = sumFromRight(`${digits}${first}`, 7) % 11;
    if (remainder !== 1) return `${first}${(11 - remainder) % 11}`;
  }
}
