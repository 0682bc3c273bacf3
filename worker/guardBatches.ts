import {
  isGrpcDeadlineError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import type { GuardedBatches } from '../activities/guard/guardActivities';
import { GUARD } from '../domain/kinds/actors';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowId } from '../domain/batch/names';

/** A conclusion closes every item of a batch in one transaction. */
const ANSWER_WITHIN_MS = 60_000;

/** The batches of the guard as workflows: ordinary ones, asked for by nobody. */
export function guardBatches(client: Client): GuardedBatches {
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + ANSWER_WITHIN_MS, call);
  return {
    async start({ batchId, carteiraId, requestedBy }) {
      await within(() =>
        client.workflow.start(WORKFLOW_TYPE, {
          workflowId: workflowId(batchId),
          taskQueue: TASK_QUEUE,
          args: [{ batchId, carteiraId, by: requestedBy }],
          // The record says that it has not ended, whatever became of its last run.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          staticSummary: `Comunicação de boletos · carteira ${carteiraId} · guarda`,
          staticDetails: `**Comunicação ${batchId}**, iniciada pela guarda da carteira ${carteiraId}`,
        }),
      );
    },
    async conclude(batchId, actionId) {
      try {
        await within(() =>
          client.workflow
            .getHandle(workflowId(batchId))
            .executeUpdate('conclude', { args: [{ by: GUARD, actionId }], updateId: actionId }),
        );
        return true;
      } catch (error) {
        // Between two phases it takes no action; without a workflow it is started again by the sweep.
        if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError) return false;
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error)) return false;
        throw error;
      }
    },
  };
}
