import type { Knex } from 'knex';
import type { ActionResult, DiscardAction } from '../../../domain/batch/batch';
import type { Refusal } from '../../../domain/batch/refusals';
import { endedReason, lockItems, separate, type ChosenItem } from './chosenItems';
import { once } from './once';

/** Gives títulos up for this batch. They stay Impresso = Não, and another batch can select them. */
export async function discard(
  knex: Knex,
  action: DiscardAction & { batchId: string },
): Promise<ActionResult | Refusal> {
  const { batchId, receivableIds, reasonCode } = action;
  return once(knex, { ...action, kind: 'discard', details: { receivableIds } }, async (trx, by) => {
    const items = await lockItems(trx, batchId, receivableIds);
    const { ordinals, refused } = separate(receivableIds, items, refusalOf);
    await trx.raw(
      `with given_up as (
         update batch_item set state = 'discarded', due_at = null, lease_token = null, closed_at = clock_timestamp(),
           updated_at = clock_timestamp()
         where batch_id = :batchId and ordinal = any(:ordinals) returning receivable_id)
       insert into audit_entry (actor, action, entity, entity_id, after, reason)
       select :by, 'discard', 'receivable', receivable_id::text, jsonb_build_object('batchId', :batchId::text), :reasonCode
       from given_up`,
      { batchId, ordinals, by, reasonCode },
    );
    return { changed: ordinals.length, refused };
  });
}

function refusalOf(item: ChosenItem) {
  return endedReason(item) ?? (item.unresolved ? 'resultadoIncerto' : null);
}
