import type { Knex } from 'knex';
import { reviewAtTheEnd } from './bankWork';
import { erpFields } from './erpFields';
import { lockReceivables, mergeStage, readShapes, writeMerged } from '../importing/apply';
import { createKeyed } from '../importing/keys';
import { createProblems } from '../importing/problems';
import { createStage, finishStage } from '../importing/staging';
import { nameOf } from '../access/people';
import { judgeImported } from './proposals';
import { reviewImported } from '../importing/reviewImported';

/* What an import says of a título while a call of it has no certain end: kept, and taken when the end is known. */

/** SQL: títulos of which a call has no certain end. Few, whatever the record holds. */
const held = `select b.receivable_id from attempt a join boleto b on b.id = a.boleto_id where a.resolution is null`;

/** A line says what is new since: what an earlier one said, and this one does not, still waits. */
export async function foldPending(trx: Knex.Transaction): Promise<void> {
  await trx.raw(
    `update staged s set data = p.data || s.data,
       registration = coalesce(p.registration, '{}') || coalesce(s.registration, '{}')
     from pending_change p join keyed k on k.type = 'titulo' and k.id = p.receivable_id
     where s.line = k.line and s.data is not null`,
  );
}

/**
 * Keeps the lines, of those in `merged_titulo`, that cannot be taken yet, and takes them out of it. What waited for a
 * título that a line says something else about by now, waits no more.
 * @returns how many wait
 */
export async function keepPending(trx: Knex.Transaction, by: string): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `with kept as (
       delete from merged_titulo m where m.differs and not m.is_new and m.id in (${held}) returning m.line, m.id)
     insert into pending_change as p (receivable_id, data, registration, by)
     select kept.id, s.data || jsonb_strip_nulls(jsonb_build_object(
         'filial_id', k.filial_id, 'carteira_id', k.carteira_id, 'customer_id', k.customer_id)), s.registration, :by
     from kept join staged s on s.line = kept.line join keyed k on k.line = kept.line
     order by kept.id
     on conflict (receivable_id) do update
       set data = excluded.data, registration = excluded.registration,
         by = case when (p.data, p.registration) is distinct from (excluded.data, excluded.registration)
           then excluded.by else p.by end,
         at = case when (p.data, p.registration) is distinct from (excluded.data, excluded.registration)
           then excluded.at else p.at end`,
    { by },
  );
  await trx.raw(`delete from pending_change p using merged_titulo m where m.id = p.receivable_id`);
  return rowCount;
}

/** Applied in one transaction: more would hold others up. */
const AT_ONCE = 500;

/**
 * Takes what waited for títulos whose calls have all ended by now: each is written as an import would write it today.
 * @param receivableIds absent = all
 * @returns how many were taken
 */
export async function applyPendingChanges(knex: Knex, receivableIds?: readonly number[]): Promise<number> {
  let applied = 0;
  for (;;) {
    const { rows } = await knex.raw<{ rows: { id: number }[] }>(
      `select p.receivable_id as id from pending_change p
       where (:ids::bigint[] is null or p.receivable_id = any(:ids::bigint[])) and p.receivable_id not in (${held})
       order by p.receivable_id limit ${AT_ONCE}`,
      { ids: receivableIds ? [...receivableIds] : null },
    );
    if (rows.length === 0) return applied;
    const some = await knex.transaction((trx) =>
      applyWithin(
        trx,
        rows.map(({ id }) => id),
      ),
    );
    // Nothing is taken twice: another process was faster, or a new call began.
    if (some === 0) return applied;
    applied += some;
  }
}

/** The same within a transaction that holds these títulos, or is about to. */
export async function applyWithin(trx: Knex.Transaction, receivableIds: readonly number[]): Promise<number> {
  const ids = [...receivableIds];
  await trx.raw('select from receivable where id = any(?) order by id for update', [ids]);
  let applied = 0;
  for (;;) {
    const some = await applyOfOne(trx, ids);
    if (some === 0) return applied;
    applied += some;
  }
}

