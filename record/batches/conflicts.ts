import type { Knex } from 'knex';
import { bankWorkOf, reviewAtTheEnd, reviewCorrected, type BankWork } from '../receivables/bankWork';
import { fieldOfColumn } from '../receivables/correctionFields';
import type { CodecOf } from '../engine/dryRun';
import { liveBatchesOf, lockForCorrection, writeCorrected } from '../receivables/corrections';
import { lockConflict, propose, standOnConflict } from '../receivables/proposals';
import { judge } from '../engine/verdicts';

export interface ConflictDecision {
  receivableId: number;
  /** Of the correction that the source contradicts. */
  proposalId: number;
  /** `manter`: the corrected value stays; `aceitar`: the source's is taken. */
  decision: 'manter' | 'aceitar';
  /** Of the source's value as it was read; absent = whatever it is by now. */
  key?: string | undefined;
  /** Opaque login id. */
  by: string;
  reason: string | null;
}

export type ConflictResult =
  | {
      kind: 'settled';
      field: string;
      value: unknown;
      bankWork: BankWork | null;
      batches: { batchId: string; receivableId: number }[];
    }
  | { kind: 'unknownReceivable' }
  /** Nothing contradicts: somebody decided, or the source took it back. */
  | { kind: 'nothingToDecide' }
  /** The source sent yet another value. */
  | { kind: 'changedSince' };

/** A person decides between a correction and what the source has said since. */
export async function settleConflict(knex: Knex, request: ConflictDecision, codecOf: CodecOf): Promise<ConflictResult> {
  const { receivableId, proposalId, decision, key, by, reason } = request;
  return knex.transaction(async (trx): Promise<ConflictResult> => {
    const current = await lockForCorrection(trx, receivableId);
    if (!current) return { kind: 'unknownReceivable' };
    const conflict = await lockConflict(trx, receivableId, proposalId);
    if (!conflict) return { kind: 'nothingToDecide' };
    if (key !== undefined && key !== conflict.key) return { kind: 'changedSince' };
    const field = fieldOfColumn(conflict.entity, conflict.column);
    const theirs = { [field]: conflict.conflictValue };
    // What is the customer's is of every título of his.
    const affected =
      conflict.entity === 'customer'
        ? await trx('receivable').where({ customer_id: current.customerId }).orderBy('id').pluck<number[]>('id')
        : [receivableId];
    if (decision === 'manter') await standOnConflict(trx, proposalId);
    else {
      await reviewAtTheEnd(trx);
      await writeCorrected(trx, receivableId, current.customerId, theirs);
      const change = { receivableId, customerId: current.customerId, before: { [field]: conflict.value } };
      await propose(trx, [{ ...change, after: theirs }], { by });
      await reviewCorrected(trx, [receivableId], by);
      await judge(trx, codecOf, affected);
    }
    const ours = JSON.stringify({ [field]: conflict.value });
    await trx('audit_entry').insert({
      ...{ actor: by, action: decision === 'manter' ? 'manterCorrecao' : 'aceitarOrigem', reason },
      ...{ entity: 'receivable', entity_id: String(receivableId) },
      // Kept against what the source says; or replaced by it.
      ...(decision === 'manter'
        ? { before: JSON.stringify(theirs), after: ours }
        : { before: ours, after: JSON.stringify(theirs) }),
    });
    return {
      kind: 'settled',
      field,
      value: decision === 'manter' ? conflict.value : conflict.conflictValue,
      bankWork: await bankWorkOf(trx, receivableId),
      batches: decision === 'manter' ? [] : await liveBatchesOf(trx, affected),
    };
  });
}
