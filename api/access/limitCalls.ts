import type { MiddlewareHandler } from 'hono';
import type { ApiDeps, ApiEnv } from '../deps';
import { Problem } from '../problem';
import type { Actor } from './actor';
import { addressOf, limitKey } from './address';
import { createRateLimit } from './rateLimit';

/** A screen of one person makes a few calls a second, an ERP's import some tens. */
const DEFAULT_RATE = 100;
const BURST_SECONDS = 5;

/** No one person, token or address keeps the API from answering the others. A stream of events is one call. */
export function limitCalls({
  ratePerSecond = DEFAULT_RATE,
  trustedProxies = [],
}: Pick<ApiDeps, 'ratePerSecond' | 'trustedProxies'>): MiddlewareHandler<ApiEnv> {
  const calls = createRateLimit({ perSecond: ratePerSecond, burst: ratePerSecond * BURST_SECONDS });
  return async (context, next) => {
    const actor = context.get('actor') as Actor | undefined;
    const address = addressOf(context, trustedProxies);
    const key = actor?.id ?? (address === null ? null : limitKey(address));
    const waitSeconds = key === null ? 0 : calls.take(key);
    if (waitSeconds > 0)
      throw new Problem(429, 'pedidos_demais', 'Pedidos demais em pouco tempo.', {
        ...{ hint: 'Repita depois do tempo do cabeçalho Retry-After.', retryAfterSeconds: waitSeconds },
      });
    await next();
  };
}
