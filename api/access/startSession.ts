import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { z } from '@hono/zod-openapi';
import type { sessionSchema } from '../../contract/session';
import { writeAudit } from '../../record/access/audit';
import { deleteSession, insertSession } from '../../record/access/sessions';
import type { UserRow } from '../../record/access/users';
import type { ApiDeps, ApiEnv } from '../deps';
import { addressOf } from './address';
import { sessionCookie } from './authenticate';
import { hashOf, newSecret } from './secrets';

/**
 * A new session for somebody who has just shown who it is: its cookie is set on the answer, and the session that the
 * browser had before is over, so that nobody is signed in by a cookie that was known before.
 */
export async function startSession(
  context: Context<ApiEnv>,
  { knex, secureCookies, trustedProxies = [] }: Pick<ApiDeps, 'knex' | 'secureCookies' | 'trustedProxies'>,
  { user, how }: { user: UserRow; how: 'password' | 'provider' | 'newPassword' },
): Promise<z.infer<typeof sessionSchema>> {
  const former = getCookie(context, sessionCookie(secureCookies));
  if (former !== undefined) await deleteSession(knex, hashOf(former));
  const [token, csrfToken] = [newSecret(), newSecret()];
  await insertSession(knex, { tokenHash: hashOf(token), userId: user.id, csrfToken });
  await writeAudit(knex, {
    ...{ actor: user.id, action: 'signIn', entity: 'user', entityId: user.id },
    after: { how, address: addressOf(context, trustedProxies) },
  });
  setCookie(context, sessionCookie(secureCookies), token, {
    ...{ path: '/', httpOnly: true, sameSite: 'Strict', secure: secureCookies },
  });
  const { id, name, role, filiais } = user;
  return { id, name, role, filiais, csrfToken };
}
