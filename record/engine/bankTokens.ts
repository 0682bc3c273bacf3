import type { Knex } from 'knex';

/** An account as somebody read it: what belongs to another version of it is neither handed out nor stored. */
export interface AccountVersion {
  id: number;
  version: number;
}

export interface StoredToken {
  generation: number;
  /** null: none yet, or retired with an earlier version of the account. */
  sealed: Buffer | null;
  /** How long it may still be used; its life is a little longer. Negative: no longer. */
  usableForMs: number;
}

/** @returns `stale` when the account has another version by now. */
export async function readToken(knex: Knex, account: AccountVersion): Promise<StoredToken | 'stale'> {
  const { rows } = await knex.raw<{ rows: (StoredToken & { isCurrent: boolean })[] }>(
    `select a.version = :version as "isCurrent", coalesce(t.generation, 0) as generation,
       case when t.account_version = a.version then t.token end as sealed,
       coalesce((extract(epoch from t.usable_until) - extract(epoch from clock_timestamp()))::float8 * 1000, 0)
         as "usableForMs"
     from gateway_account a left join gateway_token t on t.account_id = a.id where a.id = :id`,
    { ...account },
  );
  const [row] = rows;
  if (!row?.isCurrent) return 'stale';
  const { generation, sealed, usableForMs } = row;
  return { generation, sealed, usableForMs };
}

/**
 * Makes the caller the one process that refreshes the token of this version of the account, for `leaseMs` at most.
 * @returns false while another process is at it, or when version or `generation` are not the newest any more.
 */
export async function beginRefresh(
  knex: Knex,
  account: AccountVersion,
  generation: number,
  leaseMs: number,
): Promise<boolean> {
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `insert into gateway_token as t (account_id, account_version, refreshing_until)
     select id, version, clock_timestamp() + :leaseMs * interval '1 millisecond'
     -- Locked, so that a change of the account comes wholly before this or wholly after.
     from gateway_account where id = :id and version = :version for share
     on conflict (account_id) do update
       set refreshing_until = excluded.refreshing_until, account_version = excluded.account_version
     where t.generation = :generation and (t.refreshing_until is null or t.refreshing_until < clock_timestamp())`,
    { ...account, generation, leaseMs },
  );
  return rowCount > 0;
}

/** @returns the new token's generation; null when the account changed while it was asked for: it is nobody's then. */
export async function storeToken(
  knex: Knex,
  account: AccountVersion,
  sealed: Buffer,
  usableForMs: number,
): Promise<number | null> {
  const { rows } = await knex.raw<{ rows: { generation: number }[] }>(
    `update gateway_token set generation = generation + 1, token = :sealed, refreshing_until = null,
       obtained_at = clock_timestamp(), usable_until = clock_timestamp() + :usableForMs * interval '1 millisecond', accepted = false
     where account_id = :id and account_version = :version returning generation`,
    { ...account, sealed, usableForMs },
  );
  return rows[0]?.generation ?? null;
}

export async function endRefresh(knex: Knex, account: AccountVersion): Promise<void> {
  await knex.raw(
    `update gateway_token set refreshing_until = null where account_id = :id and account_version = :version`,
    {
      ...account,
    },
  );
}

/** The gateway accepted a call with this generation: the credentials are right. */
export async function acceptToken(knex: Knex, accountId: number, generation: number): Promise<void> {
  await knex.raw(
    `update gateway_token set accepted = true, refused_in_a_row = 0
     where account_id = ? and generation = ? and (not accepted or refused_in_a_row > 0)`,
    [accountId, generation],
  );
}

/**
 * The gateway refused this generation: nobody uses it again.
 * @returns how many were refused in a row without one that was accepted; at `limit` it is told once and counted anew,
 *   so that whoever resumes begins afresh. 0 when it was refused, or replaced, before.
 */
export async function refuseToken(knex: Knex, accountId: number, generation: number, limit: number): Promise<number> {
  const { rows } = await knex.raw<{ rows: { inARow: number }[] }>(
    `with counted as (
       select generation, case when accepted then 1 else refused_in_a_row + 1 end as in_a_row from gateway_token
       where account_id = :accountId and generation = :generation and usable_until > '-infinity' for update)
     update gateway_token t set usable_until = '-infinity',
       refused_in_a_row = case when counted.in_a_row >= :limit then 0 else counted.in_a_row end
     from counted where t.account_id = :accountId returning counted.in_a_row as "inARow"`,
    { accountId, generation, limit },
  );
  return rows[0]?.inARow ?? 0;
}
