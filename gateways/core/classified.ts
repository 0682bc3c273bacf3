import { NO_CONNECTION } from '../../domain/boleto/failure';
import type { RegisterResult } from '../../domain/gateway';
import { printableMessage, type Mask } from './printable';
import type { HttpOutcome } from './transport';

/** What a call's end means, before it is cleaned for the record. */
export type Classified = Omit<Extract<RegisterResult, { sent: boolean }>, 'bankId' | 'exchange'>;

/** A call that got no answer. */
export function classifyNoAnswer(outcome: Exclude<HttpOutcome, { kind: 'answered' }>): Classified {
  const base = { code: '', field: null, retryAfterMs: null };
  switch (outcome.kind) {
    case 'forfeited':
      return { ...base, kind: 'transient', sent: false, message: 'Não enviado: passou a vez desta chamada.' };
    case 'misconfigured':
      return { ...base, kind: 'config', sent: false, message: `Endereço do banco: ${outcome.detail}.` };
    case 'notSent': {
      const kind = /certificate/i.test(outcome.reason) ? 'config' : 'transient';
      const code = kind === 'transient' ? NO_CONNECTION : '';
      return { ...base, kind, code, sent: false, message: `${notSentWords[outcome.reason]} (${outcome.detail}).` };
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
  clientCertificate: 'O banco não aceita o certificado da conta',
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

/** For the record: without secrets, and at a length that it takes. */
export function cleaned(classified: Classified, mask: Mask): Classified {
  return {
    ...classified,
    code: printableMessage(classified.code, mask).slice(0, 40),
    message: printableMessage(classified.message, mask),
  };
}
