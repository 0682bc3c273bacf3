import type { Knex } from 'knex';
import { bankWorkOf, reviewAtTheEnd, reviewCorrected, type BankWork } from './bankWork';
import { propose } from './proposals';
import { checkChanges, columnsOf, planCorrection, type Correctable, type FieldRefusal } from './correctionFields';

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
 * what only the bank can judge is judged by the bank.
 */
export async function correctReceivable(knex: Knex, request: CorrectionRequest): Promise<CorrectionResult> {
  const checked = checkChanges(request.changes);
  if (checked.refusals.length > 0) return { kind: 'invalid', refusals: checked.refusals };
  return knex.transaction(async (trx): Promise<CorrectionResult> => {
    const current = await lockForCorrection(trx, request.receivableId);
    if (!current) return { kind: 'unknownReceivable' };
    if (request.version !== undefined && request.version !== current.receivable['version'])
      return { kind: 'changedSince' };
    const plan = planCorrection(current, checked.values);
    if (plan.kind !== 'change') return plan;
    const { before, after } = plan;
    const changed = Object.keys(after);
    const versions = await versionsOf(trx, current.customerId);
    await reviewAtTheEnd(trx);
    await writeCorrected(trx, request.receivableId, current.customerId, after);
    await propose(
      trx,
      [{ receivableId: request.receivableId, customerId: current.customerId, before, after }],
      request,
    );
    if (changed.length > 0) await reviewCorrected(trx, [request.receivableId], request.by);
    const grown = [...(await versionsOf(trx, current.customerId))].filter(
      ([id, version]) => versions.get(id) !== version,
    );
    if (changed.length > 0)
      await trx('audit_entry').insert({
        actor: request.by,
        action: 'corrigir',
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
    return {
      kind: 'corrected',
      changed,
      version,
      alsoAffected: affected.filter((id) => id !== request.receivableId).length,
      waits,
      bankWork: changed.length > 0 ? await bankWorkOf(trx, request.receivableId) : null,
      batches: await liveBatchesOf(trx, affected),
    };
  });
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
