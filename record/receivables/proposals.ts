import type { Knex } from 'knex';
import { nameOf } from '../access/people';
import { columnOf, correctableColumns, fieldOfColumn, type StoredValue } from './correctionFields';

/* A correction made here stands on the value that it replaced: it is a proposal for as long as the source repeats that. */

export type ProposalEntity = 'customer' | 'receivable';

/** One field that a person gave another value. */
interface Proposed {
  receivableId: number;
  customerId: number;
  /** By the ERP's names. */
  before: Readonly<Record<string, unknown>>;
  after: Readonly<Record<string, StoredValue>>;
}

/**
 * Writes corrections down as proposals, in the transaction that makes them, their títulos and customers locked. One on
 * top of another keeps standing on what the source said; one that puts that value back ends the proposal.
 * @param correctionId of many at once; null = of one alone
 */
export async function propose(
  trx: Knex.Transaction,
  changes: readonly Proposed[],
  { by, correctionId = null }: { by: string; correctionId?: number | null },
): Promise<void> {
  const given = new Map<string, object>();
  for (const { receivableId, customerId, before, after } of changes)
    for (const [name, value] of Object.entries(after)) {
      const { table, column } = columnOf(name);
      const rowId = table === 'customer' ? customerId : receivableId;
      given.set(`${table} ${rowId} ${column}`, {
        ...{ entity: table, row_id: rowId, column_name: column, basis: before[name], value },
        receivable_id: receivableId,
      });
    }
  if (given.size === 0) return;
  await trx.raw(
    `with given as materialized (
       -- Field by field: jsonb_to_recordset would make no value at all of null, which is the carteira's term.
       select g->>'entity' as entity, (g->>'row_id')::bigint as row_id, g->>'column_name' as column_name,
         g->'basis' as basis, g->'value' as value, (g->>'receivable_id')::bigint as receivable_id
       from jsonb_array_elements(:given::jsonb) g),
     ended as (
       update correction_basis p set ended_at = clock_timestamp(), ended_by = :by,
         end_reason = case when g.value = p.conflict_value then 'conflictSettled'
           when g.value = p.basis then 'undone' else 'replaced' end
       from given g
       where p.entity = g.entity and p.row_id = g.row_id and p.column_name = g.column_name and p.ended_at is null
       returning p.*)
     insert into correction_basis (entity, row_id, column_name, basis, value, by, receivable_id, correction_id,
       conflict_value, conflict_at, conflict_by)
     select g.entity, g.row_id, g.column_name, coalesce(e.basis, g.basis), g.value, :by, g.receivable_id,
       :correctionId::bigint, e.conflict_value, e.conflict_at, e.conflict_by
     from given g left join ended e using (entity, row_id, column_name)
     where g.value <> coalesce(e.basis, g.basis) and g.value is distinct from e.conflict_value
     order by g.entity, g.row_id, g.column_name`,
    { given: JSON.stringify([...given.values()]), by, correctionId },
  );
}

const sources = [
  { entity: 'receivable', type: 'titulo', table: 'receivable' },
  { entity: 'customer', type: 'cliente', table: 'customer' },
] as const;

/**
 * What an import says of fields that were corrected here, over the temporary tables `staged` and `merged_*`: while the
 * source repeats what a correction stands on, the corrected value stays; when it sends that value itself, the proposal
 * ends; anything else is kept beside it for a person, and told once. Set-wise, however many lines there are.
 */
