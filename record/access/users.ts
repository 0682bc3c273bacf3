import type { Knex } from 'knex';
import { writeAudit } from './audit';

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

/** As administrators see a person. */
export interface ListedUser extends UserRow {
  /** false = signs in at the company's provider only. */
  hasPassword: boolean;
  /** Signs in at the company's provider. */
  hasProvider: boolean;
  locked: boolean;
}

export interface UserSecrets extends UserRow {
  passwordHash: string | null;
  /** Of one that failed too often. */
  lockedForMs: number;
}

const columns = `u.id, u.login, u.name, u.role, u.filiais::float8[] as filiais, u.active, u.created_at as "createdAt"`;

const secretColumns = `${columns}, u.password_hash as "passwordHash",
  greatest(0, extract(epoch from coalesce(u.locked_until, '-infinity') - clock_timestamp()) * 1000)::float8 as "lockedForMs"`;
const listedColumns = `${columns}, u.password_hash is not null as "hasPassword", u.oidc_subject is not null as "hasProvider",
  coalesce(u.locked_until > clock_timestamp(), false) as locked`;

/** By login. @param filiais whose people: those that see nothing beyond these; null = everybody */
export async function listUsers(knex: Knex, filiais: readonly number[] | null): Promise<ListedUser[]> {
  const { rows } = await knex.raw<{ rows: ListedUser[] }>(
    `select ${listedColumns} from app_user u
     where :filiais::bigint[] is null or (u.filiais <> '{}' and u.filiais <@ :filiais::bigint[])
     order by u.login`,
    { filiais: filiais === null ? null : [...filiais] },
  );
  return rows;
}

export async function userById(knex: Knex, id: string): Promise<ListedUser | null> {
  const { rows } = await knex.raw<{ rows: ListedUser[] }>(`select ${listedColumns} from app_user u where u.id = ?`, [
    id,
  ]);
  return rows[0] ?? null;
}

/** Of one that is signed in: for the change of its own password. */
export async function passwordOf(knex: Knex, id: string): Promise<UserSecrets | null> {
  const { rows } = await knex.raw<{ rows: UserSecrets[] }>(`select ${secretColumns} from app_user u where u.id = ?`, [
    id,
  ]);
  return rows[0] ?? null;
}

/** @param subject of the company's provider, with its issuer: another provider's people are others. */
export async function userBySubject(knex: Knex, subject: string): Promise<UserRow | null> {
  const { rows } = await knex.raw<{ rows: UserRow[] }>(`select ${columns} from app_user u where u.oidc_subject = ?`, [
    subject,
  ]);
  return rows[0] ?? null;
}

export async function userByLogin(knex: Knex, login: string): Promise<UserSecrets | null> {
  const { rows } = await knex.raw<{ rows: UserSecrets[] }>(
    `select ${secretColumns} from app_user u where u.login = lower(?)`,
    [login],
  );
  return rows[0] ?? null;
}

/** @returns false when somebody has that login, or that subject. */
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
    // Its login, or its subject at the provider.
    .onConflict()
    .ignore();
  return (inserted as unknown as { rowCount: number }).rowCount === 1;
}

/**
 * Counts a try before its password is judged, so that many at once are no more guesses than one after the other. Five
 * in a row that are wrong lock a login for a quarter of an hour.
 * @returns locks: this try was the last one, unless it is right; lockedForMs: it is not to be judged at all
 */
export async function countTry(knex: Knex, id: string): Promise<{ locks: boolean } | { lockedForMs: number }> {
  const { rows } = await knex.raw<{ rows: { locks: boolean }[] }>(
    `update app_user set failed_logins = (failed_logins + 1) % 5,
       locked_until = case when failed_logins = 4 then clock_timestamp() + interval '15 minutes' end
     where id = ? and coalesce(locked_until <= clock_timestamp(), true) returning failed_logins = 0 as locks`,
    [id],
  );
  return rows[0] ?? { lockedForMs: (await passwordOf(knex, id))?.lockedForMs ?? 0 };
}

export async function noteRightPassword(knex: Knex, id: string): Promise<void> {
  await knex('app_user').where({ id }).update({ failed_logins: 0, locked_until: null });
}

/** Whether there is anybody: the first start makes an administrator. */
export async function hasUsers(knex: Knex): Promise<boolean> {
  return (await knex('app_user').first('id')) !== undefined;
}

/** Logins of those who can sign in by password and see everything, by login. @param limit at most so many */
export async function localAdministrators(knex: Knex, limit: number): Promise<string[]> {
  return knex('app_user')
    .where({ role: 'administrador', active: true, filiais: null })
    .whereNotNull('password_hash')
    .orderBy('login')
    .limit(limit)
    .pluck<string[]>('login');
}

/** A person's name, rights or password; absent = stays. */
export interface UserChange {
  name?: string;
  role?: UserRow['role'];
  filiais?: number[] | null;
  active?: boolean;
  passwordHash?: string;
}

/**
 * Changes a person, with its audit entry, in one transaction. Other rights, a new password or a deactivation end its
 * sessions. There is always an active administrator of all filiais left: without one nobody could make another.
 */
export async function changeUser(
  knex: Knex,
  { id, by, change, reason }: { id: string; by: string; change: UserChange; reason?: string },
): Promise<{ kind: 'changed'; user: ListedUser } | { kind: 'unknown' } | { kind: 'lastAdministrator' }> {
  return knex.transaction(async (trx) => {
    // Also those who are not changed: two administrators who deactivate each other wait for one another here.
    const { rows } = await trx.raw<{ rows: { id: string }[] }>(
      `select id from app_user where id = :id or (role = 'administrador' and active and filiais is null
         and (password_hash is not null or oidc_subject is not null))
       order by id for update`,
      { id },
    );
    const before = rows.some((row) => row.id === id) ? await userById(trx, id) : null;
    if (!before) return { kind: 'unknown' };
    // Also one who can sign in.
    const isMaster = (user: UserRow) => user.role === 'administrador' && user.active && user.filiais === null;
    const { passwordHash, ...rights } = change;
    if (isMaster(before) && rows.length === 1 && !isMaster({ ...before, ...rights }))
      return { kind: 'lastAdministrator' };
    const columnsToSet = {
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.role === undefined ? {} : { role: change.role }),
      ...(change.filiais === undefined ? {} : { filiais: change.filiais }),
      ...(change.active === undefined ? {} : { active: change.active }),
      ...(passwordHash === undefined ? {} : { password_hash: passwordHash, failed_logins: 0, locked_until: null }),
    };
    if (Object.keys(columnsToSet).length > 0) await trx('app_user').where({ id }).update(columnsToSet);
    const after = (await userById(trx, id)) as ListedUser;
    if (whatItMay(before) !== whatItMay(after) || passwordHash !== undefined)
      await trx('app_session').where({ user_id: id }).delete();
    await writeAudit(trx, {
      ...{ actor: by, action: 'changeUser', entity: 'user', entityId: id },
      before: shown(before),
      after: { ...shown(after), ...(passwordHash === undefined ? {} : { newPassword: true }) },
      ...(reason === undefined ? {} : { reason }),
    });
    return { kind: 'changed', user: after };
  });
}

function whatItMay({ role, filiais, active }: UserRow): string {
  return JSON.stringify([role, filiais, active]);
}

function shown({ login, name, role, filiais, active }: UserRow): object {
  return { login, name, role, filiais, active };
}
