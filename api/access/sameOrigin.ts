import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from '../deps';
import { Problem } from '../problem';
import type { CallLimit } from './limitCalls';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A change that a browser sends on behalf of another site is refused, whatever it knows. Programs send neither header,
 * and a token is never sent by a browser of its own accord.
 *
 * @param publicOrigin where people reach the screens; absent: the host that they asked for
 */
export function sameOrigin(publicOrigin: string | undefined, limit: CallLimit): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const { req } = context;
    if (!safe.has(req.method) && req.header('Authorization') === undefined) {
      const site = req.header('Sec-Fetch-Site');
      const origin = req.header('Origin');
      const isOwn = (given: string) =>
        publicOrigin === undefined ? hostOf(given) === req.header('Host') : given === publicOrigin;
      if (
        (site !== undefined && site !== 'same-origin' && site !== 'none') ||
        (origin !== undefined && !isOwn(origin))
      ) {
        limit.take(context);
        throw new Problem(403, 'outra_origem', 'O pedido veio de uma página de outro endereço.');
      }
    }
    await next();
  };
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
