import { bankLayouts } from '../domain/codes/layouts/banks';

/** Digits of the compensation codes, as banks print them: no one modulus gives them all. */
const digits: Readonly<Record<string, string>> = {
  '001': '9',
  '033': '7',
  '041': '8',
  '077': '9',
  '104': '0',
  '237': '2',
  '341': '7',
  '422': '7',
  '748': 'X',
  '756': '0',
};

/** How a bank is named on a boleto. */
export interface PrintedBank {
  name: string;
  /** Compensation code with its digit. */
  code: string;
}

/** @param barcode or linha digitável: both begin with the bank */
export function bankOf(barcode: string): PrintedBank {
  const code = barcode.slice(0, 3);
  const digit = digits[code];
  return {
    name: bankLayouts.get(code)?.name ?? `Banco ${code}`,
    code: digit === undefined ? code : `${code}-${digit}`,
  };
}

/** Banco do Brasil stores 20 digits, of which the first three are always zeros and are not printed. */
export function printedOurNumber(bank: PrintedBank, ourNumber: string): string {
  return bank.code === '001-9' ? ourNumber.replace(/^000(?=\d{17}$)/, '') : ourNumber;
}
