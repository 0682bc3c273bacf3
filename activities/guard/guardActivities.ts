import type { Knex } from 'knex';
import { databaseTime } from '../../record/engine/alerts';
import { recordRequest } from '../../record/engine/actionRequests';
import { recordBatch } from '../../record/batches/batches';
import { liveBatchesOf, ownBatch, workOfDay } from '../../record/guard/facts';
import { holidaysOfCarteira } from '../../record/guard/holidays';
import { readGuardRule } from '../../record/guard/rules';
import { finishRun, hasAccount, openRuns, runsOfDay, writePlan, type RunKey } from '../../record/guard/runs';
import { localDate, saoPauloDate } from '../../domain/kinds/dates';
import type { BatchFilters } from '../../domain/batch/filters';
import { nextStepOf, planGuard, type GuardLook, type GuardOrder } from '../../domain/guard/plan';
import { dueDates, hoursOf } from '../../domain/guard/rule';
import { GUARD } from '../../domain/kinds/actors';
import { guardBatchId } from '../../domain/batch/names';
import { asActivity } from '../failure';
import { beating } from '../heartbeat';
import type { GuardActivities } from '../index';

/** The workflows of batches, as far as the guard needs them. */
export interface GuardedBatches {
  /** Of a batch that the record has; one that runs already is left alone. */
  start(batch: { batchId: string; carteiraId: number; filters: BatchFilters; requestedBy: string }): Promise<void>;
  /** @returns whether it was taken: false where the batch takes no action just now, or has no workflow */
  conclude(batchId: string, actionId: string): Promise<boolean>;
}

export interface GuardDeps {
  knex: Knex;
  batches: GuardedBatches;
  /** For tests: the record's clock otherwise. */
  now?: () => Promise<Date>;
}

/** What is in the way is looked at again this often: a person's batch may end in the meantime. */
const LOOK_AGAIN_MS = 2 * 60_000;

export function createGuardActivities({ knex, batches, now = () => databaseTime(knex) }: GuardDeps): GuardActivities {
  const step =
    <Input, Output extends object | void>(work: (input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> =>
      beating(() => asActivity(() => work(input)));

  async function plan({ carteiraId, concluded }: { carteiraId: number; concluded: string[] }): Promise<GuardOrder> {
    const instant = await now();
    const day = saoPauloDate(instant);
    const [rule, holidayOn] = [await readGuardRule(knex, carteiraId), await holidaysOfCarteira(knex, carteiraId)];
    // A run that an earlier day left open, because nobody was there to close it.
    for (const run of await openRuns(knex, carteiraId)) if (run.day < day) await finishRun(knex, run, instant);

    const dates = rule && dueDates(rule, day, holidayOn);
    const work = dates
      ? await workOfDay(knex, { carteiraId, day, ...dates, except: null })
      : { ready: 0, fresh: 0, elsewhere: 0 };
    const runs = await runsOfDay(knex, carteiraId, day);
    const order = planGuard({
      ...{ now: instant, rule, holidayOn, concluded, ready: work.ready, fresh: work.fresh },
      hasAccount: await hasAccount(knex, carteiraId),
      runs: runs.map(({ slot, batchId, finishedAt, result }) => ({
        ...{ slot, batchId, finished: finishedAt !== null, noAccount: result === 'noAccount' },
      })),
      batches: await liveBatchesOf(knex, carteiraId),
    });
    if (order.kind === 'rest') {
      for (const run of await openRuns(knex, carteiraId)) await finishRun(knex, run, instant);
      return order;
    }
    await writePlan(knex, carteiraId, order, { now: instant, elsewhere: work.elsewhere });
    switch (order.kind) {
      case 'tell':
        return { kind: 'tell' };
      case 'conclude':
        return { kind: 'conclude', batchId: order.batchId };
      case 'wait':
        return { kind: 'wait', forMs: LOOK_AGAIN_MS };
      case 'communicate':
        return { kind: 'communicate', day, slot: order.slot, batchId: guardBatchId(carteiraId, day, order.slot) };
    }
  }

  /** The run knows its batch in the transaction that opens it: a batch of the guard is never taken for a person's. */
  async function start({ carteiraId, day, slot }: RunKey): Promise<void> {
    const run = { carteira_id: carteiraId, day, slot };
    const dates = await knex('guard_run').where(run).first<BatchDates | undefined>('due_from', 'due_to');
    if (!dates) return;
    const batchId = guardBatchId(carteiraId, day, slot);
    const filters: BatchFilters = { dueFrom: localDate(dates.due_from), dueTo: localDate(dates.due_to) };
    const opened = await knex.transaction(async (trx) => {
      const refused = await recordBatch(trx, { batchId, carteiraId, filters, by: GUARD });
      // The account was taken away: what came of the run says so.
      if (refused) return false;
      await trx('guard_run').where(run).update({ batch_id: batchId, waits_for: null });
      return true;
    });
    if (opened) await batches.start({ batchId, carteiraId, filters, requestedBy: GUARD });
  }

  async function look({ carteiraId, day, batchId, asked }: LookInput): Promise<GuardLook> {
    const batch = await ownBatch(knex, batchId);
    // Nothing was opened: see `start`.
    if (!batch) return { step: 'over' };
    const rule = await readGuardRule(knex, carteiraId);
    // Without a rule there are no hours either: what was begun is ended.
    const overForMs = rule ? (await now()).getTime() - hoursOf(rule, localDate(day)).to.getTime() : 0;
    return { step: nextStepOf(batch, overForMs, asked) };
  }

  return {
    planGuard: step(plan),
    startGuardBatch: step(({ day, ...run }) => start({ ...run, day: localDate(day) })),
    lookAtGuardBatch: step(look),
    concludeGuardBatch: step(async ({ batchId, actionId }) => {
      await recordRequest(knex, { batchId, actionIds: [actionId], kind: 'conclude', by: GUARD });
      return { accepted: await batches.conclude(batchId, actionId) };
    }),
    finishGuardRun: step(async ({ day, ...run }) => finishRun(knex, { ...run, day: localDate(day) }, await now())),
  };
}

interface BatchDates {
  due_from: string;
  due_to: string;
}
type LookInput = Parameters<GuardActivities['lookAtGuardBatch']>[0];
