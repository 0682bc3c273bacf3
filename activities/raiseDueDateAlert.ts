import type { Knex } from 'knex';
import { databaseTime, raiseDueDateAlert as raise } from '../db/alerts';
import { openItems } from '../db/analysis';
import { saoPauloDate } from '../domain/dates';

/** @param now for tests; the record's clock otherwise. Nothing is raised when every item has ended meanwhile. */
export async function raiseDueDateAlert(knex: Knex, batchId: string, now?: () => Date): Promise<void> {
  const { open, nearestDueDate } = await openItems(knex, batchId);
  if (nearestDueDate === null) return;
  const day = saoPauloDate(now ? now() : await databaseTime(knex));
  await raise(knex, { batchId, day, open, nearestDueDate });
}
