import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRegistro, RegistrosPage } from './answers';
import { ApiError } from './apiError';
import { pauseMs, type Ask } from './request';

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
  return ask('GET /registros', {
    query: { ...(after === undefined ? {} : { apos: after }), ...(limit === undefined ? {} : { limite: limit }) },
  });
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
