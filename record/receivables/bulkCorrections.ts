import type { Knex } from 'knex';
import { whyNotOneValue, type Together } from '../../domain/receivable/bulkValue';
import { localDate } from '../../domain/kinds/dates';
import { repairOf, type Repairable } from '../../domain/receivable/repairs';
import { fieldName } from '../../domain/receivable/erpNames';
import {
  checkChanges,
  columnsOf,
  planCorrection,
  storedValue,
  type Correctable,
  type FieldRefusal,
  type Plan as CorrectionPlan,
  type StoredValue,
} from './correctionFields';
import { countBankWorkOf, reviewAtTheEnd, reviewCorrected } from './bankWork';
import { liveBatchesOf } from './corrections';
import { causeItems, citiesAndCeps, repairable } from '../batches/items';
import type { CodecOf } from '../engine/dryRun';
import { nameOf } from '../access/people';
import { propose } from './proposals';
import { noteAsRefused } from '../engine/undone';
import { foresee, judge } from '../engine/verdicts';
import { batchIsSeen, viewerValues, type Viewer } from '../access/visibility';

/** More than this is an import, not a correction. */
export const MAX_CORRECTED = 5_000;
/** Títulos locked, changed and written in one transaction. */
const CHUNK = 500;
/** What is put back may be past by now, as it was. */
const LONG_AGO = localDate('1900-01-01');
const EXAMPLES = 20;
const REFUSALS = 500;

export interface BulkRequest {
  batchId: string;
  /** Those of a cause of the batch (FailureCause.key), or títulos of it by their ids. */
  of: { cause: string } | { receivableIds: readonly number[] };
  /** By the ERP's names, as a person typed them; `proposals`: to each título what is proposed for its guilty field. */
  changes: Record<string, string> | 'proposals';
}

export type BulkRefusal = 'foraDaComunicacao' | 'closed' | 'invalid' | 'semProposta' | 'stillWrong';
export interface RefusedTitulo {
  receivableId: number;
  reason: BulkRefusal;
  /** Of `invalid` and `stillWrong`: what does not fit this título. */
  message: string | null;
}

export interface BulkPreview {
  targets: number;
  wouldChange: number;
  /** They have these values already. */
  unchanged: number;
  /** Their correction waits for the end of a call. */
  waiting: number;
  /** The bank has their boletos: where it knows the field, they are to be altered or written off there. */
  registered: number;
  /** Of those that would change: refused all the same, for another field. */
  stillWrong: number;
  examples: {
    receivableId: number;
    customerName: string;
    before: Record<string, unknown>;
    after: Record<string, unknown>;
  }[];
  refusedCount: number;
  /** The first of them. */
  refused: RefusedTitulo[];
}

export interface BulkResult {
  correctionId: number;
  corrected: number;
  unchanged: number;
  /** Of the corrected ones, those that are now to be altered or written off at the bank. */
  bankWork: number;
  /** Of the corrected ones: to be refused all the same, for another field. */
  stillWrong: number;
  refusedCount: number;
  refused: RefusedTitulo[];
  batches: { batchId: string; receivableId: number }[];
}

export type BulkProblem = { kind: 'invalid'; refusals: FieldRefusal[] } | { kind: 'tooMany'; found: number };

interface Row extends Correctable {
  receivableId: number;
  customerId: number;
  customerName: string;
  waits: boolean;
  registered: boolean;
}

