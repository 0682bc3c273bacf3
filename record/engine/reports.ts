import type { Knex } from 'knex';
import type { BatchReport } from '../../domain/batch/batch';
import { countItems } from './analysis';
import { countWithoutPix } from './pixFetch';

/** How the batch stands, in the figures that end it. @returns null when there is no such batch. */
export async function batchReport(knex: Knex, batchId: string): Promise<BatchReport | null> {
  const batch = await knex('batch')
    .where({ id: batchId })
    .first<{ round: number; left_out: number | null } | undefined>('round', 'left_out');
  if (!batch) return null;
  const { total, byState, reconciled } = await countItems(knex, batchId);
  const withoutPix = await countWithoutPix(knex, batchId);
  return {
    batchId,
    selected: total,
    leftOut: batch.left_out ?? 0,
    rounds: batch.round,
    registered: byState.registered,
    discarded: byState.discarded,
    rejected: byState.rejected + byState.conflict,
    unconfirmed: byState.unconfirmed + byState.inProgress + byState.sending,
    skipped: byState.skipped,
    notSent: byState.pending + byState.deferred,
    reconciled,
    ...(withoutPix > 0 ? { withoutPix } : {}),
  };
}
