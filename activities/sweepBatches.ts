import type { Knex } from 'knex';
import { recordRequest } from '../record/engine/actionRequests';
import { dueDateAlertRaised } from '../record/engine/alerts';
import { openItems } from '../record/engine/analysis';
import { gatewaysToWatch } from '../record/engine/givenUp';
import { applyPendingChanges } from '../record/receivables/pendingChanges';
import { noteMissingPix } from '../record/engine/pixFetch';
import { liveBatches, type LiveBatch } from '../record/batches/sweep';
import { SYSTEM } from '../domain/kinds/actors';
import type { SweepResult } from '../domain/batch/batch';
import { saoPauloDate } from '../domain/kinds/dates';
import { dueDateAlertInMs } from '../domain/batch/dueDateAlert';
import { alertCarteiras } from './alertCarteiras';
import { raiseDueDateAlert } from './raiseDueDateAlert';

/** The workflows of batches, as far as the sweep needs them. */
export interface BatchWorkflows {
  isRunning(batchId: string): Promise<boolean>;
  /** Under the same id; one that runs meanwhile is left alone. */
  start(batch: LiveBatch): Promise<void>;
  /** `actionId` makes a repeated sweep ask once. */
  reexamine(batchId: string, actionId: string): Promise<void>;
}

/** Asked for again within the same half hour, an examination is the same action. */
const HALF_HOUR_MS = 30 * 60_000;

/**
 * Compares the batches that the record calls alive with the workflows that run. A batch whose workflow was lost,
 * terminated or never started goes on where the record says it is; uncertain results are looked for again.
 * Boletos near their due date raise the alert of the day in every phase: a batch may be paused, or busy, for days.
 * One batch that cannot be helped does not keep the others waiting. What imports said of títulos whose calls have
 * ended is taken; then carteiras are told of, whatever has their títulos.
 */
export async function sweepBatches(knex: Knex, workflows: BatchWorkflows, now: Date): Promise<SweepResult> {
  const result: SweepResult = {
    alive: 0,
    restarted: [],
    reexamined: [],
    alerted: [],
    alertedCarteiras: [],
    failed: [],
  };
  const watch = await gatewaysToWatch(knex);
  if (watch.length > 0) result.watch = watch;
  try {
    const pix = await noteMissingPix(knex);
    if (pix.length > 0) result.pix = pix;
  } catch {
    result.failed.push('pix');
  }
  for (const batch of await liveBatches(knex)) {
    const { batchId } = batch;
    result.alive += 1;
    try {
      if (await alertIsDue(knex, batchId, now)) {
        await raiseDueDateAlert(knex, batchId, () => now);
        result.alerted.push(batchId);
      }
      if (!(await workflows.isRunning(batchId))) {
        await workflows.start(batch);
        result.restarted.push(batchId);
      } else if (batch.uncertain) {
        const actionId = `sweep-${batchId}-${Math.floor(now.getTime() / HALF_HOUR_MS)}`;
        await recordRequest(knex, { batchId, actionIds: [actionId], kind: 'reexamine', by: SYSTEM });
        await workflows.reexamine(batchId, actionId);
        result.reexamined.push(batchId);
      }
    } catch {
      result.failed.push(batchId);
    }
  }
  try {
    await applyPendingChanges(knex);
  } catch {
    result.failed.push('pendentes');
  }
  try {
    result.alertedCarteiras = await alertCarteiras(knex, now);
  } catch {
    result.failed.push('carteiras');
  }
  return result;
}

async function alertIsDue(knex: Knex, batchId: string, now: Date): Promise<boolean> {
  const { nearestDueDate } = await openItems(knex, batchId);
  const raisedToday = await dueDateAlertRaised(knex, batchId, saoPauloDate(now));
  return dueDateAlertInMs(nearestDueDate, now, raisedToday) === 0;
}
