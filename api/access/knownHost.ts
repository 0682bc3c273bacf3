import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from '../deps';
import { Problem } from '../problem';

/** Says nothing of anybody, and supervisors ask for it by whatever address they know. */
const HEALTH = '/api/v1/saude';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Only who asked for this API by a name of its own is answered: a page elsewhere can give this machine a name of its
 * own domain (DNS rebinding) and would be of the same origin then; and a name that anybody chose is in no link of ours.
 *
 * @param publicOrigin absent: the names of this machine itself, and no other
 */
export function knownHost(publicOrigin: string | undefined): MiddlewareHandler<ApiEnv> {
  const own = publicOrigin === undefined ? null : new URL(publicOrigin).hostname;
  return async (context, next) => {
    const { req } = context;
    const host = req.header('Host');
    const name = hostnameOf(host === undefined ? req.url : `http://${host}`);
    if (name !== own && !LOOPBACK.test(name) && req.path !== HEALTH)
      throw new Problem(421, 'endereco_desconhecido', 'Esta API não atende por este endereço.', {
        hint: own === null ? 'Quem instala diz o endereço das telas em API_PUBLIC_URL.' : 'Use o de API_PUBLIC_URL.',
      });
    await next();
  };
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