/** Of one person at a time: what follows from it is told as theirs. */
async function applyOfOne(trx: Knex.Transaction, ids: number[]): Promise<number> {
  await createStage(trx);
  await createProblems(trx);
  await createKeyed(trx);
  const { rows } = await trx.raw<{ rows: { by: string; receivableId: number }[] }>(
    `with ready as (
       delete from pending_change
       where receivable_id = any(:ids) and receivable_id not in (${held})
         and by = (select by from pending_change where receivable_id = any(:ids) and receivable_id not in (${held})
                   order by receivable_id limit 1)
       returning *),
     line as (
       select row_number() over (order by r.id) as line, coalesce(r.erp_key, r.id::text) as key, r.id, ready.data,
         ready.registration
       from ready join receivable r on r.id = ready.receivable_id),
     put as (
       insert into staged (line, type, key, data, registration)
       select line, 'titulo', key, data, registration from line),
     named as (
       insert into keyed (line, type, key, id, known) select line, 'titulo', key, id, true from line)
     select by, receivable_id as "receivableId" from ready`,
    { ids },
  );
  const [first] = rows;
  if (first) {
    const taken = rows.map(({ receivableId }) => receivableId);
    const before = await erpRows(trx, taken);
    await finishStage(trx);
    const shapes = await readShapes(trx);
    await lockReceivables(trx, shapes);
    await mergeStage(trx, shapes);
    await judgeImported(trx, first.by);
    await reviewAtTheEnd(trx);
    await writeMerged(trx);
    await reviewImported(trx, first.by);
    const after = await erpRows(trx, taken);
    await trx('audit_entry').insert(
      taken.map((id) => {
        const changed = differing(before.get(id) ?? {}, after.get(id) ?? {});
        const side = (name: 'stored' | 'value') =>
          JSON.stringify(Object.fromEntries(changed.map((each) => [each.field, each[name]])));
        return {
          ...{ actor: first.by, action: 'mudancaPendente', entity: 'receivable', entity_id: String(id) },
          ...{ before: side('stored'), after: side('value') },
        };
      }),
    );
  }
  await trx.raw(`drop table if exists staged, problem, keyed, merged_filial, merged_carteira, merged_cliente, merged_titulo,
    judged_titulo, judged_cliente`);
  return rows.length;
}

type ErpRow = ReturnType<typeof erpFields>;

async function erpRows(trx: Knex, ids: readonly number[]): Promise<Map<number, ErpRow>> {
  const rows = (await trx('receivable').whereIn('id', [...ids])) as Record<string, unknown>[];
  return new Map(rows.map((row) => [row['id'] as number, erpFields('titulo', row)]));
}

function differing(stored: ErpRow, becomes: ErpRow): PendingChange['fields'] {
  return Object.entries(becomes).flatMap(([field, value]) =>
    value === stored[field] ? [] : [{ field, value, stored: stored[field] ?? null }],
  );
}

/** What waits for the end of a título's call. */
export interface PendingChange {
  /** By the ERP's names, as a correction takes them; only what would change. */
  fields: { field: string; value: string | number | boolean | null; stored: string | number | boolean | null }[];
  /** The name of who imported it, or an opaque id. */
  who: string;
  at: Date;
}

/** @returns null where nothing waits */
export async function pendingChangeOf(knex: Knex, receivableId: number): Promise<PendingChange | null> {
  const { rows } = await knex.raw<{
    rows: { who: string; at: Date; stored: Record<string, unknown>; becomes: Record<string, unknown> }[];
  }>(
    `select coalesce(${nameOf('p.by')}, p.by) as who, p.at, to_jsonb(r) as stored, to_jsonb(n) as becomes
     from pending_change p join receivable r on r.id = p.receivable_id
     cross join lateral jsonb_populate_record(r, p.data) n where r.id = ?`,
    [receivableId],
  );
  const [found] = rows;
  if (!found) return null;
  const fields = differing(erpFields('titulo', found.stored), erpFields('titulo', found.becomes));
  return { fields, who: found.who, at: found.at };
}