export async function judgeImported(trx: Knex.Transaction, by: string): Promise<void> {
  for (const { entity, type, table } of sources) {
    await trx.raw(
      `create temporary table judged_${type} on commit drop as
       select p.id, p.row_id, p.column_name, p.value, s.data->p.column_name as incoming, p.conflict_value,
         case
           when s.data->p.column_name = p.value then 'agreed'
           -- What ends a título ends what was proposed about its charge.
           when ${entity === 'receivable'} and s.data->>'status' in ('R', 'C') and p.column_name <> 'status'
             and not exists (select from correction_basis o where o.entity = p.entity and o.row_id = p.row_id
               and o.column_name = 'status' and o.ended_at is null) then 'closed'
           when s.data->p.column_name = p.basis then 'repeated'
           else 'conflict'
         end as verdict
       from correction_basis p join merged_${type} m on m.id = p.row_id
       join staged s on s.line = m.line
       where p.entity = '${entity}' and p.ended_at is null and jsonb_exists(s.data, p.column_name)`,
    );
    const columns = correctableColumns(table);
    await trx.raw(
      `update merged_${type} m set (${columns.join(', ')}, differs) =
         (select ${columns.map((column) => `n.${column}`).join(', ')}, n is distinct from r
          from ${table} r cross join lateral jsonb_populate_record(r, to_jsonb(m) || kept.columns) n where r.id = m.id)
       from (select row_id, jsonb_object_agg(column_name, value) as columns from judged_${type}
             where verdict in ('repeated', 'conflict') group by row_id) kept
       where m.id = kept.row_id`,
    );
    await trx.raw(
      `update correction_basis p set ended_at = clock_timestamp(), end_reason = j.verdict, ended_by = :by
       from judged_${type} j where p.id = j.id and j.verdict in ('agreed', 'closed')`,
      { by },
    );
    await trx.raw(
      `update correction_basis p set conflict_value = null, conflict_at = null, conflict_by = null
       from judged_${type} j where p.id = j.id and j.verdict = 'repeated' and p.conflict_value is not null`,
    );
    await trx.raw(
      `with told as (
         update correction_basis p set conflict_value = j.incoming, conflict_at = clock_timestamp(), conflict_by = :by
         from judged_${type} j
         where p.id = j.id and j.verdict = 'conflict' and p.conflict_value is distinct from j.incoming
         returning p.receivable_id)
       -- Of one título once a day; no value is told here.
       insert into alert (carteira_id, kind, day, receivable_id, message)
       select r.carteira_id, 'sourceConflict', (clock_timestamp() at time zone 'America/Sao_Paulo')::date, r.id,
         'O ERP mandou outro valor para um campo corrigido aqui, na cobrança ' || r.id || ': decida qual fica.'
       from (select distinct receivable_id from told) t join receivable r on r.id = t.receivable_id order by r.id
       on conflict on constraint alert_once_a_day do nothing`,
      { by },
    );
  }
}

/** A correction that the source has not taken yet. */
export interface Proposal {
  id: number;
  /** By the ERP's name. */
  field: string;
  /** Stored values: what it stands on, what stands here. */
  basis: unknown;
  value: unknown;
  /** The name of who corrected it, or an opaque id. */
  who: string;
  at: Date;
  conflict: {
    /** What the source says by now. */
    value: unknown;
    at: Date;
    /** Of this very value. */
    key: string;
  } | null;
}

/** Of a título and of its customer. */
export async function proposalsOf(knex: Knex, receivableId: number): Promise<Proposal[]> {
  const { rows } = await knex.raw<{
    rows: (Omit<Proposal, 'field'> & { entity: ProposalEntity; column: string })[];
  }>(
    `select p.id, p.entity, p.column_name as "column", p.basis, p.value,
       coalesce(${nameOf('p.by')}, p.by) as who, p.at,
       case when p.conflict_value is not null then jsonb_build_object('value', p.conflict_value, 'at', p.conflict_at,
         'key', md5(p.conflict_value::text)) end as conflict
     from receivable r
     join correction_basis p on p.ended_at is null and (
       (p.entity = 'receivable' and p.row_id = r.id) or (p.entity = 'customer' and p.row_id = r.customer_id))
     where r.id = ? order by p.entity, p.id`,
    [receivableId],
  );
  return rows.map(({ entity, column, ...proposal }) => ({ ...proposal, field: fieldOfColumn(entity, column) }));
}

/** SQL over `correction_basis p`: títulos about which a person has to decide, as `r`. */
export const disputedReceivables = `correction_basis p join receivable r on r.id = p.receivable_id
  where p.ended_at is null and p.conflict_value is not null`;

/** What a person is to decide about. */
export interface Conflict {
  id: number;
  entity: ProposalEntity;
  rowId: number;
  column: string;
  basis: StoredValue;
  value: StoredValue;
  conflictValue: StoredValue;
  key: string;
}

/** The conflict of a título, or of its customer; locked. The caller holds the título. */
export async function lockConflict(
  trx: Knex.Transaction,
  receivableId: number,
  proposalId: number,
): Promise<Conflict | null> {
  const { rows } = await trx.raw<{ rows: Conflict[] }>(
    `select p.id, p.entity, p.row_id as "rowId", p.column_name as "column", p.basis, p.value,
       p.conflict_value as "conflictValue", md5(p.conflict_value::text) as key
     from correction_basis p join receivable r on r.id = :receivableId
     where p.id = :proposalId and p.ended_at is null and p.conflict_value is not null
       and p.row_id = case p.entity when 'customer' then r.customer_id else r.id end
     for update of p`,
    { receivableId, proposalId },
  );
  return rows[0] ?? null;
}

/** Ours stays, from now on on what the source says by now. */
export async function standOnConflict(trx: Knex.Transaction, proposalId: number): Promise<void> {
  await trx.raw(
    `update correction_basis set basis = conflict_value, conflict_value = null, conflict_at = null, conflict_by = null
     where id = ?`,
    [proposalId],
  );
}
