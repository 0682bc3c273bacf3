import type { Knex } from 'knex';
import { databaseTime, dueDateAlertRaised } from '../db/alerts';
import { countCauses, countItems, openItems } from '../db/analysis';
import type { Analysis } from '../domain/batch';
import { saoPauloDate } from '../domain/dates';
import { dueDateAlertInMs } from '../domain/dueDateAlert';

/**
 * Reads the whole batch in one snapshot, so that counts, causes and the decision agree with each other.
 * @param now for tests; the record's clock otherwise.
 */
export async function analyseOutcomes(knex: Knex, batchId: string, now?: () => Date): Promise<Analysis> {
  return knex.transaction(
    async (trx) => {
      const counts = await countItems(trx, batchId);
      const { waiting, nearestDueDate } = await openItems(trx, batchId);
      const instant = now ? now() : await databaseTime(trx);
      const raisedToday = await dueDateAlertRaised(trx, batchId, saoPauloDate(instant));
      return {
        counts,
        causes: await countCauses(trx, batchId),
        needsAdjustments: waiting > 0,
        nearestDueDate,
        alertInMs: dueDateAlertInMs(nearestDueDate, instant, raisedToday),
      };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}
