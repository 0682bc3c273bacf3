import type { Client } from '@temporalio/client';
import { IMPORT_WORKFLOW_TYPE, importWorkflowId, TASK_QUEUE } from '../domain/names';
import { explainFailure } from './explainFailure';

const START_WITHIN_MS = 10_000;

/**
 * Lets a workflow conduct an import whose body is in the record; one that runs goes on.
 * @throws BatchError `temporal_inacessivel`, `sem_resposta`, `namespace_inexistente`
 */
export async function startImport(client: Client, importId: string): Promise<void> {
  try {
    await client.withDeadline(Date.now() + START_WITHIN_MS, () =>
      client.workflow.start(IMPORT_WORKFLOW_TYPE, {
        workflowId: importWorkflowId(importId),
        taskQueue: TASK_QUEUE,
        args: [{ importId }],
        // The record says that it has not ended, whatever became of an earlier run.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Importação ${importId}`,
      }),
    );
  } catch (error) {
    throw await explainFailure(client, importId, error);
  }
}
