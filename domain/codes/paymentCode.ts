import { looksLikeArrecadacao, toArrecadacaoBarcode, toArrecadacaoLine, wrongArrecadacaoDigits } from './arrecadacao';
import { digitsOfLine, toLinhaDigitavel, wrongBarcodeDigit, wrongLineDigits, type WrongDigit } from './barcode';

/** Why a text is no code that can be paid. */
export type CodeProblem =
  | { problem: 'characters' }
  /** A barcode has 44 digits, the linha digitável of a boleto 47, that of an arrecadação (which begins with 8) 48. */
  | { problem: 'length'; digits: number; meant: 'boleto' | 'arrecadacao' }
  /** Starts with 8, as arrecadação does, but segment or value id are none. */
  | { problem: 'arrecadacao' }
  /** 9 is real, 0 another; nothing else is given out. */
  | { problem: 'currency'; found: string }
  /** 0000 means without due date; 0001 to 0999 were never given out. */
  | { problem: 'factor'; found: string }
  | ({ problem: 'digit' } & WrongDigit);

export type PaymentCode =
  { kind: 'boleto' | 'arrecadacao'; barcode: string; line: string } | { kind: 'wrong'; problems: CodeProblem[] };

/** Reads a barcode or a linha digitável, as digits or as it is printed, and checks everything that can be checked. */
export function readPaymentCode(text: string): PaymentCode {
  const digits = text.replace(/[\s.-]/g, '');
  if (!/^\d*$/.test(digits)) return wrong({ problem: 'characters' });
  const meant = digits.startsWith('8') ? 'arrecadacao' : 'boleto';
  if (![44, meant === 'boleto' ? 47 : 48].includes(digits.length))
    return wrong({ problem: 'length', digits: digits.length, meant });
  return meant === 'boleto' ? readBoleto(digits) : readArrecadacao(digits);
}

function readBoleto(digits: string): PaymentCode {
  const isLine = digits.length === 47;
  const barcode = isLine ? digitsOfLine(digits) : digits;
  const [currency, factor] = [barcode.charAt(3), barcode.slice(5, 9)];
  const general = isLine ? null : wrongBarcodeDigit(barcode);
  const wrongDigits = isLine ? wrongLineDigits(digits) : general ? [general] : [];
  const problems: CodeProblem[] = wrongDigits.map((digit) => ({ problem: 'digit', ...digit }));
  if (currency !== '9' && currency !== '0') problems.push({ problem: 'currency', found: currency });
  if (factor > '0000' && factor < '1000') problems.push({ problem: 'factor', found: factor });
  return problems.length > 0 ? wrong(...problems) : { kind: 'boleto', barcode, line: toLinhaDigitavel(barcode) };
}

function readArrecadacao(digits: string): PaymentCode {
  if (!looksLikeArrecadacao(digits)) return wrong({ problem: 'arrecadacao' });
  const barcode = digits.length === 44 ? digits : toArrecadacaoBarcode(digits);
  const problems = wrongArrecadacaoDigits(digits).map((digit) => ({ problem: 'digit' as const, ...digit }));
  if (barcode === null || problems.length > 0) return wrong(...problems);
  return { kind: 'arrecadacao', barcode, line: toArrecadacaoLine(barcode) };
}

function wrong(...problems: CodeProblem[]): PaymentCode {
  return { kind: 'wrong', problems };
}
