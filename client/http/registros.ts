import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceivableState } from '../../domain/receivable/receivableStates';
import { ApiError } from './apiError';
import { pauseMs, type Ask } from './request';

/** The result of one título as it is now: what an ERP stores. */
export interface HttpRegistro {
  receivableId: number;
  /** The ERP's own key; the id where it gave none. */
  erpKey: string;
  carteiraId: number;
  filialId: number;
  state: ReceivableState;
  stateLabel: string;
  impresso: boolean;
  /** Nosso número. */
  ourNumber: string | null;
  /** Seu número. */
  ownReference: string | null;
  /** Codes and link: of a registered boleto alone. */
  linhaDigitavel: string | null;
  barcode: string | null;
  /** Pix copia e cola. */
  pixEmv: string | null;
  pixTxid: string | null;
  link: string | null;
  /** ISO 8601. */
  registeredAt: string | null;
  /** As the bank has it, `YYYY-MM-DD`. */
  dueDate: string | null;
  /** As the bank has it, in cents. */
  amountCents: number | null;
  /** Registered with data from before the last correction. */
  olderData: boolean;
  /** Registered in homologação: worth nothing. */
  homologation: boolean;
  /** The título was cancelled or received, and the bank still takes a payment. */
  payableThoughClosed: boolean;
  /** The last one, while nothing is registered. */
  failure: HttpFailure | null;
  /** null also for a batch that the token may not see. */
  batchId: string | null;
  changedAt: string;
  /** The place after this one: store it with the registro, and go on after it. */
  cursor: string;
}

export interface HttpFailure {
  kind: string | null;
  cause: string | null;
  /** false: the catalogue does not know this error. */
  known: boolean | null;
  whoFixes: string | null;
  advice: string | null;
  /** By the ERP's name. */
  fieldName: string | null;
  bankCode: string | null;
  bankText: string | null;
}

export interface RegistrosPage {
  registros: HttpRegistro[];
  /** For `after` of the next page. */
  proximo: string;
  /** false: ask again some seconds later. */
  haMais: boolean;
}

export interface FollowRegistrosOptions {
  /** The cursor that was stored last; absent = from the beginning. */
  after?: string;
  signal?: AbortSignal;
  /** Between two questions while nothing changes; 5 seconds when absent. */
  everyMs?: number;
}

const EVERY_MS = 5_000;
/** As long as a stream of events waits for the API. */
const AWAY_MS = 120_000;

export function registrosPage(
  ask: Ask,
  { after, limit }: { after?: string; limit?: number } = {},
): Promise<RegistrosPage> {
  const query = new URLSearchParams({
    ...(after === undefined ? {} : { apos: after }),
    ...(limit === undefined ? {} : { limite: String(limit) }),
  });
  return ask('GET', `/registros${query.size > 0 ? `?${query.toString()}` : ''}`);
}

/**
 * Every result in the order of change, without an end but the signal's; each título as it is when it is read.
 * @throws ApiError when the API refuses (`cursor_de_outro_registro`: begin without `after`), or is away for two minutes
 */
export async function* followRegistros(
  ask: Ask,
  { after, signal, everyMs = EVERY_MS }: FollowRegistrosOptions = {},
): AsyncGenerator<HttpRegistro> {
  let cursor = after;
  let failures = 0;
  let heardAt = Date.now();
  while (!signal?.aborted) {
    let waitMs = everyMs;
    try {
      const page = await registrosPage(ask, cursor === undefined ? {} : { after: cursor });
      failures = 0;
      heardAt = Date.now();
      for (const registro of page.registros) {
        if (signal?.aborted) return;
        yield registro;
      }
      cursor = page.proximo;
      if (page.haMais) continue;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.passes || Date.now() - heardAt > AWAY_MS) throw error;
      waitMs = pauseMs(failures++, error);
    }
    await sleep(waitMs, undefined, { ...(signal && { signal }) }).catch(() => undefined);
  }
}
