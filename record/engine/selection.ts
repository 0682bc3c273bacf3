import type { Knex } from 'knex';
import type { Selection } from '../../domain/batch/batch';
import type { LocalDate } from '../../domain/kinds/dates';
import type { BatchFilters } from '../../domain/batch/filters';
import { refusal, type Refusal } from '../../domain/batch/refusals';
import { matchedReceivables } from './matching';

const UNIQUE_VIOLATION = '23505';
const ONE_LIVE_ITEM = 'batch_item_one_live_per_receivable';
// Each try waits for the batch that was faster, so that it is seen by the next one.
const MAX_TRIES = 5;

/**
 * Freezes what the batch communicates, once: items in order of due date, and what was left out with its reason.
 * Called again it returns the stored counts. Two batches of one carteira select one after the other; the second
 * finds the títulos of the first taken.
 */
export async function selectReceivables(knex: Knex, batchId: string): Promise<Selection | Refusal> {
  return knex.transaction(async (trx) => {
    const batch = await trx('batch')
      .where({ id: batchId })
      .forUpdate()
      .first<BatchRow | undefined>('carteira_id', 'filters', 'selected', 'left_out', 'selected_at');
    if (!batch) return refusal('comunicacaoDesconhecida', `A comunicação ${batchId} não existe.`);
    if (batch.selected_at === null) {
      await trx('carteira').where({ id: batch.carteira_id }).forNoKeyUpdate().first('id');
      const counts = await select(trx, batchId, batch.carteira_id, batch.filters);
      await trx('batch')
        .where({ id: batchId })
        .update({
          selected: counts.selected,
          left_out: counts.leftOut,
          selected_at: trx.raw('clock_timestamp()'),
          round: 1,
          filiais: trx.raw(
            `(select coalesce(array_agg(distinct r.filial_id order by r.filial_id), '{}') from receivable r
              where r.id in (select receivable_id from batch_item where batch_id = :batchId
                             union all select receivable_id from batch_left_out where batch_id = :batchId))`,
            { batchId },
          ),
        });
      Object.assign(batch, { selected: counts.selected, left_out: counts.leftOut });
    }
    return {
      selected: batch.selected ?? 0,
      leftOut: batch.left_out ?? 0,
      nearestDueDate: await nearestDueDate(trx, batchId),
    };
  });
}

interface BatchRow {
  carteira_id: number;
  filters: BatchFilters;
  selected: number | null;
  left_out: number | null;
  selected_at: Date | null;
}

async function nearestDueDate(trx: Knex.Transaction, batchId: string): Promise<LocalDate | null> {
  const first = await trx('batch_item')
    .join('receivable', 'receivable.id', 'batch_item.receivable_id')
    .where({ batch_id: batchId, ordinal: 1 })
    .first<{ due_date: LocalDate } | undefined>('due_date');
  return first?.due_date ?? null;
}

/**
 * A título that was moved here from another carteira while that one selected is unseen by the lock on the carteira:
 * the unique index finds it, and the statement is run again with the other batch's items in sight.
 */
async function select(
  trx: Knex.Transaction,
  batchId: string,
  carteiraId: number,
  filters: BatchFilters,
): Promise<{ selected: number; leftOut: number }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await trx.transaction((savepoint) => insertSelection(savepoint, batchId, carteiraId, filters));
    } catch (error) {
      if (tries >= MAX_TRIES || !isTakenMeanwhile(error)) throw error;
    }
  }
}

function isTakenMeanwhile(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === UNIQUE_VIOLATION && constraint === ONE_LIVE_ITEM;
}

async function insertSelection(
  trx: Knex.Transaction,
  batchId: string,
  carteiraId: number,
  filters: BatchFilters,
): Promise<{ selected: number; leftOut: number }> {
  const matched = matchedReceivables(carteiraId, filters);
  const { rows } = await trx.raw<{ rows: { selected: number; leftOut: number }[] }>(
    `with matched as materialized (
       select r.id, r.due_date, live.batch_id as other_batch_id, ${matched.reason} as reason
       from ${matched.from} where ${matched.where}),
     taken as (
       insert into batch_item (batch_id, ordinal, receivable_id, due_at)
       select :batchId, row_number() over (order by due_date, id), id, clock_timestamp()
       from matched where reason is null order by due_date, id
       returning 1),
     left_out as (
       insert into batch_left_out (batch_id, receivable_id, reason, other_batch_id)
       select :batchId, id, reason, case when reason = 'inOtherBatch' then other_batch_id end
       from matched where reason is not null
       returning 1)
     select (select count(*) from taken) as selected, (select count(*) from left_out) as "leftOut"`,
    { batchId, ...matched.values },
  );
  return rows[0] as { selected: number; leftOut: number };
}
