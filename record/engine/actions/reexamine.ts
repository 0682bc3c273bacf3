import type { Knex } from 'knex';
import type { ActionResult, ReexamineAction } from '../../../domain/batch/batch';
import type { Refusal } from '../../../domain/batch/refusals';
import type { ItemState } from '../../../domain/boleto/states';
import { endedReason, lockItems, separate, type ChosenItem } from './chosenItems';
import { once } from './once';

const asksForALook: readonly ItemState[] = ['unconfirmed', 'inProgress', 'conflict'];

/** Asks the bank again about uncertain results and conflicts that wait for a person: all of them, or those named. */
export async function reexamine(
  knex: Knex,
  action: ReexamineAction & { batchId: string },
): Promise<ActionResult | Refusal> {
  const { batchId, receivableIds } = action;
  const details = receivableIds ? { receivableIds } : {};
  return once(knex, { ...action, kind: 'reexamine', details }, async (trx) => {
    const named = receivableIds ?? (await uncertain(trx, batchId));
    const items = await lockItems(trx, batchId, named);
    const { ordinals, refused } = separate(named, items, refusalOf);
    await trx('batch_item')
      .where({ batch_id: batchId })
      .whereIn('ordinal', ordinals)
      .update({
        due_at: trx.raw('clock_timestamp()'),
        tries: 0,
        lease_token: null,
        updated_at: trx.raw('clock_timestamp()'),
      });
    return { changed: ordinals.length, refused };
  });
}

function refusalOf(item: ChosenItem) {
  const ended = endedReason(item);
  if (ended) return ended;
  if (item.due) return 'emAndamento';
  return item.unresolved || asksForALook.includes(item.state) ? null : 'semResultadoIncerto';
}

async function uncertain(trx: Knex.Transaction, batchId: string): Promise<number[]> {
  const { rows } = await trx.raw<{ rows: { receivableId: number }[] }>(
    `select receivable_id as "receivableId" from batch_item
     where batch_id = ? and closed_at is null and due_at is null and state = any(?)`,
    [batchId, [...asksForALook]],
  );
  return rows.map(({ receivableId }) => receivableId);
}
