import type { ReviewInput } from '../account/bankReview';
import type { ImportWorkflowInput } from '../receivable/imports';
import { IMPORT_WORKFLOW_TYPE, importWorkflowId, REVIEW_WORKFLOW_TYPE, reviewWorkflowId, TASK_QUEUE } from './names';

/*
 * How a workflow is started that conducts what is in the record, by whoever asks for it and by the sweep that finds it
 * without one: type and options of Temporal's `start`.
 */

export function reviewStart({ reviewId, gateway, carteiraId }: ReviewInput & { carteiraId: number }) {
  const input: ReviewInput = { reviewId, gateway };
  const summary = `Conferência com o banco · carteira ${carteiraId}`;
  return startOf(REVIEW_WORKFLOW_TYPE, reviewWorkflowId(reviewId), input, summary);
}

export function importStart(importId: string) {
  const input: ImportWorkflowInput = { importId };
  return startOf(IMPORT_WORKFLOW_TYPE, importWorkflowId(importId), input, `Importação ${importId}`);
}

function startOf(type: string, workflowId: string, input: ReviewInput | ImportWorkflowInput, staticSummary: string) {
  const options = {
    ...{ workflowId, taskQueue: TASK_QUEUE, args: [input], staticSummary },
    // The record says that it has not ended, whatever became of an earlier run; one that runs goes on.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
  } as const;
  return [type, { ...options, args: [input] }] as const;
}