/** What the correction would change; nothing is written. */
export async function previewCorrections(
  knex: Knex,
  request: BulkRequest,
  codecOf: CodecOf,
): Promise<BulkPreview | BulkProblem> {
  const begun = await begin(knex, request);
  if ('kind' in begun) return begun;
  const { values, targets, outside } = begun;
  const preview: BulkPreview = {
    ...{ targets: targets.length + outside.length, wouldChange: 0, unchanged: 0, waiting: 0, stillWrong: 0 },
    ...{ registered: 0, examples: [] },
    ...{ refusedCount: outside.length, refused: outside.slice(0, REFUSALS) },
  };
  for (const ids of chunksOf(targets)) {
    const wanted = await valuesOf(values, knex, request.batchId, ids);
    for (const { row, plan, stillWrong } of await planRows(knex, codecOf, ids, wanted)) {
      if (plan.kind !== 'change') refuse(preview, row.receivableId, plan);
      else if (Object.keys(plan.after).length === 0) preview.unchanged += 1;
      else {
        preview.wouldChange += 1;
        if (stillWrong) preview.stillWrong += 1;
        if (row.waits) preview.waiting += 1;
        if (row.registered) preview.registered += 1;
        const { receivableId, customerName } = row;
        if (preview.examples.length < EXAMPLES)
          preview.examples.push({ receivableId, customerName, before: plan.before, after: plan.after });
      }
    }
  }
  return preview;
}

/**
 * Corrects each título that takes it, some at a time; what was done stays done, and can be undone, if the rest fails.
 * A título whose customer was corrected with another one's is counted as corrected, too.
 */
export async function correctMany(
  knex: Knex,
  request: BulkRequest & { by: string; reason: string | null },
  codecOf: CodecOf,
): Promise<BulkResult | BulkProblem> {
  const begun = await begin(knex, request);
  if ('kind' in begun) return begun;
  const { values, targets, outside } = begun;
  const [header] = await knex('correction')
    .insert({ batch_id: request.batchId, actor: request.by, changes: JSON.stringify(request.changes) })
    .returning<{ id: number }[]>('id');
  const correctionId = (header as { id: number }).id;
  const result: BulkResult = {
    ...{ correctionId, corrected: 0, unchanged: 0, stillWrong: 0, bankWork: 0, batches: [] },
    ...{ refusedCount: outside.length, refused: outside.slice(0, REFUSALS) },
  };
  const customers = new Set<number>();
  for (const ids of chunksOf(targets)) {
    await knex.transaction(async (trx) => {
      await lockRows(trx, ids);
      const wanted = await valuesOf(values, trx, request.batchId, ids);
      const changes: Change[] = [];
      // One customer may have several of them: the first changes it, the others find it changed.
      const current = new Map<number, Record<string, unknown>>();
      for (const { row, plan: planned, stillWrong } of await planRows(trx, codecOf, ids, wanted)) {
        const customer = current.get(row.customerId) ?? row.customer;
        const plan = planned.kind === 'change' ? planRow({ ...row, customer }, wanted) : planned;
        if (plan.kind === 'change' && stillWrong) result.stillWrong += 1;
        if (plan.kind !== 'change') refuse(result, row.receivableId, plan);
        else if (Object.keys(plan.after).length === 0) {
          if (customers.has(row.customerId)) result.corrected += 1;
          else result.unchanged += 1;
        } else {
          result.corrected += 1;
          const ofCustomer = columnsOf('customer', plan.after);
          current.set(row.customerId, { ...customer, ...ofCustomer });
          if (Object.keys(ofCustomer).length > 0) customers.add(row.customerId);
          changes.push({
            receivableId: row.receivableId,
            customerId: row.customerId,
            version: row.receivable['version'] as number,
            ...plan,
          });
        }
      }
      await reviewAtTheEnd(trx);
      await write(trx, changes);
      await propose(trx, changes, { by: request.by, correctionId });
      const changedIds = changes.map(({ receivableId }) => receivableId);
      await reviewCorrected(trx, changedIds, request.by);
      result.bankWork += await countBankWorkOf(trx, changedIds);
      await trx.raw(
        `insert into correction_row (correction_id, receivable_id, customer_id, before, after, version_before, version_after)
         select :correctionId, c."receivableId", c."customerId", c.before, c.after, c.version, r.version
         from ${changed} join receivable r on r.id = c."receivableId"`,
        { correctionId, changes: JSON.stringify(changes) },
      );
      await audit(trx, changes, { action: 'corrigir', by: request.by, reason: request.reason, correctionId });
      await judgeCustomersOf(trx, codecOf, changes);
    });
  }
  result.batches = await batchesOf(knex, correctionId);
  return result;
}

