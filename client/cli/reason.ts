import type { CliContext } from './context';

/** All that Temporal is told about why: the person's own words are in the record. */
export const REASON_CODE = 'operador';

/**
 * Keeps a person's own words in the record, tied to the action by its id. Before the action: words without an action
 * explain a try that was refused, an action without its words explains nothing.
 */
export async function recordReason(
  context: CliContext,
  reason: { batchId: string; actionId: string; action: string; words: string; receivableIds?: number[] },
): Promise<void> {
  const { batchId, actionId, action, words, receivableIds } = reason;
  const knex = await context.database();
  await knex('audit_entry').insert({
    actor: context.by,
    action: `${action}.reason`,
    entity: 'batch',
    entity_id: batchId,
    after: JSON.stringify({ actionId, ...(receivableIds ? { receivableIds } : {}) }),
    reason: words,
  });
}
