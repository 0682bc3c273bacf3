import type { Knex } from 'knex';
import type { ItemState } from '../../domain/boleto/states';
import { plannedOnce } from '../database';

/** One item of a slice, held by `leaseToken` until another lease takes it. */
export interface LeasedItem {
  batchId: string;
  ordinal: number;
  receivableId: number;
  leaseToken: number;
  state: ItemState;
  tries: number;
  /** Milliseconds until it is due; 0 or less = now. */
  dueInMs: number;
}

/**
 * Takes the items of a range that are due within `horizonMs`. A new token fences the slice that held them before:
 * its next intent or transition is refused. An item whose call may still be under way is not due, so it is not taken.
 */
export async function leaseItems(
  knex: Knex,
  slice: { batchId: string; from: number; to: number },
  horizonMs: number,
): Promise<LeasedItem[]> {
  const statement = knex.raw<{ rows: LeasedItem[] }>(
    `with token as materialized (select nextval('lease_token') as token),
     due as materialized (
       select batch_id, ordinal from batch_item
       where batch_id = :batchId and ordinal between :from and :to
         -- What is closed is not due: batch_item_closed_is_not_due.
         and due_at <= clock_timestamp() + :horizonMs * interval '1 millisecond'
       order by ordinal for update)
     update batch_item i set lease_token = token.token
     from token, due where i.batch_id = due.batch_id and i.ordinal = due.ordinal
     returning i.batch_id as "batchId", i.ordinal, i.receivable_id as "receivableId", i.lease_token as "leaseToken",
       i.state, i.tries, extract(epoch from i.due_at - clock_timestamp())::float8 * 1000 as "dueInMs"`,
    { ...slice, horizonMs },
  );
  const { rows } = await statement.options(plannedOnce('leaseItems'));
  return rows.sort((a, b) => a.ordinal - b.ordinal);
}

/** Lets items wait without a call: there is no token. What a dead worker left stays to be looked for. */
export async function deferItems(
  knex: Knex,
  items: readonly LeasedItem[],
  failure: { dueInMs: number; kind: string; code: string; message: string },
): Promise<void> {
  await knex.raw(
    `update batch_item i set due_at = clock_timestamp() + :dueInMs * interval '1 millisecond',
       state = case when i.state in ('unconfirmed', 'inProgress', 'conflict') then i.state
         when i.state = 'sending' then 'unconfirmed' else 'deferred' end,
       failure_kind = :kind, provider_code = :code, provider_message = :message, field = null,
       updated_at = clock_timestamp()
     from unnest(:ordinals::int[], :tokens::bigint[]) as held(ordinal, token)
     where i.batch_id = :batchId and i.ordinal = held.ordinal and i.lease_token = held.token
       and i.closed_at is null`,
    {
      dueInMs: failure.dueInMs,
      kind: failure.kind,
      code: failure.code,
      message: failure.message,
      batchId: items[0]?.batchId ?? '',
      ordinals: items.map(({ ordinal }) => ordinal),
      tokens: items.map(({ leaseToken }) => leaseToken),
    },
  );
}

/** Stops a batch at once for a failure that is not any boleto's fault: no intent is written after this. */
export async function stopBatch(knex: Knex, batchId: string, code: string, message: string): Promise<void> {
  await knex.transaction(async (trx) => {
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `update batch set paused = true, pause_reason = :code where id = :batchId and not paused`,
      { batchId, code },
    );
    if (rowCount === 0) return;
    // What waited a moment to learn whether it is its own fault is nobody's: it is due when the batch goes on.
    await trx.raw(
      `update batch_item set state = 'pending', due_at = clock_timestamp(), updated_at = clock_timestamp()
       where batch_id = :batchId and state = 'deferred' and failure_kind in ('config', 'data') and closed_at is null`,
      { batchId },
    );
    await trx.raw(
      `insert into alert (batch_id, kind, day, message)
       values (:batchId, 'config', (clock_timestamp() at time zone 'America/Sao_Paulo')::date, :message)
       on conflict on constraint alert_once_a_day do update set message = excluded.message, at = clock_timestamp()`,
      { batchId, message },
    );
  });
}
