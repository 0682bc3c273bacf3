import { localDate } from '../../domain/kinds/dates';
import type { ListedBoleto, ListQuery } from '../../domain/gateway';
import { isRecord, parseJson, text } from '../core/json';
import { readErrorBody } from './errors';
import { bankDate, fromBankDate, fromBankDecimal, stateOf } from './wire';

/*
 * GET /boletos: what the account has, 300 rows a page. One call shows either what is open (A) or what has left the
 * books (B: settled, cancelled), so that both are walked. A page says where the next begins; an empty list is a 404.
 */

/** Where a walk is: which of the two lists, and the index at which the page begins. */
export interface Place {
  situation: 'A' | 'B';
  index: number;
}

export const firstPlace: Place = { situation: 'A', index: 0 };

export interface Page {
  rows: ListedBoleto[];
  unreadable: number;
  next: string | null;
}

/** @throws Error for a cursor that no page gave. */
export function readPlace(cursor: string): Place {
  const match = /^([AB]):(\d{1,9})$/.exec(cursor);
  if (!match) throw new Error(`not a place in a list: ${cursor}`);
  return { situation: match[1] as Place['situation'], index: Number(match[2]) };
}

export function listParameters(query: ListQuery, { situation, index }: Place): Record<string, string> {
  return {
    indicadorSituacao: situation,
    agenciaBeneficiario: query.agency,
    contaBeneficiario: query.bankAccount,
    dataInicioRegistro: bankDate(localDate(query.from)),
    dataFimRegistro: bankDate(localDate(query.to)),
    indice: String(index),
  };
}

/** @returns null for an answer that is no page. */
export function readPage(answer: { status: number; body: string }, place: Place): Page | null {
  if (answer.status === 404) {
    // A proxy's 404 is no empty list. One without a body is taken for one: what it hides is looked for by number.
    const { kind } = readErrorBody(answer.body);
    return kind === 'api' || kind === 'empty' ? { rows: [], unreadable: 0, next: afterList(place) } : null;
  }
  const body = parseJson(answer.body);
  if (answer.status !== 200 || !isRecord(body) || !Array.isArray(body.boletos)) return null;
  const read = body.boletos.map(readRow);
  const rows = read.filter((row) => row !== null);
  return { rows, unreadable: read.length - rows.length, next: nextOf(body, place) };
}

function nextOf(body: Record<string, unknown>, place: Place): string | null {
  if (text(body.indicadorContinuidade).toUpperCase() !== 'S') return afterList(place);
  const index = Number(text(body.proximoIndice));
  // A list that sends back to where it was would be walked for ever.
  if (!Number.isSafeInteger(index) || index <= place.index) return afterList(place);
  return `${place.situation}:${index}`;
}

function afterList({ situation }: Place): string | null {
  return situation === 'A' ? 'B:0' : null;
}

function readRow(row: unknown): ListedBoleto | null {
  if (!isRecord(row)) return null;
  const bankId = text(row.numeroBoletoBB).padStart(20, '0');
  const dueDate = fromBankDate(row.dataVencimento);
  const amountCents = fromBankDecimal(row.valorOriginal);
  const state = text(row.codigoEstadoTituloCobranca);
  if (!/^000[1-9]\d{16}$/.test(bankId) || !dueDate || amountCents === null || !state) return null;
  return {
    bankId,
    convenio: bankId.slice(3, 10),
    amountCents,
    dueDate,
    registeredOn: fromBankDate(row.dataRegistro),
    ...stateOf(state),
  };
}
