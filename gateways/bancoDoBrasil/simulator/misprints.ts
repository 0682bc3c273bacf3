import { compe001 } from '../../../domain/codes/layouts/compe001';
import { buildBarcode, toLinhaDigitavel } from '../../../domain/codes/barcode';
import { addDays, type LocalDate } from '../../../domain/kinds/dates';
import { cents, type Cents } from '../../../domain/kinds/money';
import type { Answer } from '../../simulator/bank';
import type { Misprint } from '../../simulator/faults';
import type { LedgerEntry } from '../../simulator/ledger';
import { isRecord } from '../../core/json';
import { json } from './answers';
import { NO_QR_CODE, withAmount, withWrongCrc, type QrCode } from './pix';

/** What the codes of a boleto are made of. */
type Coded = Pick<LedgerEntry, 'convenio' | 'number' | 'amountCents' | 'dueDate'>;

export function codesOf(boleto: Coded, bank = '001'): { line: string; barcode: string } {
  const freeField = compe001.freeField({ convenio: boleto.convenio, nosso_numero: boleto.number, carteira: '17' });
  const dueDate = boleto.dueDate as LocalDate;
  const barcode = buildBarcode({ bank, dueDate, amountCents: cents(boleto.amountCents), freeField });
  return { line: toLinhaDigitavel(barcode), barcode };
}

/** An answer about `entry`, to a registration or to a read, with codes that are wrong in one thing. */
export function misprinted(answer: Answer, entry: LedgerEntry, what: Misprint): Answer {
  const body = JSON.parse(String(answer.body)) as Record<string, unknown>;
  if (what === 'pixEmpty' || what === 'pixMissing')
    return 'qrCode' in body ? json(answer.status, { ...body, qrCode: NO_QR_CODE }) : answer;
  if (what === 'pixCrc' || what === 'pixAmount') {
    if (!isRecord(body.qrCode) || !body.qrCode.emv) return answer;
    const qrCode = body.qrCode as unknown as QrCode;
    const amountCents = (entry.amountCents + 1) as Cents;
    return json(answer.status, {
      ...body,
      qrCode: what === 'pixCrc' ? withWrongCrc(qrCode) : withAmount(qrCode, amountCents),
    });
  }
  const { line, barcode } = wrongCodes(entry, what);
  const names =
    'linhaDigitavel' in body
      ? { linhaDigitavel: line, codigoBarraNumerico: barcode }
      : { codigoLinhaDigitavel: line, textoCodigoBarrasTituloCobranca: barcode };
  return json(answer.status, { ...body, ...names });
}

/** The answer to a registration with the number and the codes of `other`. */
export function aboutAnother(answer: Answer, other: LedgerEntry): Answer {
  const { line, barcode } = codesOf(other);
  const body = JSON.parse(String(answer.body)) as Record<string, unknown>;
  return json(answer.status, {
    ...body,
    ...{ numero: other.number, linhaDigitavel: line, codigoBarraNumerico: barcode },
  });
}

function wrongCodes(entry: LedgerEntry, what: Exclude<Misprint, `pix${string}`>) {
  switch (what) {
    case 'line': {
      const { line, barcode } = codesOf(entry);
      // The digit of the first field: what a sandbox gets wrong.
      return { line: line.slice(0, 9) + String((Number(line[9]) + 1) % 10) + line.slice(10), barcode };
    }
    case 'bank':
      return codesOf(entry, '002');
    case 'amount':
      return codesOf({ ...entry, amountCents: entry.amountCents + 1 });
    case 'dueDate':
      return codesOf({ ...entry, dueDate: addDays(entry.dueDate as LocalDate, 1) });
    case 'ourNumber': {
      const sequence = String((Number(entry.number.slice(10)) + 1) % 10_000_000_000).padStart(10, '0');
      return codesOf({ ...entry, number: entry.number.slice(0, 10) + sequence });
    }
  }
}
