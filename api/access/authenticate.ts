import { timingSafeEqual } from 'node:crypto';
import { getCookie } from 'hono/cookie';
import type { MiddlewareHandler } from 'hono';
import { readApiToken } from '../../record/access/apiTokens';
import { readSession } from '../../record/access/sessions';
import type { ApiDeps, ApiEnv } from '../deps';
import { Problem } from '../problem';
import type { CallLimit } from './limitCalls';
import { hashOf } from './secrets';

/** With https the browser itself sees to it that no other host, and nothing by http, sets it. */
export function sessionCookie(secureCookies: boolean): string {
  return secureCookies ? '__Host-boletos_sessao' : 'boletos_sessao';
}
/** Said back by the screens with every change: a page elsewhere can send the cookie, but does not know this. */
export const CSRF_HEADER = 'X-CSRF-Token';
const safe = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Whoever signs in needs no right of the session that it replaces; sameOrigin.ts keeps other sites from doing it. */
const SIGN_IN = '/api/v1/sessao';

/**
 * Finds out who asks; whether they may is each route's own matter. A bad token is refused, never taken for nobody.
 * What is refused here is a call, too: of the address that it comes from.
 */
export function authenticate(
  { knex, secureCookies }: Pick<ApiDeps, 'knex' | 'secureCookies'>,
  limit: CallLimit,
): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const header = context.req.header('Authorization');
    const cookie = getCookie(context, sessionCookie(secureCookies));
    if (header !== undefined) {
      const token = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(header)?.[1];
      const found = token === undefined ? null : await readApiToken(knex, hashOf(token));
      if (!found) {
        limit.take(context);
        throw new Problem(401, 'token_recusado', 'O token não existe, venceu ou foi revogado.', {
          hint: 'Peça outro ao administrador.',
        });
      }
      const { id, name, role, filiais } = found;
      context.set('actor', { id, name, role, filiais, via: 'token' });
    } else if (cookie !== undefined) {
      const sessionHash = hashOf(cookie);
      const session = await readSession(knex, sessionHash);
      if (session) {
        const { id, name, role, filiais } = session.user;
        const isSignIn = context.req.method === 'POST' && context.req.path === SIGN_IN;
        if (!isSignIn && !safe.has(context.req.method) && !isSame(context.req.header(CSRF_HEADER), session.csrfToken)) {
          limit.take(context);
          throw new Problem(403, 'csrf', 'O pedido não veio desta tela.', { hint: 'Recarregue a página e repita.' });
        }
        context.set('actor', { id, name, role, filiais, via: 'session' });
        context.set('sessionHash', sessionHash);
        if (session.confirmedUntil) context.set('confirmedUntil', session.confirmedUntil);
      }
    }
    await next();
  };
}

function isSame(given: string | undefined, wanted: string): boolean {
  if (given === undefined) return false;
  const [left, right] = [hashOf(given), hashOf(wanted)];
  return timingSafeEqual(left, right);
}
