import { isBarcode, toBarcode } from '../codes/barcode';
import { saoPauloDate, type LocalDate } from '../kinds/dates';
import { dueDateOfFactor } from '../codes/dueDateFactor';

/** What the bank asks the payer for, and until when. */
export interface RegisteredTerms {
  dueDate: LocalDate;
  amountCents: number;
}

/**
 * Valor and vencimento as they are registered: those of the codes that are paid by. Where these are no codes to believe
 * (a sandbox's), or the due date is farther away than a factor tells, those that were sent; null where nothing was.
 */
export function registeredTerms(boleto: {
  linhaDigitavel: string | null;
  barcode: string | null;
  /** Codes that do not agree are not read. */
  divergence: readonly string[] | null;
  registeredAt: Date;
  sent: RegisteredTerms | null;
}): RegisteredTerms | null {
  const { divergence, registeredAt, sent } = boleto;
  const barcode = boleto.barcode ?? toBarcode(boleto.linhaDigitavel ?? '') ?? '';
  if (divergence !== null || !isBarcode(barcode)) return sent;
  const dueDate = dueDateOfFactor(barcode.slice(5, 9), saoPauloDate(registeredAt)) ?? sent?.dueDate;
  return dueDate ? { dueDate, amountCents: Number(barcode.slice(9, 19)) } : sent;
}
