import type { Client } from '@temporalio/client';
import { importStart } from '../domain/batch/workflowStarts';
import { explainFailure } from './explainFailure';

const START_WITHIN_MS = 10_000;

/**
 * Lets a workflow conduct an import whose body is in the record; one that runs goes on.
 * @throws BatchError `temporal_inacessivel`, `sem_resposta`, `namespace_inexistente`
 */
export async function startImport(client: Client, importId: string): Promise<void> {
  try {
    await client.withDeadline(Date.now() + START_WITHIN_MS, () => client.workflow.start(...importStart(importId)));
  } catch (error) {
    throw await explainFailure(client, importId, error);
  }
}
