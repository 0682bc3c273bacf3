import type { Knex } from 'knex';
import type { BankField, BankWorkKind, BankWorkOrigin } from '../../domain/receivable/bankWork';
import type { LocalDate } from '../../domain/kinds/dates';
import { carteiraIsSeen, receivableIsSeen, type Filiais } from '../access/visibility';
import { noteAltered, noteWrittenOff } from '../engine/bankWorkDone';

/** Whoever changes many títulos reviews all of them at the end: their triggers need not, one by one. */
export async function reviewAtTheEnd(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`set local boletos.bank_work = 'at the end'`);
}

/**
 * Holds the registered boletos of títulos against the record as it is by now: opens what is to be altered or written
 * off at the bank, brings up to date what is open, and closes what is equal again. One statement for however many.
 * @param receivables SQL of their ids
 */
export async function reviewBankWork(
  trx: Knex.Transaction,
  receivables: { sql: string; values?: Record<string, unknown> },
  { origin, by }: { origin: BankWorkOrigin; by: string | null },
): Promise<void> {
  await trx.raw(`select review_bank_work(array(${receivables.sql}), :origin, :by)`, {
    ...receivables.values,
    ...{ origin, by },
  });
}

/** Of these títulos, and of all others of their customers. */
export async function reviewCorrected(trx: Knex.Transaction, receivableIds: readonly number[], by: string) {
  const sql = `select id from receivable where id = any(:ids) or customer_id in
    (select customer_id from receivable where id = any(:ids))`;
  await reviewBankWork(trx, { sql, values: { ids: [...receivableIds] } }, { origin: 'correction', by });
}

export interface BankWork {
  id: number;
  receivableId: number;
  kind: BankWorkKind;
  fields: Record<string, BankField>;
  origin: BankWorkOrigin;
  /** Opaque; null = nobody. */
  by: string | null;
  openedAt: Date;
  changedAt: Date;
}

export interface BankWorkRow extends BankWork {
  customerName: string;
  filialId: number;
  carteiraId: number;
  carteira: string;
  dueDate: LocalDate;
  openAmountCents: number;
  ourNumber: string | null;
}

const workColumns = `w.id, w.receivable_id as "receivableId", w.kind, w.fields, w.origin, w.by, w.opened_at as "openedAt",
  w.changed_at as "changedAt"`;

/** SQL over `bank_work w` of boletos that are still registered. */
const isOpen = `w.closed_at is null`;

export interface BankWorkFilter {
  filiais: Filiais;
  carteiraId?: number | undefined;
  kind?: BankWorkKind | undefined;
}

const filtered = `from bank_work w
  join boleto b on b.id = w.boleto_id
  join receivable r on r.id = w.receivable_id
  join customer p on p.id = r.customer_id
  join carteira c on c.id = r.carteira_id
  where ${isOpen} and b.state = 'registered' and ${receivableIsSeen} and ${carteiraIsSeen}
    and (:carteiraId::bigint is null or r.carteira_id = :carteiraId::bigint)
    and (:kind::text is null or w.kind = :kind::text)`;

function filterValues({ filiais, carteiraId, kind }: BankWorkFilter): Record<string, unknown> {
  return { filiais: filiais === null ? null : [...filiais], carteiraId: carteiraId ?? null, kind: kind ?? null };
}

/** Open work, the oldest first, after the id that the previous page ended with. */
export async function listBankWork(
  knex: Knex,
  page: BankWorkFilter & { after?: number | undefined; limit: number },
): Promise<BankWorkRow[]> {
  const { rows } = await knex.raw<{ rows: BankWorkRow[] }>(
    `select ${workColumns}, p.name as "customerName", r.filial_id as "filialId", r.carteira_id as "carteiraId",
       c.description as carteira, r.due_date as "dueDate", r.open_amount_cents as "openAmountCents",
       coalesce(b.our_number, b.bank_id) as "ourNumber"
     ${filtered} and w.id > :after order by w.id limit :limit`,
    { ...filterValues(page), after: page.after ?? 0, limit: page.limit },
  );
  return rows;
}

