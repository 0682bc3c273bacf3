import type { Knex } from 'knex';
import { databaseTime, raiseDueDateAlert as raise } from '../record/engine/alerts';
import { openItems } from '../record/engine/analysis';
import { saoPauloDate } from '../domain/kinds/dates';

/** @param now for tests; the record's clock otherwise. Nothing is raised when every item has ended meanwhile. */
export async function raiseDueDateAlert(knex: Knex, batchId: string, now?: () => Date): Promise<void> {
  const { open, nearestDueDate } = await openItems(knex, batchId);
  if (nearestDueDate === null) return;
  const day = saoPauloDate(now ? now() : await databaseTime(knex));
  await raise(knex, { batchId, day, open, nearestDueDate });
}
