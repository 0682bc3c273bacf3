import { bankLayouts } from '../domain/codes/layouts/banks';
import { banks } from '../gateways/banks';

/** How a bank is named on a boleto. */
export interface PrintedBank {
  name: string;
  /** Compensation code with its digit. */
  code: string;
}

/** @param barcode or linha digitável: both begin with the bank */
export function bankOf(barcode: string): PrintedBank {
  const code = barcode.slice(0, 3);
  const { name = `Banco ${code}`, digit } = banks.get(code) ?? {};
  return { name, code: digit === undefined ? code : `${code}-${digit}` };
}

export function printedOurNumber({ code }: PrintedBank, ourNumber: string): string {
  return bankLayouts.get(code.slice(0, 3))?.printedOurNumber?.(ourNumber) ?? ourNumber;
}
