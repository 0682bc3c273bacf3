import type { Knex } from 'knex';
import type { LocalDate } from '../../domain/kinds/dates';
import type { LiveBatchOfCarteira, OwnBatch } from '../../domain/guard/plan';
import { matchedReceivables } from '../engine/matching';

/**
 * How batch `b`, which has not ended, stands. A pause is a person's when a person's action was the last to say so; the
 * machine pauses without one.
 */
const standing = `case
  when b.concluding then 'underWay'
  when b.paused or b.phase = 'paused' then case
    when (select a.kind from operator_action a where a.batch_id = b.id and a.kind in ('pause', 'resume')
          order by a.at desc limit 1) = 'pause' then 'pausedByPerson' else 'pausedByFailure' end
  when b.phase = 'awaitingAdjustments' then 'waits'
  else 'underWay' end`;

export async function liveBatchesOf(knex: Knex, carteiraId: number): Promise<LiveBatchOfCarteira[]> {
  const { rows } = await knex.raw<{ rows: LiveBatchOfCarteira[] }>(
    `select b.id as "batchId", ${standing} as standing,
       exists (select from guard_run g where g.batch_id = b.id) as own
     from batch b where b.carteira_id = ? and b.concluded_at is null order by b.created_at, b.id`,
    [carteiraId],
  );
  return rows;
}

export async function ownBatch(knex: Knex, batchId: string): Promise<OwnBatch | null> {
  const { rows } = await knex.raw<{ rows: OwnBatch[] }>(
    `select b.concluded_at is not null as ended, b.concluding, ${standing} as standing from batch b where b.id = ?`,
    [batchId],
  );
  return rows[0] ?? null;
}

export interface WorkOfDay {
  /** Can be communicated now. */
  ready: number;
  /** Of these, what no batch of the guard tried on this day as it is now: it came, was corrected or was let go since. */
  fresh: number;
  /** Another live batch has it. */
  elsewhere: number;
}

/** What these due dates ask for. @param except the batch of the run itself, whose títulos are not elsewhere */
export async function workOfDay(
  knex: Knex,
  of: { carteiraId: number; day: LocalDate; dueFrom: LocalDate; dueTo: LocalDate; except: string | null },
): Promise<WorkOfDay> {
  const { carteiraId, day, dueFrom, dueTo, except } = of;
  const matched = matchedReceivables(carteiraId, { dueFrom, dueTo });
  const { rows } = await knex.raw<{ rows: WorkOfDay[] }>(
    `with matched as materialized (
       select r.id, r.version, ${matched.reason} as reason, live.batch_id
       from ${matched.from} where ${matched.where} and r.status in ('A', 'P') and r.released)
     select count(*) filter (where m.reason is null) as ready,
       count(*) filter (where m.reason is null and not exists (
         select from guard_run g join batch_item i on i.batch_id = g.batch_id and i.receivable_id = m.id
         where g.carteira_id = :carteiraId and g.day = :day and i.state <> 'skipped'
           and i.receivable_version >= m.version)) as fresh,
       count(*) filter (where m.reason = 'inOtherBatch' and m.batch_id is distinct from :except::text) as elsewhere
     from matched m`,
    { ...matched.values, day, except },
  );
  return rows[0] as WorkOfDay;
}
