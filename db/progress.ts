import type { Knex } from 'knex';
import type { BatchPhase } from '../domain/phases';
import { countWithoutPix } from './pixFetch';
import { itemStates, type ItemState } from '../domain/states';

/** How far a batch is: what its viewers see between the outcomes. */
export interface BatchProgress {
  phase: BatchPhase;
  round: number;
  paused: boolean;
  pauseReason: string | null;
  concluding: boolean;
  total: number;
  byState: Record<ItemState, number>;
  /** Rejected and changed since. */
  corrected: number;
  /** Settled by a look. */
  reconciled: number;
  /** Registered, without the Pix that their carteira asks for: it is fetched later. */
  withoutPix: number;
  /** Of the live ones, those that the machine goes on with by itself. */
  due: number;
  /** Outcomes of the last minute. */
  ratePerMinute: number;
  /** At the rate since the first of them; null when nothing moves. */
  estimatedEndAt: Date | null;
  lastSeq: number;
}

const MINUTE_MS = 60_000;
/** Outcomes come in groups: the first one alone would promise too much. */
const SHORTEST_MEASURED_MS = 5_000;

interface CountRow {
  state: ItemState;
  count: number;
  corrected: number;
  reconciled: number;
  /** Live and the machine's. */
  due: number;
}

/**
 * Lighter than countItems: nobody is asked about attempts.
 * @returns null when there is no such batch.
 */
export async function readProgress(knex: Knex, batchId: string): Promise<BatchProgress | null> {
  const { rows } = await knex.raw<{
    rows: (Pick<BatchProgress, 'phase' | 'round' | 'paused' | 'pauseReason' | 'concluding' | 'lastSeq'> & {
      ratePerMinute: number;
      /** Since the first outcome of the last minute. */
      movingMs: number;
      now: Date;
    })[];
  }>(
    `select b.phase, b.round, b.paused, b.pause_reason as "pauseReason", b.concluding, n.seq as "lastSeq",
       n.seq - older.seq as "ratePerMinute", clock_timestamp() as now,
       coalesce(extract(epoch from clock_timestamp() - first.at)::float8 * 1000, 0) as "movingMs"
     from batch b join batch_event_counter n on n.batch_id = b.id
     -- No index by time: numbers and instants grow together, so that the minute is read from its end.
     cross join lateral (select coalesce((select e.seq from batch_event e
       where e.batch_id = b.id and e.seq <= n.seq and e.at < clock_timestamp() - interval '1 minute'
       order by e.seq desc limit 1), 0) as seq) older
     left join lateral (select e.at from batch_event e
       where e.batch_id = b.id and e.seq > older.seq order by e.seq limit 1) first on true
     where b.id = ?`,
    [batchId],
  );
  const [head] = rows;
  if (!head) return null;
  const counts = await knex.raw<{ rows: CountRow[] }>(
    `select i.state, count(*) as count,
       count(*) filter (where i.closed_at is null and r.version > coalesce(i.receivable_version, 0)) as corrected,
       count(*) filter (where i.reconciled) as reconciled,
       count(*) filter (where i.closed_at is null and i.due_at is not null) as due
     from batch_item i left join receivable r on i.state = 'rejected' and r.id = i.receivable_id
     where i.batch_id = ? group by i.state`,
    [batchId],
  );
  const withoutPix = await countWithoutPix(knex, batchId);
  const { now, movingMs, ...progress } = head;
  const byState = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
  const sum = { total: 0, corrected: 0, reconciled: 0, due: 0 };
  for (const row of counts.rows) {
    byState[row.state] = row.count;
    sum.total += row.count;
    sum.corrected += row.corrected;
    sum.reconciled += row.reconciled;
    sum.due += row.due;
  }
  const moves = progress.ratePerMinute > 0 && sum.due > 0 && !progress.paused;
  const measuredMs = Math.min(MINUTE_MS, Math.max(SHORTEST_MEASURED_MS, movingMs));
  const estimatedEndAt = moves ? new Date(now.getTime() + (sum.due / progress.ratePerMinute) * measuredMs) : null;
  return { ...progress, ...sum, withoutPix, byState, estimatedEndAt };
}
