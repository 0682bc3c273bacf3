import type { Knex } from 'knex';
import { addDays, saoPauloDate, type LocalDate } from '../../domain/kinds/dates';
import type { GuardPlan } from '../../domain/guard/plan';
import { hoursOf, lastRunDay } from '../../domain/guard/rule';
import { resultOf, troubleResults, type GuardOutcome } from '../../domain/guard/results';
import { carteiraIsSeen, viewerValues, type Viewer } from '../access/visibility';
import { workOfDay } from './facts';
import { holidaysOfCarteira } from './holidays';
import type { StoredRule } from './rules';

export interface RunKey {
  carteiraId: number;
  day: LocalDate;
  slot: number;
}

export interface RunRow extends GuardOutcome {
  slot: number;
  startedAt: Date;
  finishedAt: Date | null;
}

const columns = `g.day, g.slot, g.started_at as "startedAt", g.finished_at as "finishedAt", g.result,
  g.batch_id as "batchId", g.waits_for as "waitsFor", g.waits_for is not null as waiting, g.registered, g.failed,
  g.uncertain, g.not_sent as "notSent", g.elsewhere`;

/** SQL over `batch b`; a slice that failed pauses the phase alone. */
const isPaused = `(b.concluded_at is null and (b.paused or b.phase = 'paused'))`;

/** Newest first. */
export async function listRuns(knex: Knex, carteiraId: number, limit: number): Promise<RunRow[]> {
  const { rows } = await knex.raw<{ rows: RunRow[] }>(
    `select ${columns} from guard_run g where g.carteira_id = ? order by g.day desc, g.slot desc limit ?`,
    [carteiraId, limit],
  );
  return rows;
}

export async function runsOfDay(knex: Knex, carteiraId: number, day: LocalDate): Promise<RunRow[]> {
  const { rows } = await knex.raw<{ rows: RunRow[] }>(
    `select ${columns} from guard_run g where g.carteira_id = ? and g.day = ? order by g.slot`,
    [carteiraId, day],
  );
  return rows;
}

/** Writes down what the guard is about to do, or that it waits, or what it has to tell. */
export async function writePlan(
  knex: Knex,
  carteiraId: number,
  plan: Exclude<GuardPlan, { kind: 'rest' }>,
  { now, elsewhere }: { now: Date; elsewhere: number },
): Promise<void> {
  const ends = plan.kind === 'tell';
  await knex('guard_run')
    .insert({
      carteira_id: carteiraId,
      day: plan.day,
      slot: plan.slot,
      started_at: now,
      finished_at: ends ? now : null,
      result: ends ? plan.result : null,
      waits_for: plan.kind === 'wait' || plan.kind === 'conclude' ? plan.batchId : null,
      elsewhere,
      ...(plan.kind === 'communicate' ? { due_from: plan.dueFrom, due_to: plan.dueTo } : {}),
    })
    .onConflict(['carteira_id', 'day', 'slot'])
    .merge(['finished_at', 'result', 'waits_for', 'elsewhere', 'due_from', 'due_to']);
}

export async function openRuns(knex: Knex, carteiraId: number): Promise<RunKey[]> {
  return knex('guard_run')
    .where({ carteira_id: carteiraId, finished_at: null })
    .select<RunKey[]>('carteira_id as carteiraId', 'day', 'slot');
}

/** Closes a run with what its batch came to, once. Without a batch, what was in the way is what it came to. */
export async function finishRun(knex: Knex, { carteiraId, day, slot }: RunKey, now: Date): Promise<void> {
  const key = { carteira_id: carteiraId, day, slot };
  await knex.transaction(async (trx) => {
    const run = await trx('guard_run')
      .where({ ...key, finished_at: null })
      .forUpdate()
      .first<OpenRun | undefined>('batch_id', 'waits_for', 'due_from', 'due_to');
    if (!run) return;
    if (run.batch_id === null) {
      const result = run.waits_for !== null ? 'inTheWay' : (await hasAccount(trx, carteiraId)) ? 'missed' : 'noAccount';
      await trx('guard_run').where(key).update({ finished_at: now, result });
      return;
    }
    const { paused, ...counts } = await outcomeOf(trx, run.batch_id);
    const { due_from: dueFrom, due_to: dueTo } = run;
    const except = run.batch_id;
    const elsewhere =
      dueFrom && dueTo ? (await workOfDay(trx, { carteiraId, day, dueFrom, dueTo, except })).elsewhere : 0;
    await trx('guard_run')
      .where(key)
      .update({
        finished_at: now,
        result: resultOf(counts, paused),
        waits_for: null,
        ...{ registered: counts.registered, failed: counts.failed, uncertain: counts.uncertain },
        ...{ not_sent: counts.notSent, elsewhere },
      });
  });
}

