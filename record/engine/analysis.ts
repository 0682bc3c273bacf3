import type { Knex } from 'knex';
import type { BatchCounts, CauseCount } from '../../domain/batch/batch';
import type { LocalDate } from '../../domain/kinds/dates';
import { itemStates, type ItemState } from '../../domain/boleto/states';
import { isCorrected } from './verdicts';

const MAX_CAUSES = 20;
const MAX_IDS = 5;

/**
 * Whether a call for the título of item `i` has no known end yet. By the título's current boleto, not by
 * `i.boleto_id`: an item that was just selected has none, and the call may be another batch's.
 */
export const hasUnresolvedAttempt = `exists (
  select from boleto ub join attempt ua on ua.boleto_id = ub.id
  where ub.receivable_id = i.receivable_id and ub.state not in ('superseded', 'cancelled') and ua.resolution is null)`;

/** Items by state, of every item the batch ever had. */
export async function countItems(knex: Knex, batchId: string): Promise<BatchCounts> {
  const { rows } = await knex.raw<{
    rows: { state: ItemState; count: number; corrected: number; reconciled: number; unresolved: number }[];
  }>(
    `select i.state, count(*) as count,
       count(*) filter (where i.closed_at is null and ${isCorrected()}) as corrected,
       count(*) filter (where i.reconciled) as reconciled,
       count(*) filter (where i.closed_at is null and ${hasUnresolvedAttempt}) as unresolved
     from batch_item i
     left join receivable r on i.state = 'rejected' and r.id = i.receivable_id
     where i.batch_id = ? group by i.state`,
    [batchId],
  );
  const byState = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
  const counts: BatchCounts = { total: 0, byState, corrected: 0, reconciled: 0, unresolved: 0 };
  for (const row of rows) {
    byState[row.state] = row.count;
    counts.total += row.count;
    counts.corrected += row.corrected;
    counts.reconciled += row.reconciled;
    counts.unresolved += row.unresolved;
  }
  return counts;
}

/**
 * Failures by kind and code, most frequent first, at most 20, fit for Temporal: a bank that puts words (and with
 * them perhaps a person's name) where its code belongs is shown as a digest of them.
 */
export async function countCauses(knex: Knex, batchId: string): Promise<CauseCount[]> {
  const { rows } = await knex.raw<{ rows: CauseCount[] }>(
    `select state, cause, count(*) as count, (array_agg(receivable_id::float8 order by ordinal))[1:${MAX_IDS}] as "receivableIds"
     from (
       select state, ordinal, receivable_id,
         coalesce(failure_kind, state) || case
           when coalesce(provider_code, '') = '' then ''
           when provider_code ~ '^[A-Za-z0-9._/-]{1,45}$' then '/' || provider_code
           else '/x-' || left(md5(provider_code), 8) end as cause
       from batch_item
       where batch_id = ? and state in ('rejected', 'unconfirmed', 'conflict', 'deferred')) failure
     group by state, cause order by count(*) desc, cause, state limit ${MAX_CAUSES}`,
    [batchId],
  );
  return rows;
}

export interface OpenItems {
  /** Items that are neither registered nor given up. */
  open: number;
  /** Open items that only a person can move on. */
  waiting: number;
  nearestDueDate: LocalDate | null;
}

export async function openItems(knex: Knex, batchId: string): Promise<OpenItems> {
  const { rows } = await knex.raw<{ rows: OpenItems[] }>(
    `select count(*) as open, count(*) filter (where i.due_at is null) as waiting, min(r.due_date) as "nearestDueDate"
     from batch_item i join receivable r on r.id = i.receivable_id
     where i.batch_id = ? and i.closed_at is null and i.state not in ('registered', 'discarded', 'skipped')`,
    [batchId],
  );
  return rows[0] as OpenItems;
}
