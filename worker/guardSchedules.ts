import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import type { Knex } from 'knex';
import { databaseTime } from '../record/engine/alerts';
import { holidaysOfCarteira } from '../record/guard/holidays';
import { listGuardRules, markScheduled, type StoredRule } from '../record/guard/rules';
import { runsOfDay, tellMissedRun } from '../record/guard/runs';
import { saoPauloDate } from '../domain/kinds/dates';
import { hoursOf, runsOn, type GuardRule } from '../domain/guard/rule';
import { GUARD_SCHEDULES, GUARD_WORKFLOW_TYPE, guardScheduleId, TASK_QUEUE } from '../domain/batch/names';

/** An hour that has begun is the schedule's own to start, for a while. */
const STARTS_WITHIN_MS = 5 * 60_000;

/**
 * The schedule of a rule: each full hour of its hours, since títulos are imported and corrected also after the first of
 * them; a run that finds nothing new ends at once. Holidays are not here: they are data, which changes, and the run
 * itself looks at them.
 */
function guardSchedule(carteiraId: number, rule: GuardRule) {
  return {
    scheduleId: guardScheduleId(carteiraId),
    spec: {
      timezone: 'America/Sao_Paulo',
      calendars: [
        {
          comment: 'as horas da guarda, em São Paulo',
          hour: { start: rule.fromHour, end: rule.toHour - 1 },
          dayOfWeek: rule.businessDays ? { start: 'MONDAY', end: 'FRIDAY' } : '*',
        },
      ],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '12 hours', pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: GUARD_WORKFLOW_TYPE,
      workflowId: guardScheduleId(carteiraId),
      taskQueue: TASK_QUEUE,
      args: [{ carteiraId }],
      // It ends an hour after its hours at the latest; one that does not would keep the next ones away for ever.
      workflowExecutionTimeout: '26 hours',
      staticSummary: `Guarda da carteira ${carteiraId}`,
    },
  } as const satisfies ScheduleOptions;
}

/**
 * Makes the schedules in Temporal equal to the rules in the record, starts what should have run today and did not, and
 * tells of days that passed without. Part of the sweep: at the start of a worker, after a change, and every 5 minutes.
 */
export async function keepGuards(client: Client, knex: Knex): Promise<void> {
  const rules = await listGuardRules(knex);
  const known = await scheduledIds(client);
  const wanted = new Set(rules.map(({ carteiraId }) => guardScheduleId(carteiraId)));
  for (const scheduleId of known) if (!wanted.has(scheduleId)) await remove(client, scheduleId);
  for (const rule of rules) {
    const { carteiraId, version, scheduled } = rule;
    if (!scheduled || !known.has(guardScheduleId(carteiraId))) {
      await put(client, carteiraId, rule);
      await markScheduled(knex, carteiraId, version);
    }
    const now = await databaseTime(knex);
    await tellMissedRun(knex, rule, now);
    if (await runIsDue(knex, rule, now))
      await client.schedule.getHandle(guardScheduleId(carteiraId)).trigger(ScheduleOverlapPolicy.SKIP);
  }
}

async function scheduledIds(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { scheduleId } of client.schedule.list())
    if (scheduleId.startsWith(GUARD_SCHEDULES)) ids.add(scheduleId);
  return ids;
}

async function put(client: Client, carteiraId: number, rule: GuardRule): Promise<void> {
  const schedule = guardSchedule(carteiraId, rule);
  try {
    await client.schedule.create(schedule);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(schedule.scheduleId).update((before) => ({ ...before, ...schedule }));
  }
}

async function remove(client: Client, scheduleId: string): Promise<void> {
  await client.schedule
    .getHandle(scheduleId)
    .delete()
    .catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
}

/** Its day and its hours, and no run: the hour passed while Temporal was away, or before the rule was made. */
async function runIsDue(knex: Knex, rule: StoredRule, now: Date): Promise<boolean> {
  const day = saoPauloDate(now);
  const { from, to } = hoursOf(rule, day);
  if (now.getTime() < from.getTime() + STARTS_WITHIN_MS || now >= to) return false;
  if (!runsOn(rule, day, await holidaysOfCarteira(knex, rule.carteiraId))) return false;
  return (await runsOfDay(knex, rule.carteiraId, day)).length === 0;
}
