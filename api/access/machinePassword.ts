import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { newPasswordSchema } from '../../contract/user';
import type { NewPasswordOrder, NewPasswordResult, SetPassword } from '../../operations/newPassword';
import { changeUser, localAdministrators, userByLogin, type UserSecrets } from '../../record/access/users';
import { MACHINE } from '../../domain/kinds/actors';
import { Problem } from '../problem';
import { hashPassword } from './passwords';
import { refuseWeak } from './weakPassword';

const ADMINISTRATORS_SHOWN = 5;

/** For whoever has the record's keys on its machine; by HTTP a password takes an administrator. */
export function createSetPassword({ knex, oidcOnly }: { knex: Knex; oidcOnly: boolean }): SetPassword {
  return async (order) => {
    if (oidcOnly) return { kind: 'passwordsAreOff' };
    const user = await userByLogin(knex, order.login);
    if (!user) return { kind: 'unknownLogin', administrators: await localAdministrators(knex, ADMINISTRATORS_SHOWN) };
    if (!user.active) return { kind: 'inactive' };
    if (user.passwordHash === null) return { kind: 'noPassword' };
    return (order.password === null ? null : await refusal(knex, order.password, user)) ?? set(knex, user, order);
  };
}

async function set(
  knex: Knex,
  { id, login }: UserSecrets,
  { password, systemLogin }: NewPasswordOrder,
): Promise<NewPasswordResult> {
  const made = password ?? randomBytes(12).toString('base64url');
  const result = await changeUser(knex, {
    ...{ id, by: MACHINE, reason: `por comando, pelo usuário ${systemLogin} desta máquina` },
    change: { passwordHash: await hashPassword(made) },
  });
  if (result.kind !== 'changed') throw new Error(`the password of ${id} was not changed: ${result.kind}`);
  return { kind: 'set', login, password: password === null ? made : null };
}

/** By the rules of every password that a person thinks up. */
async function refusal(knex: Knex, password: string, { login, name }: UserSecrets): Promise<NewPasswordResult | null> {
  const formed = newPasswordSchema.safeParse(password);
  if (!formed.success)
    return { kind: 'weak', message: formed.error.issues[0]?.message ?? 'a senha não serve', hint: 'nada foi alterado' };
  try {
    await refuseWeak(knex, password, { login, name });
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { kind: 'weak', message: error.message, hint: error.more.hint ?? 'nada foi alterado' };
  }
}