export interface Undone {
  undone: number;
  /** Changed since, by somebody else: they stay. */
  touched: number;
  /** The bank has them by now, or they ended. */
  refused: number;
  batches: { batchId: string; receivableId: number }[];
}

/** A correction of many, as its batch tells it. */
export interface CorrectionOfMany {
  correctionId: number;
  at: Date;
  by: string;
  byName: string | null;
  /** As a person typed them, by the ERP's names; null = to each what was proposed. */
  changes: Record<string, string> | null;
  corrected: number;
  /** That nobody changed since and no bank has: what undoing would put back. */
  undoable: number;
  undoneAt: Date | null;
}

const MOST_CORRECTIONS = 100;

/** SQL over a `correction_row w` and its `receivable r`. */
const isUndoable = `(w.undo is null and w.version_after = r.version and not exists (
  select from boleto b where b.receivable_id = r.id and b.state = 'registered'))`;

/** Newest first, at most 100. */
export async function correctionsOf(knex: Knex, batchId: string): Promise<CorrectionOfMany[]> {
  const { rows } = await knex.raw<{ rows: CorrectionOfMany[] }>(
    `select k.id as "correctionId", k.at, k.actor as by, ${nameOf('k.actor')} as "byName",
       case jsonb_typeof(k.changes) when 'object' then k.changes end as changes,
       count(w.receivable_id) as corrected, count(*) filter (where ${isUndoable}) as undoable, k.undone_at as "undoneAt"
     from correction k left join correction_row w on w.correction_id = k.id
       left join receivable r on r.id = w.receivable_id
     where k.batch_id = ? group by k.id order by k.id desc limit ${MOST_CORRECTIONS}`,
    [batchId],
  );
  return rows;
}

/** The corrections of many that had this título, and how many other títulos undoing each would put back. */
export async function undoableOf(
  knex: Knex,
  receivableId: number,
  viewer: Viewer,
): Promise<{ correctionId: number; others: number }[]> {
  const { rows } = await knex.raw<{ rows: { correctionId: number; others: number }[] }>(
    `select k.id as "correctionId", (
       select count(*) from correction_row w join receivable r on r.id = w.receivable_id
       where w.correction_id = k.id and w.receivable_id <> :receivableId and ${isUndoable}) as others
     from correction_row own join correction k on k.id = own.correction_id
       join batch b on b.id = k.batch_id join carteira c on c.id = b.carteira_id
     where own.receivable_id = :receivableId and own.undo is null and k.undone_at is null and ${batchIsSeen}`,
    { receivableId, ...viewerValues(viewer) },
  );
  return rows;
}

/** The batch whose títulos it corrected; null for an unknown correction. */
export async function batchOfCorrection(knex: Knex, correctionId: number): Promise<string | null> {
  const row = await knex('correction').where({ id: correctionId }).first<{ batchId: string } | undefined>({
    batchId: 'batch_id',
  });
  return row?.batchId ?? null;
}

/**
 * Puts back what was there, where the fields still have the values of the correction.
 * @returns null when it was undone before
 */
export async function undoCorrections(
  knex: Knex,
  { correctionId, by }: { correctionId: number; by: string },
  codecOf: CodecOf,
): Promise<Undone | null> {
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `update correction set undone_at = clock_timestamp(), undone_by = :by where id = :correctionId and undone_at is null`,
    { correctionId, by },
  );
  const result: Undone = { undone: 0, touched: 0, refused: 0, batches: [] };
  for (let some = true; some;) some = await undoChunk(knex, codecOf, { correctionId, by }, result);
  // What a crash left half undone is finished by asking again.
  if (rowCount === 0 && result.undone + result.touched + result.refused === 0) return null;
  result.batches = await batchesOf(knex, correctionId);
  return result;
}

