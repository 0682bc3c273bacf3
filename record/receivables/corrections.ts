import type { Knex } from 'knex';
import { bankWorkOf, reviewAtTheEnd, reviewCorrected, type BankWork } from './bankWork';
import { propose } from './proposals';
import type { StillWrong } from '../../domain/receivable/stillWrong';
import { localDate } from '../../domain/kinds/dates';
import {
  checkChanges,
  columnsOf,
  planCorrection,
  storedValue,
  type Correctable,
  type FieldRefusal,
  type Plan,
  type StoredValue,
} from './correctionFields';
import type { CodecOf } from '../engine/dryRun';
import { judge } from '../engine/verdicts';

export interface CorrectionRequest {
  receivableId: number;
  /** By the ERP's field names, as a person typed them. */
  changes: Record<string, string>;
  /** Opaque login id. */
  by: string;
  reason?: string | null;
  /** Of the título as its corrector saw it; absent = whatever it is by now. */
  version?: number;
}

export type CorrectionResult =
  | {
      kind: 'corrected';
      /** ERP names of the fields that now have another value; empty when all had it already. */
      changed: string[];
      version: number;
      /** Other títulos of the same customer whose next registration is changed by this too. */
      alsoAffected: number;
      /** A call for this título has no certain end yet: nothing else is sent until it has. */
      waits: boolean;
      /** What is to be done at the bank, which has the boleto as it was; null = nothing. */
      bankWork: BankWork | null;
      /** Live batches that hold an affected título, with one of its ids: whom to tell. */
      batches: { batchId: string; receivableId: number }[];
      /** For what it would still be refused; such a one does not count as corrected. */
      stillWrong: StillWrong[];
    }
  | { kind: 'unknownReceivable' }
  /** Somebody changed it since. */
  | { kind: 'changedSince' }
  /** Nothing was changed: one message for each wrong field. */
  | { kind: 'invalid'; refusals: FieldRefusal[] }
  /** Received or cancelled: its charge data stay. */
  | { kind: 'closed'; status: 'R' | 'C' };

interface Current extends Correctable {
  customerId: number;
}

/**
 * Corrects a título, its customer or its charge data, all or nothing. The form of every value is checked here;
 * what only the bank can judge is judged by the bank. What is still wrong afterwards is kept, and told.
 */
export async function correctReceivable(
  knex: Knex,
  request: CorrectionRequest,
  codecOf: CodecOf,
): Promise<CorrectionResult> {
  const checked = checkChanges(request.changes);
  if (checked.refusals.length > 0) return { kind: 'invalid', refusals: checked.refusals };
  return knex.transaction(async (trx): Promise<CorrectionResult> => {
    const current = await lockForCorrection(trx, request.receivableId);
    if (!current) return { kind: 'unknownReceivable' };
    if (request.version !== undefined && request.version !== current.receivable['version'])
      return { kind: 'changedSince' };
    const plan = planCorrection(current, checked.values);
    if (plan.kind !== 'change') return plan;
    return apply(trx, current, plan, { ...request, action: 'corrigir' }, codecOf);
  });
}

async function apply(
  trx: Knex.Transaction,
  current: Current,
  { before, after }: Extract<Plan, { kind: 'change' }>,
  request: Pick<CorrectionRequest, 'receivableId' | 'by' | 'reason'> & { action: 'corrigir' | 'desfazerCorrecao' },
  codecOf: CodecOf,
): Promise<Extract<CorrectionResult, { kind: 'corrected' }>> {
  const changed = Object.keys(after);
  const versions = await versionsOf(trx, current.customerId);
  await reviewAtTheEnd(trx);
  await writeCorrected(trx, request.receivableId, current.customerId, after);
  const { receivableId } = request;
  await propose(trx, [{ receivableId, customerId: current.customerId, before, after }], request);
  if (changed.length > 0) await reviewCorrected(trx, [receivableId], request.by);
  const grown = [...(await versionsOf(trx, current.customerId))].filter(
    ([id, version]) => versions.get(id) !== version,
  );
  if (changed.length > 0)
    await trx('audit_entry').insert({
      actor: request.by,
      action: request.action,
      entity: 'receivable',
      entity_id: String(request.receivableId),
      before: JSON.stringify(before),
      after: JSON.stringify(after),
      reason: request.reason ?? null,
    });
  const now = await trx.raw<{ rows: { version: number; waits: boolean }[] }>(
    `select r.version, exists (select from boleto b join attempt a on a.boleto_id = b.id
         where b.receivable_id = r.id and a.resolution is null) as waits
       from receivable r where r.id = ?`,
    [request.receivableId],
  );
  const { version, waits } = now.rows[0] as { version: number; waits: boolean };
  const affected = grown.map(([id]) => id);
  const verdicts = await judge(trx, codecOf, [...new Set([request.receivableId, ...affected])]);
  return {
    kind: 'corrected',
    changed,
    version,
    alsoAffected: affected.filter((id) => id !== request.receivableId).length,
    waits,
    bankWork: changed.length > 0 ? await bankWorkOf(trx, receivableId) : null,
    batches: await liveBatchesOf(trx, affected),
    stillWrong: verdicts.get(request.receivableId) ?? [],
  };
}

