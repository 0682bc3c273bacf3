import { isBarcode, toBarcode, toLinhaDigitavel } from '../codes/barcode';
import type { Registration } from './charge';
import type { LocalDate } from '../kinds/dates';
import { dueDateFactor } from '../codes/dueDateFactor';
import type { Cents } from '../kinds/money';
import { readPix } from '../codes/pix';

/** In what the codes of a boleto may contradict themselves or the charge. The column boleto.divergence, the API. */
export const mismatches = [
  'linhaDigitavel',
  'barcode',
  'lineAndBarcode',
  'bank',
  'amountCents',
  'dueDate',
  'ourNumber',
  'pix',
  'pixAmount',
] as const;
export type Mismatch = (typeof mismatches)[number];

/** What the operator reads. */
export const mismatchLabels: Record<Mismatch, string> = {
  linhaDigitavel: 'a linha digitável está errada (não tem 47 dígitos, ou algum dígito verificador não confere)',
  barcode: 'o código de barras está errado (não tem 44 dígitos, ou o dígito verificador não confere)',
  lineAndBarcode: 'a linha digitável e o código de barras são de boletos diferentes',
  bank: 'os códigos são de outro banco',
  amountCents: 'o valor nos códigos é outro',
  dueDate: 'o vencimento nos códigos é outro',
  ourNumber: 'o nosso número nos códigos é outro',
  pix: 'o Pix está corrompido (estrutura ou CRC)',
  pixAmount: 'o valor no Pix é outro',
};

/** Where a gateway's codes say what, declared by its adapter. */
export interface CodeLayout {
  /** COMPE codes, three digits, of the banks that its boletos may be of. */
  banks: readonly string[];
  /** Whether the 25 digits of a campo livre are those of this nosso número. */
  carriesOurNumber(freeField: string, ourNumber: string): boolean;
}

/** The charge that the codes have to be about: what was sent, or what the bank says that it has. */
export interface ExpectedCharge {
  amountCents: Cents;
  dueDate: LocalDate;
  ourNumber: string;
}

/**
 * Compares the codes that a bank handed back with each other and with the charge. Whoever pays by a wrong code pays
 * another amount, another boleto, or nobody: with any mismatch the boleto does not count as registered.
 * @param registration the codes as the bank wrote them, digits only
 * @returns what is wrong; empty when everything agrees
 */
export function checkRegistration(
  registration: Pick<Registration, 'linhaDigitavel' | 'barcode' | 'pixEmv'>,
  expected: ExpectedCharge,
  layout: CodeLayout,
): Mismatch[] {
  return [...checkCodes(registration, expected, layout), ...checkPix(registration.pixEmv, expected.amountCents)];
}

function checkCodes(
  { linhaDigitavel, barcode }: Pick<Registration, 'linhaDigitavel' | 'barcode'>,
  expected: ExpectedCharge,
  layout: CodeLayout,
): Mismatch[] {
  const found: Mismatch[] = [];
  if (toBarcode(linhaDigitavel) === null) found.push('linhaDigitavel');
  if (!isBarcode(barcode)) found.push('barcode');
  // What a broken code says means nothing.
  if (found.length > 0) return found;
  if (toLinhaDigitavel(barcode) !== linhaDigitavel) return ['lineAndBarcode'];
  if (!layout.banks.includes(barcode.slice(0, 3))) found.push('bank');
  // Position 4 is the currency; the value counts only in reais.
  if (barcode[3] !== '9' || Number(barcode.slice(9, 19)) !== expected.amountCents) found.push('amountCents');
  if (barcode.slice(5, 9) !== factorOf(expected.dueDate)) found.push('dueDate');
  if (!layout.carriesOurNumber(barcode.slice(19), expected.ourNumber)) found.push('ourNumber');
  return found;
}

/** A date that has no factor is in no barcode. */
function factorOf(dueDate: LocalDate): string | null {
  try {
    return dueDateFactor(dueDate);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What is wrong with a Pix, alone: null = none was given, and none is missed here. */
export function checkPix(emv: string | null, amountCents: Cents): Mismatch[] {
  if (emv === null) return [];
  const pix = readPix(emv);
  if (!pix) return ['pix'];
  return pix.amountCents === null || pix.amountCents === amountCents ? [] : ['pixAmount'];
}

/** One sentence for the operator. */
export function mismatchWords(found: readonly Mismatch[]): string {
  return found.map((mismatch) => mismatchLabels[mismatch]).join('; ');
}
