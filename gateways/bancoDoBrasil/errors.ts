import { findEntry } from '../../domain/catalogue/catalogue';
import type { FailureKind } from '../../domain/boleto/failure';
import { retryAfterMs, type Classified } from '../core/classified';
import { isRecord, parseJson, text } from '../core/json';
import { errors as errorTable } from './errorTable';

/** Where to look first for an error that the catalogue lacks: the field of the payer's or the charge's that the words name. */
const fieldWords: readonly (readonly [RegExp, string])[] = [
  [/\bUF\b/i, 'payer.uf'],
  [/\bCEP\b/i, 'payer.cep'],
  [/\bbairro\b/i, 'payer.district'],
  [/\bcidade\b|munic[ií]pio/i, 'payer.city'],
  [/endere[cç]o/i, 'payer.street'],
  [/\bnome\b/i, 'payer.name'],
  [/\bCPF\b|\bCNPJ\b|\bCGC\b|inscri[cç][aã]o/i, 'payer.document'],
  [/venc(imento|to)\b/i, 'dueDate'],
  [/emiss[aã]o/i, 'issueDate'],
  [/boleto do benefici[aá]rio/i, 'ownReference'],
  [/\bvalor\b/i, 'amountCents'],
];

/** One error as the bank wrote it, whichever of its shapes it came in. */
export interface BankError {
  code: string;
  message: string;
}

/** What an answer's body is: errors of the API, an error of the gateway or token endpoint in front of it, or neither. */
export type ErrorBody =
  | { kind: 'api'; errors: BankError[] }
  | { kind: 'credentials'; error: BankError }
  | { kind: 'empty' }
  | { kind: 'unreadable' };

export function readErrorBody(body: string): ErrorBody {
  if (body.trim() === '') return { kind: 'empty' };
  const parsed = parseJson(body);
  if (!isRecord(parsed)) return { kind: 'unreadable' };
  const list = Array.isArray(parsed.erros) ? parsed.erros : Array.isArray(parsed.errors) ? parsed.errors : null;
  if (list) {
    const errors = list
      .filter(isRecord)
      .map(readError)
      .filter(({ code, message }) => code || message);
    return errors.length > 0 ? { kind: 'api', errors } : { kind: 'unreadable' };
  }
  if ('error' in parsed) {
    const attributes = isRecord(parsed.attributes) ? parsed.attributes : {};
    const message = [parsed.message, parsed.error_description, attributes.error].map(text).filter(Boolean).join(': ');
    return { kind: 'credentials', error: { code: text(parsed.error), message } };
  }
  return { kind: 'unreadable' };
}

function readError(error: Record<string, unknown>): BankError {
  const message = text(error.mensagem) || text(error.textoMensagem) || text(error.message);
  const advice = text(error.providencia) || text(error.action);
  return {
    code: text(error.codigo) || text(error.codigoMensagem) || text(error.code),
    message: advice && advice !== message ? `${message} ${advice}` : message,
  };
}

/** Kinds of refusal that prove the bank processed the call, or may have. */
const mayBeThere: readonly FailureKind[] = ['data', 'duplicate', 'inProgress', 'ambiguous'];

/** An answer that is not a readable success. */
export function classifyAnswer(answer: { status: number; headers: Record<string, string>; body: string }): Classified {
  const { status } = answer;
  const read = readErrorBody(answer.body);
  const error = read.kind === 'api' ? read.errors[0] : read.kind === 'credentials' ? read.error : undefined;
  const words = {
    code: error?.code ?? '',
    message: read.kind === 'api' ? joined(read.errors) : error?.message || error?.code || statusWords(status, read),
    field: null,
    retryAfterMs: null,
  };
  if (status === 401) return { ...words, kind: 'auth', sent: false, doubt: 'account' };
  if (status === 429) return { ...words, kind: 'transient', sent: false, retryAfterMs: retryAfterMs(answer.headers) };
  // Also what a firewall in front of the bank answers to a text of one título that it does not like.
  if (status === 403) return { ...words, kind: 'config', sent: false, doubt: 'account' };
  // 408 and 5xx can come from a machine in front of the bank, with the bank still working on the request.
  if (status < 300 || status >= 500 || status === 408)
    return { ...words, kind: 'ambiguous', sent: true, retryAfterMs: retryAfterMs(answer.headers) };
  if (read.kind === 'api') {
    const meant = classifyErrors(read.errors, status);
    return { ...words, ...meant, sent: mayBeThere.includes(meant.kind), ...doubtOf(meant) };
  }
  if (status < 400 || read.kind === 'credentials' || read.kind === 'empty' || status === 404 || status === 405)
    return { ...words, kind: 'config', sent: false, doubt: 'account', named: status < 400 || isKnown(words, status) };
  return { ...words, kind: 'ambiguous', sent: true };
}

function isKnown({ code, message }: BankError, httpStatus: number): boolean {
  return code !== '' && findEntry(errorTable, { code, message, httpStatus }) !== null;
}

function doubtOf({ kind, field }: Pick<Classified, 'kind' | 'field'>): Pick<Classified, 'doubt' | 'named'> {
  if (kind === 'config') return { doubt: 'account', named: true };
  return kind === 'data' && field === 'payer.document' ? { doubt: 'documentForm' } : {};
}

/** Words about how a document is written, not about whose it is. */
const FORM_WORDS = /num[eé]ric|formato|\btipo\b|\btexto\b|string|integer|\bnumber\b|caract/i;

/**
 * A refused document is its payer's, except where its form may be what the bank does not take: with letters, about
 * which nothing is published, or by the bank's own words.
 */
export function withDocumentDoubt(classified: Classified, document: string): Classified {
  if (classified.doubt !== 'documentForm' || /[A-Z]/.test(document) || FORM_WORDS.test(classified.message))
    return classified;
  const { doubt: _, ...plain } = classified;
  return plain;
}

/** The bank may name several defects: one that stops everybody weighs more than one of this boleto. */
const weights: readonly FailureKind[] = [
  'duplicate',
  'inProgress',
  'ambiguous',
  'auth',
  'config',
  'data',
  'quota',
  'state',
  'transient',
];

function classifyErrors(errors: BankError[], status: number): Pick<Classified, 'kind' | 'code' | 'field'> {
  const known = errors.map((error) => ({ error, ...meaning(error, status) }));
  const [first] = known.sort((a, b) => weights.indexOf(a.kind) - weights.indexOf(b.kind));
  return { kind: first?.kind ?? 'data', code: first?.error.code ?? '', field: first?.field ?? null };
}

/** An unknown refusal is about the data: final for this boleto, and the batch goes on. */
function meaning({ code, message }: BankError, httpStatus: number): { kind: FailureKind; field: string | null } {
  return findEntry(errorTable, { code, message, httpStatus }) ?? { kind: 'data', field: namedField(message) };
}

/** A name or document of somebody else than the payer is no field of ours. */
function namedField(message: string): string | null {
  if (/avalista|sacador|benefici[aá]rio final/i.test(message)) return null;
  return fieldWords.find(([words]) => words.test(message))?.[1] ?? null;
}

function joined(errors: BankError[]): string {
  return errors.map(({ code, message }) => message || code).join(' · ');
}

function statusWords(status: number, body: ErrorBody): string {
  if (status >= 300 && status < 400)
    return `O banco respondeu com redirecionamento (HTTP ${status}), que não é seguido.`;
  return `O banco respondeu HTTP ${status} ${body.kind === 'empty' ? 'sem conteúdo' : 'com conteúdo ilegível'}.`;
}