export type UndoResult =
  | Extract<CorrectionResult, { kind: 'corrected' | 'closed' | 'changedSince' }>
  /** There is no such correction of this título. */
  | { kind: 'unknown' };

/**
 * Puts back what one correction of a título replaced, as the audit has it, as long as its fields still have the values
 * that it gave them. Of a correction of many only this título (and who shares its customer) is put back.
 * @param entryId of the correction's audit entry
 */
export async function undoCorrection(
  knex: Knex,
  { receivableId, entryId, by }: { receivableId: number; entryId: number; by: string },
  codecOf: CodecOf,
): Promise<UndoResult> {
  const entry = await knex('audit_entry')
    .where({ id: entryId, action: 'corrigir', entity: 'receivable', entity_id: String(receivableId) })
    .first<UndoableEntry | undefined>('before', 'after');
  if (!entry) return { kind: 'unknown' };
  return knex.transaction(async (trx): Promise<UndoResult> => {
    const current = await lockForCorrection(trx, receivableId);
    if (!current || !stillAs(current, entry)) return { kind: 'changedSince' };
    // What is put back may be past by now, as it was.
    const plan = planCorrection({ ...current, today: LONG_AGO }, entry.before);
    if (plan.kind === 'invalid') return { kind: 'changedSince' };
    if (plan.kind !== 'change') return plan;
    return apply(trx, current, plan, { receivableId, by, reason: null, action: 'desfazerCorrecao' }, codecOf);
  });
}

/** Of the audit: stored values by the ERP's names. */
export interface UndoableEntry {
  before: Record<string, StoredValue>;
  after: Record<string, unknown>;
}

/** Put back, a due date may be past: as it was. */
const LONG_AGO = localDate('1900-01-01');

/** Whether the fields of a correction still have what it gave them. */
export function stillAs(current: Correctable, { before, after }: UndoableEntry): boolean {
  const names = Object.keys(before);
  return names.length > 0 && names.every((name) => storedValue(current, name) === after[name]);
}

/**
 * Locks the título and, in the order of ids, the open títulos of its customer: the trigger of a customer touches them
 * all, and slices and imports lock in the same order.
 */
export async function lockForCorrection(trx: Knex.Transaction, receivableId: number): Promise<Current | null> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `select from receivable where id = :id or (status in ('A', 'P') and customer_id =
       (select customer_id from receivable where id = :id)) order by id for update`,
    { id: receivableId },
  );
  if (rowCount === 0) return null;
  // Read by statements of their own: one that had waited for the lock would show the customer as it was before.
  return readCorrectable(trx, receivableId, true);
}

/** A título as corrections see it. @returns null when there is none */
export async function readCorrectable(knex: Knex, receivableId: number, locked = false): Promise<Current | null> {
  const { rows } = await knex.raw<{ rows: Omit<Current, 'receivable' | 'customer'>[] }>(
    `select customer_id as "customerId", status, (clock_timestamp() at time zone 'America/Sao_Paulo')::date as today
     from receivable r where id = ?`,
    [receivableId],
  );
  const [head] = rows;
  if (!head) return null;
  const customer = knex('customer').where({ id: head.customerId });
  const [receivableRow] = (await knex('receivable').where({ id: receivableId })) as Record<string, unknown>[];
  const [customerRow] = (await (locked ? customer.forUpdate() : customer)) as Record<string, unknown>[];
  return { ...head, receivable: receivableRow ?? {}, customer: customerRow ?? {} };
}

export async function writeCorrected(
  trx: Knex.Transaction,
  receivableId: number,
  customerId: number,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const ofCustomer = columnsOf('customer', values);
  if (Object.keys(ofCustomer).length > 0) await trx('customer').where({ id: customerId }).update(ofCustomer);
  if (Object.keys(values).length > 0)
    await trx('receivable')
      .where({ id: receivableId })
      .update({ ...columnsOf('receivable', values), corrected_at: trx.raw('clock_timestamp()') });
}

async function versionsOf(trx: Knex.Transaction, customerId: number): Promise<Map<number, number>> {
  const { rows } = await trx.raw<{ rows: { id: number; version: number }[] }>(
    `select id, version from receivable where customer_id = ?`,
    [customerId],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** Live batches that hold one of these títulos, with one of its ids: whom to tell. */
export async function liveBatchesOf(
  trx: Knex,
  receivableIds: readonly number[],
): Promise<{ batchId: string; receivableId: number }[]> {
  const { rows } = await trx.raw<{ rows: { batchId: string; receivableId: number }[] }>(
    `select batch_id as "batchId", min(receivable_id) as "receivableId" from batch_item
     where receivable_id = any(?) and closed_at is null group by batch_id order by batch_id`,
    [[...receivableIds]],
  );
  return rows;
}