interface OpenRun {
  batch_id: string | null;
  waits_for: string | null;
  due_from: LocalDate | null;
  due_to: LocalDate | null;
}

export async function hasAccount(knex: Knex, carteiraId: number): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: object[] }>(
    'select from carteira where id = ? and account_id is not null and convenio is not null',
    [carteiraId],
  );
  return rows.length > 0;
}

async function outcomeOf(
  knex: Knex,
  batchId: string,
): Promise<Pick<GuardOutcome, 'registered' | 'failed' | 'uncertain' | 'notSent'> & { paused: boolean }> {
  const { rows } = await knex.raw<{ rows: Awaited<ReturnType<typeof outcomeOf>>[] }>(
    `select count(i.ordinal) filter (where i.state = 'registered') as registered,
       count(i.ordinal) filter (where i.state in ('rejected', 'conflict')) as failed,
       count(i.ordinal) filter (where i.state in ('unconfirmed', 'inProgress')) as uncertain,
       count(i.ordinal) filter (where i.state in ('pending', 'sending', 'deferred')) as "notSent",
       ${isPaused} as paused
     from batch b left join batch_item i on i.batch_id = b.id where b.id = ? group by b.id`,
    [batchId],
  );
  return rows[0] as Awaited<ReturnType<typeof outcomeOf>>;
}

/**
 * Writes down the last day whose hours passed without a run: no worker was there. Days before the rule was what it is
 * now were not promised.
 * @returns whether there was one
 */
export async function tellMissedRun(knex: Knex, rule: StoredRule, now: Date): Promise<boolean> {
  const { carteiraId } = rule;
  const holidayOn = await holidaysOfCarteira(knex, carteiraId);
  const today = saoPauloDate(now);
  const over = now >= hoursOf(rule, today).to;
  const day = lastRunDay(rule, over ? today : addDays(today, -1), holidayOn);
  if (day === null || rule.updatedAt > hoursOf(rule, day).from) return false;
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `insert into guard_run (carteira_id, day, slot, started_at, finished_at, result)
     select :carteiraId, :day, 1, :now, :now, 'missed'
     where not exists (select from guard_run where carteira_id = :carteiraId and day = :day)
     on conflict do nothing`,
    { carteiraId, day, now },
  );
  return rowCount === 1;
}

export interface GuardTrouble extends RunRow {
  carteiraId: number;
  carteira: string;
}

/**
 * What the guards could not do: the last run of each carteira, where a person is needed for it, or where títulos are
 * left to another batch that rests. A run that went well takes what an earlier one told away; a guard that was removed
 * tells nothing.
 */
export async function guardTroubles(knex: Knex, viewer: Viewer): Promise<GuardTrouble[]> {
  const { rows } = await knex.raw<{ rows: GuardTrouble[] }>(
    // Stopped in the middle of its day: told at once, and not at the end of the hours.
    `select g.*, coalesce(g.result, case when ${isPaused} then 'paused' end) as result,
       c.id as "carteiraId", c.description as carteira
     from guard_rule rule join carteira c on c.id = rule.carteira_id
     cross join lateral (
       select ${columns} from guard_run g where g.carteira_id = c.id order by g.day desc, g.slot desc limit 1) g
     left join batch b on b.id = g."batchId"
     where ${carteiraIsSeen} and (g.result = any(:troubles) or g.elsewhere > 0
       or (g.result is null and ${isPaused}))
     order by g.day, c.id`,
    { troubles: [...troubleResults], ...viewerValues(viewer) },
  );
  return rows;
}
