import type { Knex } from 'knex';
import { isTaken } from './problems';
import { importTypes, type ImportType } from '../../domain/receivable/imports';
import { fieldsOf } from './schemas';
import { references, tables } from './tables';

export interface ImportCounts {
  new: number;
  changed: number;
  unchanged: number;
}

/** Once a carteira has a gateway account, these columns belong to `carteira definir`: the ERP's copy may be older. */
const GATEWAY_COLUMNS = ['gateway', 'convenio', 'code', 'variation', 'timeout_seconds', 'address_source', 'pix'];

/** Imports wait for each other: what each calls new or changed is then true. Any fixed number. */
const IMPORT_LOCK = 7_062_001;

export async function lockOutOtherImports(trx: Knex.Transaction): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(?)', [IMPORT_LOCK]);
}

/**
 * SQL: the stored row `r` (all null = none yet) beside `n`, what the line makes of it, or of a new one (`:defaults`):
 * fields that the line lacks keep their value. What is not as the line says is in `becomes`.
 */
function becoming(type: ImportType): string {
  const table = tables[type];
  const given =
    type === 'carteira'
      ? `case when r.account_id is null then s.data else s.data - array['${GATEWAY_COLUMNS.join("','")}'] end`
      : 's.data';
  return `staged s join keyed k on k.line = s.line left join ${table} r on r.id = k.id
     cross join lateral jsonb_populate_record(
       case when r.id is null then (select jsonb_populate_record(null::${table}, :defaults::jsonb)) else r end,
       ${given}) n
     where k.type = '${type}' and ${isTaken('k')}`;
}

/** SQL: the value of a column. Built by the column, not by JSON: that cost half of a merge. */
function becomes(type: ImportType, column: string): string {
  if (column === 'id') return 'k.id';
  if (column === 'erp_key') return 'case when k.known then r.erp_key else k.erp_key end';
  if (references.some((each) => each.from === type && each.column === column))
    return `coalesce(k.${column}, n.${column})`;
  if (type !== 'titulo') return `n.${column}`;
  // An import never lowers impresso, and adds to what earlier systems left without taking away.
  if (column === 'impresso') return 'coalesce(r.impresso, false) or coalesce(n.impresso, false)';
  if (column === 'imported_registration')
    return `case when coalesce(s.registration, '{}') = '{}' then r.imported_registration else nullif(jsonb_strip_nulls(
       coalesce(r.imported_registration, '{}') || s.registration), '{}') end`;
  return `n.${column}`;
}

/** SQL over `becoming`: a new row, or one that will not be as it is. */
function differs(type: ImportType): string {
  const columns = columnsOf(type);
  return `(r.id is null or (${columns.map((column) => becomes(type, column)).join(', ')})
    is distinct from (${columns.map((column) => `r.${column}`).join(', ')}))`;
}

/** Locks, in the order of ids, every título that will change, or whose customer will: as slices and corrections do. */
export async function lockReceivables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(
    `with candidate as (
       select r.id from ${becoming('titulo')} and r.id is not null and ${differs('titulo')}
       union
       select t.id from receivable t where t.status in ('A', 'P') and t.customer_id in
         (select r.id from ${becoming('cliente')} and r.id is not null and ${differs('cliente')})),
     locked as (
       select id from receivable where id in (select id from candidate) order by id for no key update)
     select count(*) from locked`,
    { defaults: '{}' },
  );
  for (const type of ['carteira', 'cliente'] as const)
    await trx.raw(
      `with locked as (
         select id from ${tables[type]} where id in (
           select r.id from ${becoming(type)} and r.id is not null and ${differs(type)})
         order by id for no key update)
       select count(*) from locked`,
      { defaults: '{}' },
    );
}

