import type { ChargeSnapshot } from '../../../domain/boleto/charge';
import type { FoundBoleto, LookAsked } from '../../../domain/gateway';
import { expressed } from '../../../domain/boleto/sending';
import type { Classified } from '../../../gateways/core/classified';
import { retryAfterMs } from '../../../gateways/core/classified';
import { isRecord, parseJson, text } from '../../../gateways/core/json';
import { inventedCodec } from './codec';

/*
 * POST /token; POST /cobrancas (Idempotency-Key) → 202 {id}; GET /cobrancas/{id}; GET /cobrancas?seuNumero=;
 * GET /cobrancas?de=&ate= → {cobrancas, mais}. Errors are {erro: {codigo, mensagem, campo}}.
 */

export function toBody({ ownReference, amountCents, dueDate, payer }: ChargeSnapshot): string {
  return JSON.stringify({
    seuNumero: ownReference,
    centavos: amountCents,
    vencimento: dueDate,
    pagador: {
      documento: payer.document,
      nome: expressed(inventedCodec.sending, 'name', payer),
      endereco: expressed(inventedCodec.sending, 'street', payer),
    },
  });
}

/** What the bank says of one charge. */
export type Shown =
  | { kind: 'found'; found: FoundBoleto }
  | { kind: 'stillProcessing' }
  | { kind: 'refused'; code: string; message: string; field: string | null };

/** @returns null where a field that evidence needs is missing. */
export function readCharge(charge: unknown): Shown | null {
  if (!isRecord(charge)) return null;
  const { centavos } = charge;
  const [bankId, ownReference, dueDate, status] = [charge.id, charge.seuNumero, charge.vencimento, charge.estado].map(
    text,
  );
  if (!bankId || !ownReference || !dueDate || !status || typeof centavos !== 'number') return null;
  if (status === 'EM_PROCESSAMENTO') return { kind: 'stillProcessing' };
  if (status === 'RECUSADA')
    return { kind: 'refused', code: text(charge.codigo), message: text(charge.motivo), field: null };
  const [ourNumber = '', linhaDigitavel = '', barcode = ''] = [
    charge.nossoNumero,
    charge.linhaDigitavel,
    charge.codigoBarras,
  ].map(text);
  if (!ourNumber || !linhaDigitavel || !barcode) return null;
  return {
    kind: 'found',
    found: {
      registration: { bankId, ourNumber, linhaDigitavel, barcode, pixEmv: null, pixTxid: null, link: null },
      ownReference,
      payerDocument: text(charge.documento) || null,
      amountCents: centavos,
      dueDate,
      alive: status === 'REGISTRADA',
      status,
      registeredOn: text(charge.emissao) || null,
    },
  };
}

/** The charges of a page; null for what is no page. */
export function readPage(answer: unknown): { charges: Record<string, unknown>[]; more: boolean } | null {
  if (!isRecord(answer) || !Array.isArray(answer.cobrancas)) return null;
  return { charges: answer.cobrancas.filter(isRecord), more: answer.mais === true };
}

/** Which of a page's charges is sought; the last that was accepted, where there are several. */
export function chargeOf({ sought, bankId }: LookAsked, charges: readonly Record<string, unknown>[]) {
  return charges.findLast(({ id, seuNumero }) => (bankId === null ? seuNumero === sought.ownReference : id === bankId));
}

export function readError(body: string): { code: string; message: string; field: string | null } | null {
  const answer = parseJson(body);
  if (!isRecord(answer) || !isRecord(answer.erro)) return null;
  const { codigo, mensagem, campo } = answer.erro;
  return { code: text(codigo), message: text(mensagem), field: text(campo) || null };
}

/** An answer that is no readable success. */
export function classifyAnswer(answer: { status: number; headers: Record<string, string>; body: string }): Classified {
  const { status } = answer;
  const error = readError(answer.body);
  const words = {
    code: error?.code ?? '',
    message: error?.message || `O banco respondeu HTTP ${status}.`,
    field: null,
    retryAfterMs: retryAfterMs(answer.headers),
  };
  if (status === 401) return { ...words, kind: 'auth', sent: false };
  if (status === 429) return { ...words, kind: error?.code === 'COTA' ? 'quota' : 'transient', sent: false };
  if (status < 300 || status >= 500 || status === 408) return { ...words, kind: 'ambiguous', sent: true };
  // Also without content: what answers so is no bank that has read a charge.
  if (status < 400 || status === 403 || answer.body.trim() === '') return { ...words, kind: 'config', sent: false };
  return error
    ? { ...words, kind: 'data', sent: true, field: error.field }
    : { ...words, kind: 'ambiguous', sent: true };
}
