import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { openImports } from '../db/importRequests';
import { IMPORT_WORKFLOW_TYPE, importWorkflowId, TASK_QUEUE } from '../domain/names';

const START_WITHIN_MS = 15_000;

/** Every import that has not ended has a workflow: one that came while Temporal was away, or whose was lost. */
export async function conductOpenImports(knex: Knex, client: Client): Promise<void> {
  for (const importId of await openImports(knex))
    await client.withDeadline(Date.now() + START_WITHIN_MS, () =>
      client.workflow.start(IMPORT_WORKFLOW_TYPE, {
        workflowId: importWorkflowId(importId),
        taskQueue: TASK_QUEUE,
        args: [{ importId }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Importação ${importId}`,
      }),
    );
}
