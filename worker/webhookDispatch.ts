import type { Client } from '@temporalio/client';
import type { Logger } from '@temporalio/worker';
import type { Knex } from 'knex';
import { neglectedWebhooks } from '../record/outbox/webhookDeliveries';
import { TASK_QUEUE, WEBHOOK_WORKFLOW_TYPE, webhookWorkflowId } from '../domain/batch/names';

const EVERY_MS = 2_000;
/** Longer than a group of deliveries takes: whoever began with one is dead. */
const NEGLECTED_MS = 30_000;

/**
 * Sees to it that every notice in the outbox has a workflow that delivers it. Several workers do the same: the workflow
 * of a webhook is one.
 * @returns stops it
 */
export function dispatchWebhooks(client: Client, knex: Knex, logger: Logger): () => void {
  let busy = false;
  const dispatch = async () => {
    if (busy) return;
    busy = true;
    try {
      for (const webhookId of await neglectedWebhooks(knex, NEGLECTED_MS))
        await client.workflow.signalWithStart(WEBHOOK_WORKFLOW_TYPE, {
          workflowId: webhookWorkflowId(webhookId),
          taskQueue: TASK_QUEUE,
          args: [{ webhookId }],
          signal: 'wake',
          staticSummary: `Avisos a ${webhookId}`,
        });
    } catch (error) {
      logger.warn('avisos a outros programas não puderam ser iniciados', { error });
    }
    busy = false;
  };
  const timer = setInterval(() => void dispatch(), EVERY_MS);
  return () => clearInterval(timer);
}