async function undoChunk(
  knex: Knex,
  codecOf: CodecOf,
  { correctionId, by }: { correctionId: number; by: string },
  result: Undone,
): Promise<boolean> {
  const changes: Change[] = [];
  const more = await knex.transaction(async (trx) => {
    // Two who undo the same come one after the other.
    await trx('correction').where({ id: correctionId }).forUpdate().first('id');
    const { rows } = await trx.raw<{
      rows: {
        id: number;
        before: Record<string, StoredValue>;
        after: Record<string, StoredValue>;
        versionAfter: number | null;
      }[];
    }>(
      `select receivable_id as id, before, after, version_after as "versionAfter" from correction_row
       where correction_id = ? and undo is null order by receivable_id limit ${CHUNK}`,
      [correctionId],
    );
    const ids = rows.map(({ id }) => id);
    await lockRows(trx, ids);
    const current = new Map((await readRows(trx, ids)).map((row) => [row.receivableId, row]));
    const ends = { undone: [] as number[], touched: [] as number[], refused: [] as number[] };
    for (const { id, before, after, versionAfter } of rows) {
      const row = current.get(id) as Row;
      const plan = planCorrection({ ...row, today: LONG_AGO }, before);
      // What the bank has by now is altered there, on purpose.
      const ended = row.registered || plan.kind === 'closed';
      // What somebody wrote beside it meanwhile may contradict what was there before.
      const contradicts = plan.kind === 'invalid' && row.receivable['version'] !== versionAfter;
      const stays = contradicts || Object.keys(after).some((name) => storedValue(row, name) !== after[name]);
      ends[ended ? 'refused' : stays ? 'touched' : 'undone'].push(id);
      if (!ended && !stays)
        changes.push({
          ...{ receivableId: id, customerId: row.customerId, version: row.receivable['version'] as number },
          ...{ before: after, after: before },
        });
    }
    await reviewAtTheEnd(trx);
    await write(trx, changes);
    await propose(trx, changes, { by, correctionId });
    await reviewCorrected(
      trx,
      changes.map(({ receivableId }) => receivableId),
      by,
    );
    await audit(trx, changes, { action: 'desfazerCorrecao', by, reason: null, correctionId });
    for (const [undo, these] of Object.entries(ends))
      await trx('correction_row')
        .where({ correction_id: correctionId })
        .whereIn('receivable_id', these)
        .update({ undo });
    await trx.raw(
      `update correction_row w set version_undone = r.version
       from ${changed} join receivable r on r.id = c."receivableId"
       where w.correction_id = :correctionId and w.receivable_id = r.id and w.version_after = c.version`,
      { correctionId, changes: JSON.stringify(changes) },
    );
    await judgeCustomersOf(trx, codecOf, changes);
    result.undone += ends.undone.length;
    result.touched += ends.touched.length;
    result.refused += ends.refused.length;
    return rows.length === CHUNK;
  });
  // A título that nothing else changed is again what was sent, and no longer *Corrigido*. By itself: who writes outcomes
  // holds items and then waits for títulos.
  await noteAsRefused(
    knex,
    correctionId,
    changes.map(({ receivableId }) => receivableId),
  );
  return more;
}

