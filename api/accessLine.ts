import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Actor } from './access/actor';
import type { ApiDeps, ApiEnv } from './deps';

/**
 * One line a request in the log: who asked for what, and how it ended. The route as it is declared, never as it was
 * asked for: an address holds ids, searches and names.
 */
export function accessLine({ log }: Pick<ApiDeps, 'log'>): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const begun = performance.now();
    await next();
    const actor = context.get('actor') as Actor | undefined;
    log.info('pedido', {
      ...{ requestId: context.get('requestId'), method: context.req.method, route: routePath(context, -1) },
      ...{ status: context.res.status, ms: Math.round(performance.now() - begun), actor: actor?.id ?? null },
    });
  };
}
