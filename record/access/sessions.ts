import type { Knex } from 'knex';
import { writeAudit } from './audit';
import type { UserRow } from './users';

/** Without a call for this long it ends; and after the longer time in any case. */
const IDLE = '30 minutes';
const LONGEST = '12 hours';
/** For so long after its person showed again who it is, it may give access to others. */
const CONFIRMED = '10 minutes';

export interface Session {
  user: UserRow;
  csrfToken: string;
  /** Until when its person need not show again who it is; null: not now. */
  confirmedUntil: Date | null;
}

const confirmedColumn = `case when confirmed_at > clock_timestamp() - interval '${CONFIRMED}'
  then confirmed_at + interval '${CONFIRMED}' end as "confirmedUntil"`;

export async function insertSession(
  knex: Knex,
  session: { tokenHash: Buffer; userId: string; csrfToken: string },
): Promise<void> {
  await knex.raw(
    `delete from app_session where expires_at < clock_timestamp() or seen_at < clock_timestamp() - interval '${IDLE}'`,
  );
  await knex('app_session').insert({
    token_hash: session.tokenHash,
    user_id: session.userId,
    csrf_token: session.csrfToken,
    expires_at: knex.raw(`clock_timestamp() + interval '${LONGEST}'`),
  });
}

/** @returns null for one that is unknown, over, or of somebody who may no longer sign in. */
export async function readSession(knex: Knex, tokenHash: Buffer): Promise<Session | null> {
  const { rows } = await knex.raw<{ rows: (UserRow & Omit<Session, 'user'> & { stale: boolean })[] }>(
    `select u.id, u.login, u.name, u.role, u.filiais::float8[] as filiais, u.active, u.created_at as "createdAt",
       s.csrf_token as "csrfToken", ${confirmedColumn}, s.seen_at < clock_timestamp() - interval '1 minute' as stale
     from app_session s join app_user u on u.id = s.user_id and u.active
     where s.token_hash = ? and s.expires_at > clock_timestamp() and s.seen_at > clock_timestamp() - interval '${IDLE}'`,
    [tokenHash],
  );
  const [row] = rows;
  if (!row) return null;
  const { csrfToken, confirmedUntil, stale, ...user } = row;
  if (stale) await knex.raw(`update app_session set seen_at = clock_timestamp() where token_hash = ?`, [tokenHash]);
  return { user, csrfToken, confirmedUntil };
}

/**
 * Notes that the person of this session has just shown again who it is.
 * @returns until when that counts; null when it is not a session of that person, or is over
 */
export async function confirmSession(
  knex: Knex,
  { tokenHash, userId, how }: { tokenHash: Buffer; userId: string; how: 'password' | 'provider' },
): Promise<Date | null> {
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { confirmedUntil: Date }[] }>(
      `update app_session set confirmed_at = clock_timestamp()
       where token_hash = :tokenHash and user_id = :userId and ${isAlive} returning ${confirmedColumn}`,
      { tokenHash, userId },
    );
    if (!rows[0]) return null;
    await writeAudit(trx, {
      ...{ actor: userId, action: 'confirmIdentity', entity: 'user', entityId: userId, after: { how } },
    });
    return rows[0].confirmedUntil;
  });
}

export async function deleteSession(knex: Knex, tokenHash: Buffer): Promise<void> {
  await knex('app_session').where({ token_hash: tokenHash }).delete();
}

export interface SessionRow {
  /** The beginning of the hash of its cookie: names it, and opens nothing. */
  id: string;
  createdAt: Date;
  seenAt: Date;
  current: boolean;
}

const SESSION_ID = `encode(substring(token_hash for 8), 'hex')`;
const isAlive = `expires_at > clock_timestamp() and seen_at > clock_timestamp() - interval '${IDLE}'`;

/** Those of one person that are not over, newest first. @param current hash of the cookie that asks, if any */
export async function listSessions(knex: Knex, userId: string, current: Buffer | null): Promise<SessionRow[]> {
  const { rows } = await knex.raw<{ rows: SessionRow[] }>(
    `select ${SESSION_ID} as id, created_at as "createdAt", seen_at as "seenAt",
       coalesce(token_hash = :current::bytea, false) as current
     from app_session where user_id = :userId and ${isAlive} order by created_at desc`,
    { userId, current },
  );
  return rows;
}

/** @returns false when the person has no such session */
export async function endSession(knex: Knex, { userId, id }: { userId: string; id: string }): Promise<boolean> {
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: object[] }>(
      `delete from app_session where user_id = :userId and ${SESSION_ID} = :id returning user_id`,
      { userId, id },
    );
    if (rows.length === 0) return false;
    await writeAudit(trx, { actor: userId, action: 'endSession', entity: 'user', entityId: userId });
    return true;
  });
}

/** Whom a session belongs to now; null once it is over. Unlike a call, asking does not keep it alive. */
export async function filiaisOfSession(knex: Knex, tokenHash: Buffer): Promise<{ filiais: number[] | null } | null> {
  const { rows } = await knex.raw<{ rows: { filiais: number[] | null }[] }>(
    `select u.filiais::float8[] as filiais from app_session s join app_user u on u.id = s.user_id and u.active
     where s.token_hash = ? and s.expires_at > clock_timestamp() and s.seen_at > clock_timestamp() - interval '${IDLE}'`,
    [tokenHash],
  );
  return rows[0] ?? null;
}
