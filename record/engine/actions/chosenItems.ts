import type { Knex } from 'knex';
import type { ActionResult } from '../../../domain/batch/batch';
import type { ItemRefusal } from '../../../domain/batch/refusals';
import type { ItemState } from '../../../domain/boleto/states';
import { hasUnresolvedAttempt } from '../analysis';

export interface ChosenItem {
  ordinal: number;
  receivableId: number;
  state: ItemState;
  closed: boolean;
  /** The machine will act on it, now or later. */
  due: boolean;
  unresolved: boolean;
}

/**
 * Reads the named items under lock. The lock comes in a statement of its own: an intent that was being written
 * when this began is then seen as the unresolved attempt it is.
 */
export async function lockItems(
  trx: Knex.Transaction,
  batchId: string,
  receivableIds: readonly number[],
): Promise<ChosenItem[]> {
  const values = { batchId, receivableIds };
  await trx.raw(
    `select ordinal from batch_item
     where batch_id = :batchId and receivable_id = any(:receivableIds) order by ordinal for update`,
    values,
  );
  const { rows } = await trx.raw<{ rows: ChosenItem[] }>(
    `select i.ordinal, i.receivable_id as "receivableId", i.state, i.closed_at is not null as closed,
       i.due_at is not null as due, ${hasUnresolvedAttempt} as unresolved
     from batch_item i where i.batch_id = :batchId and i.receivable_id = any(:receivableIds) order by i.ordinal`,
    values,
  );
  return rows;
}

/** Splits the named títulos into those an action may change and those it leaves alone, each with its reason. */
export function separate(
  receivableIds: readonly number[],
  items: readonly ChosenItem[],
  refusalOf: (item: ChosenItem) => ItemRefusal | null,
): { ordinals: number[]; refused: ActionResult['refused'] } {
  const byReceivable = new Map(items.map((item) => [item.receivableId, item]));
  const ordinals: number[] = [];
  const refused: { receivableId: number; reason: ItemRefusal }[] = [];
  for (const receivableId of new Set(receivableIds)) {
    const item = byReceivable.get(receivableId);
    const reason = item ? refusalOf(item) : 'foraDaComunicacao';
    if (item && reason === null) ordinals.push(item.ordinal);
    else if (reason !== null) refused.push({ receivableId, reason });
  }
  return { ordinals, refused };
}

/** What stops every action on an item: it has ended. */
export function endedReason(item: ChosenItem): ItemRefusal | null {
  if (item.state === 'registered') return 'jaRegistrado';
  if (item.state === 'discarded') return 'descartado';
  if (item.state === 'skipped') return 'naoEnviado';
  return item.closed ? 'encerrado' : null;
}
