import type { Knex } from 'knex';

export interface StoredToken {
  generation: number;
  sealed: Buffer;
  /** How long it may still be used; its life is a little longer. */
  usableForMs: number;
}

export async function readToken(knex: Knex, accountId: number): Promise<StoredToken | null> {
  const { rows } = await knex.raw<{ rows: StoredToken[] }>(
    `select generation, token as sealed, extract(epoch from usable_until - clock_timestamp())::float8 * 1000 as "usableForMs"
     from gateway_token where account_id = ? and token is not null`,
    [accountId],
  );
  return rows[0] ?? null;
}

/**
 * Makes the caller the one process that refreshes the account's token, for `leaseMs` at most.
 * @returns false while another process is at it, or when `generation` is not the newest any more.
 */
export async function beginRefresh(
  knex: Knex,
  accountId: number,
  generation: number,
  leaseMs: number,
): Promise<boolean> {
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `insert into gateway_token as t (account_id, refreshing_until)
     values (:accountId, clock_timestamp() + :leaseMs * interval '1 millisecond')
     on conflict (account_id) do update set refreshing_until = excluded.refreshing_until
     where t.generation = :generation and (t.refreshing_until is null or t.refreshing_until < clock_timestamp())`,
    { accountId, generation, leaseMs },
  );
  return rowCount > 0;
}

/** @returns the new token's generation. */
export async function storeToken(knex: Knex, accountId: number, sealed: Buffer, usableForMs: number): Promise<number> {
  const { rows } = await knex.raw<{ rows: { generation: number }[] }>(
    `update gateway_token set generation = generation + 1, token = :sealed, refreshing_until = null,
       obtained_at = clock_timestamp(), usable_until = clock_timestamp() + :usableForMs * interval '1 millisecond', accepted = false
     where account_id = :accountId returning generation`,
    { accountId, sealed, usableForMs },
  );
  return rows[0]?.generation ?? 0;
}

export async function endRefresh(knex: Knex, accountId: number): Promise<void> {
  await knex.raw(`update gateway_token set refreshing_until = null where account_id = ?`, [accountId]);
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
