import type { Context } from 'hono';
import { countTry, noteRightPassword, passwordOf, type UserSecrets } from '../../record/access/users';
import type { ApiDeps, ApiEnv } from '../deps';
import { Problem } from '../problem';
import { isPassword } from './passwords';
import { auditRefusedSignIn } from './refusedSignIn';

/**
 * Judges the present password of a person who is signed in, and counts as the door does: an open screen is no place to
 * guess it.
 *
 * @param asked what for, in the audit, and the field that holds it
 * @throws Problem `sem_senha`, `login_bloqueado`, `senha_atual`
 */
export async function judgeOwnPassword(
  context: Context<ApiEnv>,
  deps: Pick<ApiDeps, 'knex' | 'trustedProxies' | 'oidcOnly'>,
  given: string,
  asked: { reason: 'newPassword' | 'confirmation'; field: string },
): Promise<UserSecrets> {
  const { id, via } = context.get('actor');
  const user = via === 'session' && !deps.oidcOnly ? await passwordOf(deps.knex, id) : null;
  if (user?.passwordHash == null)
    throw new Problem(409, 'sem_senha', 'Quem pede não tem senha aqui.', {
      hint: 'Tokens não têm senha; quem entra pelo provedor da empresa a tem lá.',
    });
  const { reason, field } = asked;
  const tried = await countTry(deps.knex, id);
  if ('lockedForMs' in tried) throw locked(tried.lockedForMs);
  if (!(await isPassword(user.passwordHash, given))) {
    await auditRefusedSignIn(context, deps, { userId: id, action: 'signInFailed', reason });
    if (tried.locks) await auditRefusedSignIn(context, deps, { userId: id, action: 'signInLocked', reason });
    throw new Problem(422, 'senha_atual', 'A senha atual não confere.', {
      fields: [{ field, message: 'não confere' }],
    });
  }
  await noteRightPassword(deps.knex, id);
  return user;
}

export function locked(forMs: number): Problem {
  return new Problem(429, 'login_bloqueado', 'Senhas erradas demais: este login está bloqueado por alguns minutos.', {
    retryAfterSeconds: Math.ceil(forMs / 1_000),
  });
}