/** How much is open of each kind. */
export async function countBankWork(knex: Knex, filter: BankWorkFilter): Promise<Record<BankWorkKind, number>> {
  const { rows } = await knex.raw<{ rows: Record<BankWorkKind, number>[] }>(
    `select count(*) filter (where w.kind = 'alter')::int as alter,
       count(*) filter (where w.kind = 'cancel')::int as cancel ${filtered}`,
    filterValues(filter),
  );
  return rows[0] as Record<BankWorkKind, number>;
}

/** What is open of one título; null = nothing. */
export async function bankWorkOf(knex: Knex, receivableId: number): Promise<BankWork | null> {
  const { rows } = await knex.raw<{ rows: BankWork[] }>(
    `select ${workColumns} from bank_work w where ${isOpen} and w.receivable_id = ? order by w.id limit 1`,
    [receivableId],
  );
  return rows[0] ?? null;
}

/** How many of these títulos have open work now. */
export async function countBankWorkOf(trx: Knex, receivableIds: readonly number[]): Promise<number> {
  const { rows } = await trx.raw<{ rows: { count: number }[] }>(
    `select count(distinct w.receivable_id)::int as count from bank_work w where ${isOpen} and w.receivable_id = any(?)`,
    [[...receivableIds]],
  );
  return rows[0]?.count ?? 0;
}

/** Whose título a piece of work is about; null for one that does not exist. */
export async function receivableOfWork(knex: Knex, workId: number): Promise<number | null> {
  const row = await knex('bank_work')
    .where({ id: workId })
    .first<{ receivableId: number } | undefined>({ receivableId: 'receivable_id' });
  return row?.receivableId ?? null;
}

export type Done =
  | { kind: 'done'; work: BankWork }
  /** It was closed before, by whomever. */
  | { kind: 'closed' }
  /** What is wanted changed since it was read. */
  | { kind: 'changedSince'; work: BankWork };

/**
 * A person did it at the bank. An altered boleto has from now on what was wanted; one that was written off is cancelled
 * in the record, and Impresso stays Sim, so that nothing is sent by itself.
 * @param request.changedAt as it was read; absent = as it is by now
 */
export async function workDone(
  knex: Knex,
  { workId, by, reason, changedAt }: { workId: number; by: string; reason: string; changedAt?: Date | undefined },
): Promise<Done> {
  const receivableId = await receivableOfWork(knex, workId);
  return knex.transaction(async (trx): Promise<Done> => {
    // As imports and corrections lock them: what is wanted does not change meanwhile.
    await trx.raw(`select from receivable where id = ? for update`, [receivableId]);
    const { rows } = await trx.raw<{ rows: (BankWork & { boletoId: number })[] }>(
      `select ${workColumns}, w.boleto_id as "boletoId" from bank_work w
       join boleto b on b.id = w.boleto_id and b.state = 'registered'
       where w.id = ? and ${isOpen} for update of w`,
      [workId],
    );
    const [found] = rows;
    if (!found) return { kind: 'closed' };
    const { boletoId, ...work } = found;
    if (changedAt && changedAt.getTime() !== work.changedAt.getTime()) return { kind: 'changedSince', work };
    if (work.kind === 'alter') await noteAltered(trx, boletoId, work.fields);
    else await noteWrittenOff(trx, boletoId);
    await closeDone(trx, [workId], by);
    await trx('audit_entry').insert({
      ...{ actor: by, action: 'feitoNoBanco', entity: 'receivable', entity_id: String(receivableId), reason },
      before: JSON.stringify(valuesOf(work.fields, 'bank')),
      after: JSON.stringify(valuesOf(work.fields, 'wanted')),
    });
    return { kind: 'done', work };
  });
}

export async function closeDone(trx: Knex.Transaction, workIds: readonly number[], by: string): Promise<void> {
  await trx.raw(
    `update bank_work set closed_at = clock_timestamp(), close_reason = 'done', closed_by = :by where id = any(:workIds)`,
    { workIds: [...workIds], by },
  );
}

function valuesOf(fields: Record<string, BankField>, side: keyof BankField): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values[side]]));
}
