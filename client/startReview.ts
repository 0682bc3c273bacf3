import type { Client } from '@temporalio/client';
import type { ReviewInput } from '../domain/account/bankReview';
import { reviewStart } from '../domain/batch/workflowStarts';
import { explainFailure } from './explainFailure';

const START_WITHIN_MS = 10_000;

/**
 * Lets a workflow conduct a review that is in the record; one that runs goes on.
 * @throws BatchError `temporal_inacessivel`, `sem_resposta`, `namespace_inexistente`
 */
export async function startReview(client: Client, review: ReviewInput & { carteiraId: number }): Promise<void> {
  try {
    await client.withDeadline(Date.now() + START_WITHIN_MS, () => client.workflow.start(...reviewStart(review)));
  } catch (error) {
    throw await explainFailure(client, review.reviewId, error);
  }
}
