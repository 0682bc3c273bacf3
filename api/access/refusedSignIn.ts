import type { Context } from 'hono';
import { writeAudit } from '../../record/access/audit';
import type { ApiDeps, ApiEnv } from '../deps';
import { addressOf } from './address';

/** Who it is when nobody has that login: what was typed may be a password, and is not kept. */
const NOBODY = 'desconhecido';

export async function auditRefusedSignIn(
  context: Context<ApiEnv>,
  { knex, trustedProxies = [] }: Pick<ApiDeps, 'knex' | 'trustedProxies'>,
  { userId, action, reason }: { userId?: string; action: 'signInFailed' | 'signInLocked'; reason: string },
): Promise<void> {
  const id = userId ?? NOBODY;
  await writeAudit(knex, {
    ...{ actor: id, action, entity: 'user', entityId: id, reason },
    after: { address: addressOf(context, trustedProxies) },
  });
}