async function begin(
  knex: Knex,
  { batchId, of, changes }: BulkRequest,
): Promise<{ values: Values; targets: number[]; outside: RefusedTitulo[] } | BulkProblem> {
  const { values, refusals } =
    changes === 'proposals' ? { values: changes, refusals: [] as FieldRefusal[] } : checkChanges(changes);
  // What is cancelled or received can be corrected no more: it could not be undone either.
  if (changes !== 'proposals' && 'status' in changes)
    refusals.push({ field: 'status', message: 'muda um título de cada vez, não em massa' });
  if (refusals.length > 0) return { kind: 'invalid', refusals };
  if ('cause' in of) {
    const targets = await causeItems(knex, batchId, of.cause, MAX_CORRECTED + 1);
    if (targets.length > MAX_CORRECTED) return { kind: 'tooMany', found: targets.length };
    const refused = values === 'proposals' ? null : await refuseOneValue(knex, values, targets);
    return refused ?? { values, targets, outside: [] };
  }
  const wanted = [...new Set(of.receivableIds)].sort((a, b) => a - b);
  if (wanted.length > MAX_CORRECTED) return { kind: 'tooMany', found: wanted.length };
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `select receivable_id as id from batch_item where batch_id = :batchId and receivable_id = any(:wanted) order by 1`,
    { batchId, wanted },
  );
  const targets = rows.map(({ id }) => id);
  const inside = new Set(targets);
  const outside = wanted
    .filter((id) => !inside.has(id))
    .map((receivableId): RefusedTitulo => ({ receivableId, reason: 'foraDaComunicacao', message: null }));
  const refused = values === 'proposals' ? null : await refuseOneValue(knex, values, targets);
  return refused ?? { values, targets, outside };
}

async function refuseOneValue(
  knex: Knex,
  values: Record<string, StoredValue>,
  targets: readonly number[],
): Promise<BulkProblem | null> {
  const { rows } = await knex.raw<{ rows: Together[] }>(
    `select count(*) as receivables, count(distinct c.id) as customers, ${citiesAndCeps}
     from receivable r join customer c on c.id = r.customer_id join carteira w on w.id = r.carteira_id
     where r.id = any(?)`,
    [[...targets]],
  );
  const together = rows[0] as Together;
  const refusals = Object.keys(values).flatMap((field) => {
    const message = whyNotOneValue(field, together);
    return message === null ? [] : [{ field, message }];
  });
  return refusals.length > 0 ? { kind: 'invalid', refusals } : null;
}

/** The same for every título, or each its own: then by id. */
type Values = Record<string, StoredValue> | 'proposals';
type RowValues = Record<string, StoredValue> | ReadonlyMap<number, Record<string, StoredValue>>;

/** What is wanted of some títulos of a batch, as they are now; a título of which nothing is proposed is in no map. */
async function valuesOf(values: Values, knex: Knex, batchId: string, ids: readonly number[]): Promise<RowValues> {
  if (values !== 'proposals') return values;
  const { rows } = await knex.raw<{
    rows: { receivableId: number; field: string | null; payer: Repairable; address: 'main' | 'billing' }[];
  }>(
    `select i.receivable_id as "receivableId", i.field, ${repairable} as payer, w.address_source as address
     from batch_item i join receivable r on r.id = i.receivable_id join customer c on c.id = r.customer_id
     join carteira w on w.id = r.carteira_id
     where i.batch_id = :batchId and i.receivable_id = any(:ids)`,
    { batchId, ids: [...ids] },
  );
  const proposed = new Map<number, Record<string, StoredValue>>();
  for (const { receivableId, field, payer, address } of rows) {
    const change = repairOf(field, payer, address);
    if (change) proposed.set(receivableId, checkChanges({ [change.field]: change.value }).values);
  }
  return proposed;
}

/** Of one título; nothing where nothing is proposed. */
function ownValues(values: RowValues, receivableId: number): Record<string, StoredValue> {
  if (!(values instanceof Map)) return values as Record<string, StoredValue>;
  return (values as ReadonlyMap<number, Record<string, StoredValue>>).get(receivableId) ?? {};
}

function planRow(row: Row, values: RowValues): CorrectionPlan | { kind: 'semProposta' } {
  const own = ownValues(values, row.receivableId);
  return Object.keys(own).length === 0 ? { kind: 'semProposta' } : planCorrection(row, own);
}

function* chunksOf(ids: readonly number[]): Generator<number[]> {
  for (let from = 0; from < ids.length; from += CHUNK) yield ids.slice(from, from + CHUNK);
}

