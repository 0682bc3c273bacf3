import type { FailureKind } from '../../domain/failure';
import type { HttpOutcome } from '../transport';
import { isRecord, text } from './wire';

type CodeKind = 'data' | 'config' | 'duplicate' | 'transient';

/**
 * What a provider code means. Only 4874915 is published for this API; the others are the catalogue of the bank's
 * earlier web service (manual v1.4, 2017), which describes the same registration back-end.
 * config is what every boleto of the carteira would be refused for; data is about this one; transient is the bank's
 * own fault, with nothing registered. The second column is the field in domain words.
 */
const codes: readonly (readonly [CodeKind, string | null, string])[] = [
  ['duplicate', 'ourNumber', '4874915 S001I0060 S032C0005 SR0040011'],

  [
    'data',
    'payer.document',
    'S001I0004 S001I0005 SR0020028 SR0020084 SR0050002 SR0050003 SR0050004 SR0050005 SR0050007',
  ],
  ['data', 'payer.name', 'S001I0027 SR0020029 SR0050008'],
  ['data', 'payer.street', 'S001I0028 SR0020030 SR0050009'],
  ['data', 'payer.district', 'SR0050010'],
  ['data', 'payer.city', 'S001I0030 SR0020032 SR0050011'],
  ['data', 'payer.uf', 'S001I0031 SR0020034 SR0050017'],
  [
    'data',
    'payer.cep',
    'S001I0032 SR0020033 SR0050014 SR0050015 SR0050016 SR0050026 SR0050027 SR0050028 SR0050030 SR0020113',
  ],
  ['data', 'amountCents', 'S001I0018 SR0020010 SR0020068'],
  ['data', 'issueDate', 'S001I0015 S001I0016 SR0020006 SR0020007 SR0020042 SR0020043 SR0020044'],
  [
    'data',
    'dueDate',
    'S001I0017 SR0020008 SR0020009 SR0020045 SR0020052 SR0020053 SR0020054 SR0020058 SR0020059 SR0020060',
  ],
  ['data', 'ownReference', 'S001I0002 SR0020026'],
  ['data', 'rules.discount', 'SR0020047 SR0020064 SR0020069'],
  ['data', 'rules.interestPercentPerMonth', 'SR0020073 SR0020074'],
  ['data', 'rules.finePercent', 'SR0020048 SR0020078 SR0020080'],
  ['data', null, 'SR0020096 SR0050012 SR0050013 SR0050019 SR0050020 SR0050021 SR0050023 SR0050025 SC0350005'],
  ['data', null, 'S032C0006 S032C0007 S032C0008 S032C0009 SR0020046'],

  [
    'config',
    'convenio',
    'SR0020003 SR0020036 SR0020041 SR0020087 SR0030003 SR0030008 SR0040002 SR0040012 SR0060002 SR0070002',
  ],
  ['config', 'convenio', 'SR0070005 SR0070006 SR0070007 SR0040005 SR0040010 SR0020088 SR0020090 SR0060003 SR0060004'],
  ['config', 'ourNumber', 'SR0040003 SR0040006 SR0040007 SR0040008 SR0040009 SR0070009 SR0110002 SC0350002'],
  ['config', 'carteira', 'S001I0033 S001I0034 S001I0038 S032C0003 S101C0303 S101C0304 S101C0305 SB0030002 SC0350006'],
  ['config', 'carteira', 'SR0020004 SR0020038 SR0020040 SR0020105 SR0020109 SR0030004 SR0030006 SR0030007 SR0110004'],
  ['config', 'carteira', 'SR0130002 SR0130003 SR0130004 SR0130009 SR0130010 SR0130011 SR0130012 SR0130013'],
  ['config', 'carteira', 'SR0020005 SR0020050 SR0020051 SR0020055 S001I0043 SR0020027 SR0020082 SR0020083'],
  ['config', 'variation', 'S001I0040 SR0020039 SR0030005'],
  ['config', 'especie', 'S001I0007'],
  ['config', 'acceptance', 'S001I0008 SR0020067'],
  [
    'config',
    'rules.discount',
    'SR0020011 SR0020012 SR0020013 SR0020014 SR0020015 SR0020061 SR0020062 SR0020063 SR0020065 SR0020066',
  ],
  ['config', 'rules.discount', 'SR0100003'],
  ['config', 'rules.interestPercentPerMonth', 'SR0020016 SR0020017 SR0020018 SR0020070 SR0020071 SR0020072 SR0020103'],
  [
    'config',
    'rules.finePercent',
    'SR0020019 SR0020020 SR0020021 SR0020022 SR0020023 SR0020049 SR0020075 SR0020076 SR0020077 SR0020079',
  ],
  ['config', 'rules.finePercent', 'SR0020081'],
  ['config', null, 'SR0020024 SR0020056 SR0020097 SR0090003'],

  [
    'transient',
    null,
    'SB0010001 SB0010002 SB0010003 SB0010004 SB0010005 SB0010006 SB0010007 SB0010010 SB0010011 SB0010012',
  ],
  ['transient', null, 'SB0010013 SB0010014 SB0010015 SB0010016 SR0020095 SR0110007 SR0070010'],
];

