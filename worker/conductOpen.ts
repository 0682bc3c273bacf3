import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { openReviews } from '../record/engine/bankReviews';
import { openImports } from '../record/receivables/importRequests';
import { importStart, reviewStart } from '../domain/batch/workflowStarts';

const START_WITHIN_MS = 15_000;

/**
 * Every review and every import that has not ended has a workflow: one that was asked for while Temporal was away, or
 * whose was lost.
 */
export async function conductOpen(knex: Knex, client: Client): Promise<void> {
  const starts = [...(await openReviews(knex)).map(reviewStart), ...(await openImports(knex)).map(importStart)];
  for (const start of starts)
    await client.withDeadline(Date.now() + START_WITHIN_MS, () => client.workflow.start(...start));
}
