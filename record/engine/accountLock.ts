import type { Knex } from 'knex';
import { plannedOnce } from '../database';

/** First key of the advisory locks on accounts; the second is the account's id. Any fixed number. */
const ACCOUNT_LOCK = 7_062_012;

/** Until the transaction ends, no definition changes these accounts: taken before what depends on them is read. */
export async function holdAccounts(trx: Knex.Transaction, accountIds: Iterable<number>): Promise<void> {
  const statement = trx.raw(
    `select pg_advisory_xact_lock_shared(:lock::int, id) from unnest(:ids::int[]) as held(id)`,
    {
      lock: ACCOUNT_LOCK,
      ids: inOrder(accountIds),
    },
  );
  await statement.options(plannedOnce('holdAccounts'));
}

/** Waits until no intent is being written for these accounts; what begins afterwards waits for this transaction. */
export async function lockAccounts(trx: Knex.Transaction, accountIds: Iterable<number>): Promise<void> {
  for (const id of inOrder(accountIds))
    await trx.raw(`select pg_advisory_xact_lock(?::int, ?::int)`, [ACCOUNT_LOCK, id]);
}

function inOrder(accountIds: Iterable<number>): number[] {
  return [...new Set(accountIds)].sort((a, b) => a - b);
}
