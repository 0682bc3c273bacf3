import type { Knex } from 'knex';
import type { BatchPhase } from '../../domain/batch/phases';
import { countWithoutPix } from '../engine/pixFetch';
import { itemStates, type ItemState } from '../../domain/boleto/states';
import { isCorrected } from '../engine/verdicts';

/** How far a batch is: what its viewers see between the outcomes. */
export interface BatchProgress {
  phase: BatchPhase;
  round: number;
  paused: boolean;
  pauseReason: string | null;
  concluding: boolean;
  total: number;
  byState: Record<ItemState, number>;
  /** Rejected and mended since: `isCorrected` of record/engine/verdicts.ts. */
  corrected: number;
  /** Settled by a look. */
  reconciled: number;
  /** Registered, without the Pix that their carteira asks for: it is fetched later. */
  withoutPix: number;
  /** Of the live ones, those that the machine goes on with by itself. */
  due: number;
  /** Outcomes of the last minute. */
  ratePerMinute: number;
  /** At the rate since the first of them; null when nothing moves, or has not moved for long enough to tell a rate. */
  estimatedEndAt: Date | null;
  /** Since when nothing moved though something is due; null = nothing is due, or it is held back. */
  idleSince: Date | null;
  lastSeq: number;
}

const MINUTE_MS = 60_000;
/** Outcomes come in groups, and the first calls fetch a token and connect: before these there is no rate. */
const SHORTEST_MEASURED_MS = 5_000;
const FEWEST_OUTCOMES = 3;

interface CountRow {
  state: ItemState;
  count: number;
  corrected: number;
  reconciled: number;
  /** Live and the machine's. */
  due: number;
  /** Of these, the earliest that could be sent now. */
  dueSince: Date | null;
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
      lastAt: Date | null;
      now: Date;
    })[];
  }>(
    `select b.phase, b.round, b.paused, b.pause_reason as "pauseReason", b.concluding, n.seq as "lastSeq",
       n.seq - older.seq as "ratePerMinute", clock_timestamp() as now,
       coalesce(extract(epoch from clock_timestamp() - first.at)::float8 * 1000, 0) as "movingMs",
       last.at as "lastAt"
     from batch b join batch_event_counter n on n.batch_id = b.id
     -- No index by time: numbers and instants grow together, so that the minute is read from its end.
     cross join lateral (select coalesce((select e.seq from batch_event e
       where e.batch_id = b.id and e.seq <= n.seq and e.at < clock_timestamp() - interval '1 minute'
       order by e.seq desc limit 1), 0) as seq) older
     left join lateral (select e.at from batch_event e
       where e.batch_id = b.id and e.seq > older.seq order by e.seq limit 1) first on true
     left join batch_event last on last.batch_id = b.id and last.seq = n.seq
     where b.id = ?`,
    [batchId],
  );
  const [head] = rows;
  if (!head) return null;
  const counts = await knex.raw<{ rows: CountRow[] }>(
    `select i.state, count(*) as count,
       count(*) filter (where i.closed_at is null and ${isCorrected()}) as corrected,
       count(*) filter (where i.reconciled) as reconciled,
       count(*) filter (where i.closed_at is null and i.due_at is not null) as due,
       min(i.due_at) filter (where i.closed_at is null and i.due_at <= clock_timestamp()) as "dueSince"
     from batch_item i left join receivable r on i.state = 'rejected' and r.id = i.receivable_id
     where i.batch_id = ? group by i.state`,
    [batchId],
  );
  const withoutPix = await countWithoutPix(knex, batchId);
  const { now, movingMs, lastAt, ...progress } = head;
  const byState = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
  const sum = { total: 0, corrected: 0, reconciled: 0, due: 0 };
  let dueSince: Date | null = null;
  for (const row of counts.rows) {
    if (row.dueSince && (!dueSince || row.dueSince < dueSince)) dueSince = row.dueSince;
    byState[row.state] = row.count;
    sum.total += row.count;
    sum.corrected += row.corrected;
    sum.reconciled += row.reconciled;
    sum.due += row.due;
  }
  const moves =
    progress.ratePerMinute >= FEWEST_OUTCOMES && movingMs >= SHORTEST_MEASURED_MS && sum.due > 0 && !progress.paused;
  const measuredMs = Math.min(MINUTE_MS, movingMs);
  const held = progress.paused || progress.phase !== 'communicating';
  const idleSince = held || dueSince === null ? null : lastAt && lastAt > dueSince ? lastAt : dueSince;
  const estimatedEndAt = moves ? new Date(now.getTime() + (sum.due / progress.ratePerMinute) * measuredMs) : null;
  return { ...progress, ...sum, withoutPix, byState, estimatedEndAt, idleSince };
}
