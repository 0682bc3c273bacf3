import type { Knex } from 'knex';
import type { ActionResult, BatchCounts, BatchReport, SimpleAction } from '../../../domain/batch/batch';
import { refusal, type Refusal } from '../../../domain/batch/refusals';
import { countItems, hasUnresolvedAttempt } from '../analysis';
import { batchReport } from '../reports';
import { once } from './once';

/**
 * The wish to conclude: nothing more is sent, and every item whose end is known is closed as it stands. The others
 * become due, so that the bank is asked about them, also where the batch was paused.
 */
export async function beginConclusion(
  knex: Knex,
  action: SimpleAction & { batchId: string },
): Promise<(ActionResult & { unresolved: number }) | Refusal> {
  const { batchId } = action;
  return once(knex, { ...action, kind: 'conclude' }, async (trx) => {
    await trx('batch').where({ id: batchId }).update({ concluding: true, paused: false, pause_reason: null });
    await lockLiveItems(trx, batchId);
    const changed = await closeSettledItems(trx, batchId);
    const unresolved = await trx('batch_item')
      .where({ batch_id: batchId, closed_at: null })
      .update({ due_at: trx.raw('coalesce(due_at, clock_timestamp())'), updated_at: trx.raw('clock_timestamp()') });
    return { changed, refused: [], unresolved };
  });
}

/** Takes the wish back: some result stayed uncertain, and a person must decide. What was closed stays closed. */
export async function abandonConclusion(knex: Knex, batchId: string): Promise<void> {
  await knex('batch').where({ id: batchId, concluded_at: null }).update({ concluding: false });
}

/**
 * Ends the batch, once: repeated, it answers the same report. Refused while a result is uncertain. It is concluded by
 * whoever asked for it; one that ends by itself, by whoever started it.
 */
export async function concludeBatch(knex: Knex, { batchId }: { batchId: string }): Promise<BatchReport | Refusal> {
  return knex.transaction(async (trx) => {
    const batch = await trx('batch')
      .where({ id: batchId })
      .forUpdate()
      .first<{ concluded_at: Date | null; by: string } | undefined>(
        'concluded_at',
        trx.raw(`coalesce(
          case when concluding then (
            select a.requested_by from operator_action a where a.batch_id = batch.id and a.kind = 'conclude'
            order by a.at desc limit 1) end,
          requested_by) as by`),
      );
    if (!batch) return refusal('comunicacaoDesconhecida', `A comunicação ${batchId} não existe.`);
    if (batch.concluded_at === null) {
      const { by } = batch;
      await lockLiveItems(trx, batchId);
      const unresolved = await countUnresolved(trx, batchId);
      if (unresolved > 0)
        return refusal(
          'resultadosIncertos',
          `A comunicação ${batchId} tem ${unresolved} cobrança(s) com resultado incerto: reexamine ou resolva antes de concluir.`,
        );
      await closeSettledItems(trx, batchId);
      const { total, byState } = await countItems(trx, batchId);
      await trx('batch')
        .where({ id: batchId })
        .update({
          phase: 'concluded',
          paused: false,
          pause_reason: null,
          concluding: false,
          concluded_at: trx.raw('clock_timestamp()'),
          concluded_by: by,
          ...finalCounts(byState),
        });
      await trx('audit_entry').insert({
        actor: by,
        action: 'concludeBatch',
        entity: 'batch',
        entity_id: batchId,
        after: JSON.stringify({ closed: total - byState.registered - byState.discarded - byState.skipped }),
      });
    }
    return (await batchReport(trx, batchId)) as BatchReport;
  });
}

/** For lists: nothing changes them any more. */
function finalCounts(byState: BatchCounts['byState']): { registered_items: number; failed_items: number } {
  const { registered, rejected, unconfirmed, conflict, deferred } = byState;
  return { registered_items: registered, failed_items: rejected + unconfirmed + conflict + deferred };
}

/** A statement of its own, before anything is judged: see chosenItems.ts. */
async function lockLiveItems(trx: Knex.Transaction, batchId: string): Promise<void> {
  await trx.raw(
    `select count(*) from (
       select from batch_item where batch_id = ? and closed_at is null order by ordinal for update) locked`,
    [batchId],
  );
}

/** An outcome that came too late for its item is told here: the boleto knows it is registered. */
async function closeSettledItems(trx: Knex.Transaction, batchId: string): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update batch_item i set closed_at = clock_timestamp(), due_at = null, lease_token = null,
       updated_at = clock_timestamp(),
       state = case when exists (
         select from boleto b where b.receivable_id = i.receivable_id and b.state = 'registered')
         then 'registered' else i.state end
     where i.batch_id = ? and i.closed_at is null and not ${hasUnresolvedAttempt}`,
    [batchId],
  );
  return rowCount;
}

async function countUnresolved(trx: Knex.Transaction, batchId: string): Promise<number> {
  const { rows } = await trx.raw<{ rows: { count: number }[] }>(
    `select count(*) from batch_item i where i.batch_id = ? and i.closed_at is null and ${hasUnresolvedAttempt}`,
    [batchId],
  );
  return rows[0]?.count ?? 0;
}
