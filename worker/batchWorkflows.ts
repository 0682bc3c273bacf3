import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { BatchWorkflows } from '../activities/sweepBatches';
import { SYSTEM } from '../domain/kinds/actors';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowId } from '../domain/batch/names';

const ANSWER_WITHIN_MS = 15_000;

export function batchWorkflows(client: Client): BatchWorkflows {
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + ANSWER_WITHIN_MS, call);
  return {
    async isRunning(batchId) {
      try {
        const { status } = await within(() => client.workflow.getHandle(workflowId(batchId)).describe());
        return status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async start({ batchId, carteiraId, requestedBy }) {
      await within(() =>
        client.workflow.start(WORKFLOW_TYPE, {
          workflowId: workflowId(batchId),
          taskQueue: TASK_QUEUE,
          args: [{ batchId, carteiraId, by: requestedBy }],
          // The record says that it has not ended, whatever became of its last run.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          staticSummary: `Comunicação de boletos · carteira ${carteiraId}`,
          staticDetails: `**Comunicação ${batchId}**, retomada porque o seu workflow não estava em execução`,
        }),
      );
    },
    async reexamine(batchId, actionId) {
      await within(() =>
        client.workflow
          .getHandle(workflowId(batchId))
          .executeUpdate('reexamine', { args: [{ by: SYSTEM, actionId }], updateId: actionId }),
      );
    },
  };
}
