import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { openReviews } from '../db/bankReviews';
import { REVIEW_WORKFLOW_TYPE, reviewWorkflowId, TASK_QUEUE } from '../domain/names';

const START_WITHIN_MS = 15_000;

/** Every review that has not ended has a workflow: one that was asked for while Temporal was away, or whose was lost. */
export async function conductOpenReviews(knex: Knex, client: Client): Promise<void> {
  for (const { reviewId, gateway, carteiraId } of await openReviews(knex))
    await client.withDeadline(Date.now() + START_WITHIN_MS, () =>
      client.workflow.start(REVIEW_WORKFLOW_TYPE, {
        workflowId: reviewWorkflowId(reviewId),
        taskQueue: TASK_QUEUE,
        args: [{ reviewId, gateway }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Conferência com o banco · carteira ${carteiraId}`,
      }),
    );
}
