import type { Client } from '@temporalio/client';
import type { ReviewInput } from '../domain/bankReview';
import { REVIEW_WORKFLOW_TYPE, reviewWorkflowId, TASK_QUEUE } from '../domain/names';
import { explainFailure } from './explainFailure';

const START_WITHIN_MS = 10_000;

/**
 * Lets a workflow conduct a review that is in the record; one that runs goes on.
 * @throws BatchError `temporal_inacessivel`, `sem_resposta`, `namespace_inexistente`
 */
export async function startReview(
  client: Client,
  { reviewId, gateway, carteiraId }: ReviewInput & { carteiraId: number },
): Promise<void> {
  try {
    await client.withDeadline(Date.now() + START_WITHIN_MS, () =>
      client.workflow.start(REVIEW_WORKFLOW_TYPE, {
        workflowId: reviewWorkflowId(reviewId),
        taskQueue: TASK_QUEUE,
        args: [{ reviewId, gateway }],
        // The record says that it has not ended, whatever became of an earlier run.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Conferência com o banco · carteira ${carteiraId}`,
      }),
    );
  } catch (error) {
    throw await explainFailure(client, reviewId, error);
  }
}
