import type { Knex } from 'knex';
import { databaseTime, dueDateAlertRaised } from '../record/engine/alerts';
import { countCauses, countItems, openItems } from '../record/engine/analysis';
import type { Analysis } from '../domain/batch/batch';
import { saoPauloDate } from '../domain/kinds/dates';
import { dueDateAlertInMs } from '../domain/batch/dueDateAlert';

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
