import type { Knex } from 'knex';

export interface StoredToken {
  generation: number;
  sealed: Buffer;
  /** Milliseconds of life left. */
  expiresInMs: number;
}

export async function readToken(knex: Knex, accountId: number): Promise<StoredToken | null> {
  const { rows } = await knex.raw<{ rows: StoredToken[] }>(
    `select generation, token as sealed, extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as "expiresInMs"
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
export async function storeToken(knex: Knex, accountId: number, sealed: Buffer, expiresInMs: number): Promise<number> {
  const { rows } = await knex.raw<{ rows: { generation: number }[] }>(
    `update gateway_token set generation = generation + 1, token = :sealed, refreshing_until = null,
       expires_at = clock_timestamp() + :expiresInMs * interval '1 millisecond'
     where account_id = :accountId returning generation`,
    { accountId, sealed, expiresInMs },
  );
  return rows[0]?.generation ?? 0;
}

export async function endRefresh(knex: Knex, accountId: number): Promise<void> {
  await knex.raw(`update gateway_token set refreshing_until = null where account_id = ?`, [accountId]);
}

/** The gateway refused this generation: nobody uses it again. */
export async function expireToken(knex: Knex, accountId: number, generation: number): Promise<void> {
  await knex.raw(`update gateway_token set expires_at = clock_timestamp() where account_id = ? and generation = ?`, [
    accountId,
    generation,
  ]);
}
