import type { Knex } from 'knex';
import type { ActionResult, RecommunicateAction } from '../../../domain/batch/batch';
import type { Refusal } from '../../../domain/batch/refusals';
import { hasUnresolvedAttempt } from '../analysis';
import { endedReason, lockItems, separate, type ChosenItem } from './chosenItems';
import type { CodecOf } from '../dryRun';
import { isCorrected, judgeChanged } from '../verdicts';
import { once } from './once';

/**
 * Gives items back to the machine for another round. What has an unresolved attempt becomes due for a look: nothing
 * is sent for it before that. A conflict is never chosen by scope; it takes a decision (`resolve`).
 */
export async function recommunicate(
  knex: Knex,
  action: RecommunicateAction & { batchId: string; round: number },
  codecOf: CodecOf,
): Promise<ActionResult | Refusal> {
  const { batchId, round, scope, receivableIds = [] } = action;
  const details = { scope, round, ...(scope === 'selected' ? { receivableIds } : {}) };
  return once(knex, { ...action, kind: 'recommunicate', details }, async (trx) => {
    if (scope !== 'selected') {
      if (scope === 'corrected') await judgeChanged(trx, codecOf, batchId);
      const ordinals = await waitingItems(trx, batchId, scope);
      return { changed: await makeDue(trx, batchId, ordinals, round), refused: [], round };
    }
    const items = await lockItems(trx, batchId, receivableIds);
    const { ordinals, refused } = separate(receivableIds, items, refusalOf);
    return { changed: await makeDue(trx, batchId, ordinals, round), refused, round };
  });
}

function refusalOf(item: ChosenItem) {
  const ended = endedReason(item);
  if (ended) return ended;
  if (item.state === 'conflict') return 'conflito';
  return item.due ? 'emAndamento' : null;
}

/** Items that wait for a person, locked. */
async function waitingItems(trx: Knex.Transaction, batchId: string, scope: 'corrected' | 'all'): Promise<number[]> {
  const corrected = `exists (select from receivable r where r.id = i.receivable_id and ${isCorrected()})`;
  const { rows } = await trx.raw<{ rows: { ordinal: number }[] }>(
    `select i.ordinal from batch_item i
     where i.batch_id = ? and i.closed_at is null and i.due_at is null
       and ${scope === 'corrected' ? corrected : "i.state not in ('registered', 'discarded', 'skipped', 'conflict')"}
     order by i.ordinal for update`,
    [batchId],
  );
  return rows.map(({ ordinal }) => ordinal);
}

async function makeDue(
  trx: Knex.Transaction,
  batchId: string,
  ordinals: readonly number[],
  round: number,
): Promise<number> {
  if (ordinals.length === 0) return 0;
  // The workflow tells the same a moment later; meanwhile nobody is to see a batch that waits for people.
  await trx('batch')
    .where({ id: batchId })
    .where('round', '<', round)
    .update({ round, phase: trx.raw(`case phase when 'awaitingAdjustments' then 'communicating' else phase end`) });
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update batch_item i set due_at = clock_timestamp(), tries = 0, round = :round, lease_token = null,
       state = case when not open.unresolved then 'pending' when i.state = 'inProgress' then i.state else 'unconfirmed' end,
       failure_kind = null, provider_code = null, provider_message = null, field = null, updated_at = clock_timestamp()
     from (
       select i.ordinal, ${hasUnresolvedAttempt} as unresolved
       from batch_item i where i.batch_id = :batchId and i.ordinal = any(:ordinals)) open
     where i.batch_id = :batchId and i.ordinal = open.ordinal`,
    { batchId, ordinals, round },
  );
  return rowCount;
}
