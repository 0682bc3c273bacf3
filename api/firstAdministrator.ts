import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { hasUsers, insertUser } from '../record/access/users';
import { hashPassword } from './access/passwords';
import { newId } from './access/secrets';

export const FIRST_LOGIN = 'admin';

/** @returns the password of the administrator that was made, to be shown once; null when there are people already. */
export async function makeFirstAdministrator(knex: Knex): Promise<string | null> {
  if (await hasUsers(knex)) return null;
  const password = randomBytes(12).toString('base64url');
  const made = await insertUser(knex, {
    ...{ id: newId('u'), login: FIRST_LOGIN, name: 'Administrador', role: 'administrador', filiais: null },
    passwordHash: await hashPassword(password),
  });
  return made ? password : null;
}
