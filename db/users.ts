import type { Knex } from 'knex';

export interface UserRow {
  id: string;
  login: string;
  name: string;
  role: 'consulta' | 'operador' | 'administrador';
  /** null = every filial. */
  filiais: number[] | null;
  active: boolean;
  createdAt: Date;
}

export interface UserSecrets extends UserRow {
  passwordHash: string | null;
  /** Of one that failed too often. */
  lockedForMs: number;
}

const columns = `u.id, u.login, u.name, u.role, u.filiais::float8[] as filiais, u.active, u.created_at as "createdAt"`;

export async function userByLogin(knex: Knex, login: string): Promise<UserSecrets | null> {
  const { rows } = await knex.raw<{ rows: UserSecrets[] }>(
    `select ${columns}, u.password_hash as "passwordHash",
       greatest(0, extract(epoch from coalesce(u.locked_until, '-infinity') - clock_timestamp()) * 1000)::float8 as "lockedForMs"
     from app_user u where u.login = lower(?)`,
    [login],
  );
  return rows[0] ?? null;
}

export async function insertUser(
  knex: Knex,
  user: Omit<UserRow, 'createdAt' | 'active'> & { passwordHash: string | null; oidcSubject?: string },
): Promise<boolean> {
  const inserted = await knex('app_user')
    .insert({
      id: user.id,
      login: user.login.toLowerCase(),
      name: user.name,
      role: user.role,
      filiais: user.filiais,
      password_hash: user.passwordHash,
      oidc_subject: user.oidcSubject ?? null,
    })
    .onConflict('login')
    .ignore();
  return (inserted as unknown as { rowCount: number }).rowCount === 1;
}

/** Five wrong passwords in a row lock a login for a quarter of an hour. @returns whether it is locked now. */
export async function noteWrongPassword(knex: Knex, id: string): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: { locked: boolean }[] }>(
    `update app_user set failed_logins = (failed_logins + 1) % 5,
       locked_until = case when failed_logins = 4 then clock_timestamp() + interval '15 minutes' else locked_until end
     where id = ? returning failed_logins = 0 as locked`,
    [id],
  );
  return rows[0]?.locked ?? false;
}

export async function noteRightPassword(knex: Knex, id: string): Promise<void> {
  await knex('app_user').where({ id }).update({ failed_logins: 0, locked_until: null });
}

/** Whether there is anybody: the first start makes an administrator. */
export async function hasUsers(knex: Knex): Promise<boolean> {
  return (await knex('app_user').first('id')) !== undefined;
}