/** Puts beside each stored row what it becomes, as temporary tables that the writes and the counts read. */
export async function mergeStage(trx: Knex.Transaction): Promise<void> {
  for (const type of importTypes) {
    const { defaults, columns } = await shapeOf(trx, type);
    await trx.raw(
      `create temporary table merged_${type} on commit drop as
       select s.line, s.key, r.id is null as is_new, ${differs(type)} as differs,
         ${columns.map((column) => `${becomes(type, column)} as ${column}`).join(', ')}
       from ${becoming(type)}`,
      { defaults: JSON.stringify(defaults) },
    );
    await trx.raw(`analyze merged_${type}`);
  }
}

/** The columns of the table, and the defaults of those that a line may have, as the migrations have them. */
async function shapeOf(
  trx: Knex.Transaction,
  type: ImportType,
): Promise<{ columns: string[]; defaults: Record<string, unknown> }> {
  const { rows } = await trx.raw<{ rows: { name: string; expression: string | null }[] }>(
    `select a.attname as name, pg_get_expr(d.adbin, d.adrelid) as expression
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = ?::regclass and a.attnum > 0 and not a.attisdropped`,
    [tables[type]],
  );
  const columns = rows.map(({ name }) => name);
  const written = columnsOf(type);
  const known = rows.filter(({ name, expression }) => expression !== null && written.includes(name));
  if (known.length === 0) return { columns, defaults: {} };
  const { rows: values } = await trx.raw<{ rows: { defaults: Record<string, unknown> }[] }>(
    `select jsonb_build_object(${known.map(({ name, expression }) => `'${name}', ${expression}`).join(', ')}) as defaults`,
  );
  return { columns, defaults: values[0]?.defaults ?? {} };
}

/** Writes what is new and what differs, each table after those it refers to. */
export async function writeMerged(trx: Knex.Transaction): Promise<Record<ImportType, ImportCounts>> {
  const counts = {} as Record<ImportType, ImportCounts>;
  for (const type of importTypes) {
    const columns = columnsOf(type);
    const updates = columns
      .filter((column) => column !== 'id' && column !== 'erp_key')
      .map((column) => `${column} = m.${column}`);
    await trx.raw(
      `insert into ${tables[type]} (${columns.join(', ')})
       select ${columns.join(', ')} from merged_${type} m where is_new and ${isTaken('m')} order by id`,
    );
    await trx.raw(
      `update ${tables[type]} t set ${updates.join(', ')}
       from (select * from merged_${type} m where differs and not is_new and ${isTaken('m')} order by id) m
       where t.id = m.id`,
    );
    const { rows } = await trx.raw<{ rows: ImportCounts[] }>(
      `select count(*) filter (where is_new)::int as new, count(*) filter (where differs and not is_new)::int as changed,
         count(*) filter (where not differs)::int as unchanged
       from merged_${type} m where ${isTaken('m')}`,
    );
    counts[type] = rows[0] as ImportCounts;
  }
  return counts;
}

/** Carteiras whose gateway settings in the file are not those of their account. */
export async function findKeptSettings(trx: Knex.Transaction): Promise<number[]> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `select r.id from staged s join keyed k on k.line = s.line join carteira r on r.id = k.id and r.account_id is not null
     cross join lateral jsonb_populate_record(r, s.data) n
     -- A file that leaves the carteira to the gateway says nothing against the one that is stored.
     cross join lateral (select coalesce(nullif(n.code, ''), r.code) as code) usual
     where k.type = 'carteira' and ${isTaken('k')} and (${GATEWAY_COLUMNS.map((column) => (column === 'code' ? 'usual.code' : `n.${column}`)).join(', ')})
       is distinct from (${GATEWAY_COLUMNS.map((column) => `r.${column}`).join(', ')})
     order by r.id`,
  );
  return rows.map(({ id }) => id);
}

function columnsOf(type: ImportType): string[] {
  const columns = fieldsOf(type).flatMap(({ info }) => info.column ?? []);
  return [...columns, 'erp_key', ...(type === 'titulo' ? ['imported_registration'] : [])];
}