const meanings = new Map<string, { kind: CodeKind; field: string | null }>(
  codes.flatMap(([kind, field, list]) => list.split(' ').map((code) => [code, { kind, field }] as const)),
);

/** For codes that are not in the table, or that name their field only in words (SR0020096). */
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

/** @returns undefined for what is no JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What a call's end means, before it is cleaned for the record. */
export interface Classified {
  kind: Exclude<FailureKind, 'inProgress' | 'state' | 'quota'>;
  sent: boolean;
  code: string;
  message: string;
  field: string | null;
  retryAfterMs: number | null;
}

/** A call that got no answer. */
export function classifyNoAnswer(outcome: Exclude<HttpOutcome, { kind: 'answered' }>): Classified {
  const base = { code: '', field: null, retryAfterMs: null };
  switch (outcome.kind) {
    case 'forfeited':
      return { ...base, kind: 'transient', sent: false, message: 'Não enviado: passou a vez desta chamada.' };
    case 'misconfigured':
      return { ...base, kind: 'config', sent: false, message: `Endereço do banco: ${outcome.detail}.` };
    case 'notSent': {
      const kind = outcome.reason === 'certificate' ? 'config' : 'transient';
      return { ...base, kind, sent: false, message: `${notSentWords[outcome.reason]} (${outcome.detail}).` };
    }
    case 'noAnswer':
      return { ...base, kind: 'ambiguous', sent: true, message: noAnswerWords[outcome.reason] };
  }
}

const notSentWords = {
  refused: 'O banco recusou a conexão',
  unreachable: 'O banco não pôde ser alcançado',
  dns: 'O endereço do banco não foi encontrado',
  tls: 'A conexão segura com o banco falhou',
  certificate: 'O certificado do banco não é válido',
  connectTimeout: 'A conexão com o banco não se completou no prazo',
  aborted: 'Interrompido antes do envio',
} as const;

const noAnswerWords = {
  timeout: 'O banco não respondeu no prazo.',
  reset: 'O banco encerrou a conexão sem responder.',
  truncated: 'A resposta do banco chegou incompleta.',
  tooLarge: 'A resposta do banco é grande demais para ser lida.',
  aborted: 'Interrompido depois do envio, sem resposta.',
} as const;

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
  if (status === 401) return { ...words, kind: 'auth', sent: false };
  if (status === 429) return { ...words, kind: 'transient', sent: false, retryAfterMs: retryAfterMs(answer.headers) };
  if (status === 403) return { ...words, kind: 'config', sent: false };
  // 408 and 5xx can come from a machine in front of the bank, with the bank still working on the request.
  if (status < 300 || status >= 500 || status === 408)
    return { ...words, kind: 'ambiguous', sent: true, retryAfterMs: retryAfterMs(answer.headers) };
  if (read.kind === 'api') {
    const meant = classifyErrors(read.errors);
    return { ...words, ...meant, sent: meant.kind === 'data' || meant.kind === 'duplicate' };
  }
  if (status < 400 || read.kind === 'credentials' || read.kind === 'empty' || status === 404 || status === 405)
    return { ...words, kind: 'config', sent: false };
  return { ...words, kind: 'ambiguous', sent: true };
}

/** The bank may name several defects: one that stops everybody weighs more than one of this boleto. */
function classifyErrors(errors: BankError[]): Pick<Classified, 'kind' | 'code' | 'field'> {
  const known = errors.map((error) => ({ error, ...meaning(error) }));
  const order: CodeKind[] = ['duplicate', 'config', 'data', 'transient'];
  const [first] = known.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return { kind: first?.kind ?? 'data', code: first?.error.code ?? '', field: first?.field ?? null };
}

/** An unknown refusal is about the data: final for this boleto, and the batch goes on. */
function meaning({ code, message }: BankError): { kind: CodeKind; field: string | null } {
  const known = meanings.get(code.split('.')[0] ?? '');
  const named = fieldWords.find(([words]) => words.test(message))?.[1] ?? null;
  return { kind: known?.kind ?? 'data', field: known?.field ?? named };
}

function joined(errors: BankError[]): string {
  return errors.map(({ code, message }) => message || code).join(' · ');
}

function statusWords(status: number, body: ErrorBody): string {
  if (status >= 300 && status < 400)
    return `O banco respondeu com redirecionamento (HTTP ${status}), que não é seguido.`;
  return `O banco respondeu HTTP ${status} ${body.kind === 'empty' ? 'sem conteúdo' : 'com conteúdo ilegível'}.`;
}

const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60_000;

/** Retry-After in seconds or as an HTTP date, counted from the server's own Date where it has one; at most a day. */
export function retryAfterMs(headers: Record<string, string>): number | null {
  const value = headers['retry-after']?.trim();
  if (!value) return null;
  const now = Date.parse(headers.date ?? '') || Date.now();
  const isDate = /^[A-Z][a-z]{2}, /.test(value);
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : isDate ? Date.parse(value) - now : NaN;
  return Number.isNaN(ms) ? null : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}