function refuse(
  result: { refusedCount: number; refused: RefusedTitulo[] },
  receivableId: number,
  plan: Exclude<Plan, { kind: 'change' }> | { kind: 'semProposta' },
): void {
  result.refusedCount += 1;
  if (result.refused.length >= REFUSALS) return;
  const message =
    plan.kind === 'invalid' || plan.kind === 'stillWrong'
      ? plan.refusals.map(({ field, message }) => `${field}: ${message}`).join('; ')
      : null;
  result.refused.push({ receivableId, reason: plan.kind, message });
}

/** As of one título; also refused where the prévia would say no to what it corrects, or to what it would break. */
type Plan = CorrectionPlan | { kind: 'semProposta' } | { kind: 'stillWrong'; refusals: FieldRefusal[] };

interface PlannedRow {
  row: Row;
  plan: Plan;
  /** It would be refused all the same, for another field. */
  stillWrong: boolean;
}

/** What the values would make of each of these títulos, with what the prévia says to each. */
async function planRows(
  knex: Knex,
  codecOf: CodecOf,
  ids: readonly number[],
  values: RowValues,
): Promise<PlannedRow[]> {
  const planned = (await readRows(knex, ids)).map((row) => ({ row, plan: planRow(row, values) }));
  const foreseen = await foresee(
    knex,
    codecOf,
    planned.flatMap(({ row: { receivableId }, plan }) =>
      plan.kind === 'change'
        ? [
            {
              receivableId,
              receivable: columnsOf('receivable', plan.after),
              customer: columnsOf('customer', plan.after),
            },
          ]
        : [],
    ),
  );
  const asTheyAre = [...foreseen.keys()].map((receivableId) => ({ receivableId, receivable: {}, customer: {} }));
  const before = await foresee(knex, codecOf, asTheyAre);
  return planned.map(({ row, plan }): PlannedRow => {
    const found = foreseen.get(row.receivableId);
    const known = new Set(before.get(row.receivableId)?.defects.map(({ code }) => code));
    // Of the fields that are corrected, and whatever the correction would break beside them: a UF that the CEP is not of.
    const refusals = (found?.defects ?? [])
      .map(({ code, field, message }) => ({ code, field: fieldName(field, found?.addressSource), message }))
      .filter(({ code, field }) => Object.hasOwn(ownValues(values, row.receivableId), field) || !known.has(code))
      .map(({ field, message }) => ({ field, message }));
    if (plan.kind === 'change' && refusals.length > 0)
      return { row, plan: { kind: 'stillWrong', refusals }, stillWrong: false };
    return { row, plan, stillWrong: (found?.wrong.length ?? 0) > 0 };
  });
}

/** Whoever shares a customer with a título was changed with it, where the change was the customer's. */
async function judgeCustomersOf(trx: Knex.Transaction, codecOf: CodecOf, changes: readonly Change[]): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `select r.id from receivable r join batch_item i on i.receivable_id = r.id and i.closed_at is null
     where i.state = 'rejected' and (r.id = any(:ids) or r.customer_id = any(:customers)) order by r.id`,
    {
      ids: changes.map(({ receivableId }) => receivableId),
      customers: changes
        .filter(({ after }) => Object.keys(columnsOf('customer', after)).length > 0)
        .map(({ customerId }) => customerId),
    },
  );
  await judge(
    trx,
    codecOf,
    rows.map(({ id }) => id),
  );
}

/** In the order in which single corrections, slices and imports lock: títulos by id, then their customers by id. */
async function lockRows(trx: Knex.Transaction, ids: readonly number[]): Promise<void> {
  await trx.raw(
    `select from receivable where id = any(:ids) or (status in ('A', 'P') and customer_id in
       (select customer_id from receivable where id = any(:ids))) order by id for update`,
    { ids },
  );
  await trx.raw(
    `select from customer where id in (select customer_id from receivable where id = any(:ids)) order by id for update`,
    { ids },
  );
}

