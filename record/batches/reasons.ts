import type { Knex } from 'knex';

/** A person's own words about an action on a batch. */
export interface Reason {
  by: string;
  batchId: string;
  actionId: string;
  /** The action: `discard`, `resolve` … */
  action: string;
  words: string;
  receivableIds?: readonly number[];
}

/**
 * Keeps a person's own words in the record, tied to the action by its id, once. Before the action: words without an
 * action explain a try that was refused, an action without its words explains nothing.
 */
export async function recordReason(knex: Knex, reason: Reason): Promise<void> {
  const { by, batchId, actionId, action, words, receivableIds } = reason;
  await knex.raw(
    `insert into audit_entry (actor, action, entity, entity_id, after, reason)
     select :by, :action, 'batch', :batchId, :after, :words
     where not exists (select from audit_entry where entity = 'batch' and entity_id = :batchId and action = :action
       and actor = :by and after->>'actionId' = :actionId)`,
    {
      ...{ by, batchId, actionId, words },
      action: `${action}.reason`,
      after: JSON.stringify({ actionId, ...(receivableIds ? { receivableIds } : {}) }),
    },
  );
}
