import type { Context, MiddlewareHandler } from 'hono';
import type { ApiDeps, ApiEnv } from '../deps';
import { Problem } from '../problem';
import type { Actor } from './actor';
import { addressOf, limitKey } from './address';
import { createRateLimit } from './rateLimit';

/** A screen of one person makes a few calls a second, an ERP's import some tens. */
const DEFAULT_RATE = 100;
const BURST_SECONDS = 5;

export interface CallLimit {
  /** @param actor absent: the call is that of its address. @throws Problem 429 `pedidos_demais` */
  take(context: Context, actor?: Actor): void;
}

/** No one person, token or address keeps the API from answering the others. A stream of events is one call. */
export function createCallLimit({
  ratePerSecond = DEFAULT_RATE,
  trustedProxies = [],
}: Pick<ApiDeps, 'ratePerSecond' | 'trustedProxies'>): CallLimit {
  const calls = createRateLimit({ perSecond: ratePerSecond, burst: ratePerSecond * BURST_SECONDS });
  return {
    take(context, actor) {
      const address = addressOf(context, trustedProxies);
      const key = actor?.id ?? (address === null ? null : limitKey(address));
      const waitSeconds = key === null ? 0 : calls.take(key);
      if (waitSeconds > 0)
        throw new Problem(429, 'pedidos_demais', 'Pedidos demais em pouco tempo.', {
          ...{ hint: 'Repita depois do tempo do cabeçalho Retry-After.', retryAfterSeconds: waitSeconds },
        });
    },
  };
}

export function limitCalls(limit: CallLimit): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    limit.take(context, context.get('actor'));
    await next();
  };
}