async function readRows(knex: Knex, ids: readonly number[]): Promise<Row[]> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select r.id as "receivableId", r.customer_id as "customerId", c.name as "customerName", r.status,
       (clock_timestamp() at time zone 'America/Sao_Paulo')::date as today, to_jsonb(r) as receivable,
       to_jsonb(c) as customer,
       exists (select from boleto b where b.receivable_id = r.id and b.state = 'registered') as registered,
       exists (select from boleto b join attempt a on a.boleto_id = b.id
         where b.receivable_id = r.id and a.resolution is null) as waits
     from receivable r join customer c on c.id = r.customer_id where r.id = any(?) order by r.id`,
    [[...ids]],
  );
  return rows;
}

interface Change {
  receivableId: number;
  customerId: number;
  /** Of the título, before the change. */
  version: number;
  before: Record<string, unknown>;
  after: Record<string, StoredValue>;
}

/** SQL of the changes as rows. */
const changed = `jsonb_to_recordset(:changes::jsonb) as c("receivableId" bigint, "customerId" bigint, version int, before jsonb, after jsonb)`;

/** Each changed row is written once a table: jsonb_populate_record keeps the columns that are not given. */
async function write(trx: Knex.Transaction, changes: readonly Change[]): Promise<void> {
  const customers = new Map<number, Record<string, unknown>>();
  const receivables: { id: number; columns: Record<string, unknown> }[] = [];
  for (const { receivableId, customerId, after } of changes) {
    const ofCustomer = columnsOf('customer', after);
    if (Object.keys(ofCustomer).length > 0) customers.set(customerId, { ...customers.get(customerId), ...ofCustomer });
    receivables.push({ id: receivableId, columns: columnsOf('receivable', after) });
  }
  await writeTable(
    trx,
    'customer',
    [...customers].map(([id, columns]) => ({ id, columns })),
  );
  await writeTable(trx, 'receivable', receivables);
}

async function writeTable(
  trx: Knex.Transaction,
  table: 'customer' | 'receivable',
  rows: readonly { id: number; columns: Record<string, unknown> }[],
): Promise<void> {
  // The columns are those of fields that can be corrected, never what somebody typed.
  const names = [...new Set(rows.flatMap(({ columns }) => Object.keys(columns)))].sort();
  const sets = [
    ...names.map((name) => `${name} = n.${name}`),
    ...(table === 'receivable' ? ['corrected_at = clock_timestamp()'] : []),
  ];
  if (rows.length === 0 || sets.length === 0) return;
  await trx.raw(
    `update ${table} t set ${sets.join(', ')}
     from jsonb_to_recordset(:rows::jsonb) as w(id bigint, columns jsonb)
     join ${table} o on o.id = w.id
     cross join lateral jsonb_populate_record(o, w.columns) n
     where t.id = w.id`,
    { rows: JSON.stringify(rows) },
  );
}

async function audit(
  trx: Knex.Transaction,
  changes: readonly Change[],
  { action, by, reason, correctionId }: { action: string; by: string; reason: string | null; correctionId: number },
): Promise<void> {
  if (changes.length === 0) return;
  await trx.raw(
    `insert into audit_entry (actor, action, entity, entity_id, before, after, reason)
     select :by, :action, 'receivable', c."receivableId"::text, c.before,
       c.after || jsonb_build_object('correctionId', :correctionId::bigint), :reason
     from ${changed}`,
    { by, action, reason, correctionId, changes: JSON.stringify(changes) },
  );
}

/** Also those that hold other títulos of the customers. */
async function batchesOf(knex: Knex, correctionId: number): Promise<{ batchId: string; receivableId: number }[]> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `select r.id from receivable r where r.customer_id in
       (select customer_id from correction_row where correction_id = ?)`,
    [correctionId],
  );
  return liveBatchesOf(
    knex,
    rows.map(({ id }) => id),
  );
}
