import type { Knex } from 'knex';
import { dueSlices, pendingItems } from '../record/batches/items';
import type { SlicePlan } from '../domain/batch/batch';
import { refusal, type Refusal } from '../domain/batch/refusals';
import { sliceSize } from '../domain/batch/sliceSize';

export async function planSlices(
  knex: Knex,
  page: { batchId: string; after: number; limit: number; sliceSize?: number },
): Promise<SlicePlan | Refusal> {
  const left = await pendingItems(knex, page.batchId);
  if (!left) return refusal('comunicacaoDesconhecida', `A comunicação ${page.batchId} não existe.`);
  const { nextDueInMs } = left;
  // The slice that stopped the batch may have died before it could say so.
  if (left.pausedBy !== null) return { slices: [], nextDueInMs, pausedBy: left.pausedBy };
  if (nextDueInMs !== 0) return { slices: [], nextDueInMs };
  const { batchId, after, limit } = page;
  return {
    slices: await dueSlices(knex, { batchId, after, limit, size: page.sliceSize ?? sliceSize(left.pending) }),
    nextDueInMs,
  };
}
