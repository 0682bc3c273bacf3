import type { Knex } from 'knex';
import { isTaken } from './problems';
import { fieldsOf, importTypes, type ImportType } from './schemas';
import { tables } from './tables';

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

/** The stored row `r` (all null = none yet) beside `n`, what it becomes: fields that the line lacks keep their value. */
function becoming(type: ImportType): string {
  const table = tables[type];
  const given = {
    filial: 's.data',
    carteira: `case when r.account_id is null then s.data else s.data - array['${GATEWAY_COLUMNS.join("','")}'] end`,
    cliente: 's.data',
    // An import never lowers impresso, and adds to what earlier systems left without taking away.
    titulo: `s.data || jsonb_build_object(
       'impresso', coalesce(r.impresso, false) or coalesce((s.data->>'impresso')::boolean, false),
       'imported_registration', nullif(jsonb_strip_nulls(
          coalesce(r.imported_registration, '{}') || coalesce(s.registration, '{}')), '{}'))`,
  }[type];
  return `staged s join keyed k on k.line = s.line left join ${table} r on r.id = k.id
     cross join lateral jsonb_populate_record(r, case when r.id is null then :defaults::jsonb else '{}' end || ${given}
       || jsonb_build_object('id', k.id, 'erp_key', case when k.known then r.erp_key else k.erp_key end)
       || jsonb_strip_nulls(jsonb_build_object(
            'filial_id', k.filial_id, 'carteira_id', k.carteira_id, 'customer_id', k.customer_id))) n
     where k.type = '${type}' and ${isTaken('k')}`;
}

/** Locks, in the order of ids, every título that will change, or whose customer will: as slices and corrections do. */
export async function lockReceivables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(
    `with candidate as (
       select r.id from ${becoming('titulo')} and r.id is not null and n is distinct from r
       union
       select t.id from receivable t where t.status in ('A', 'P') and t.customer_id in
         (select r.id from ${becoming('cliente')} and r.id is not null and n is distinct from r)),
     locked as (
       select id from receivable where id in (select id from candidate) order by id for no key update)
     select count(*) from locked`,
    { defaults: '{}' },
  );
  for (const table of ['carteira', 'customer'] as const)
    await trx.raw(
      `with locked as (
         select id from ${table} where id in (
           select r.id from ${becoming(table === 'carteira' ? 'carteira' : 'cliente')} and r.id is not null
             and n is distinct from r)
         order by id for no key update)
       select count(*) from locked`,
      { defaults: '{}' },
    );
}

/** Puts beside each stored row what it becomes, as temporary tables that the writes and the counts read. */
export async function mergeStage(trx: Knex.Transaction): Promise<void> {
  for (const type of importTypes) {
    const defaults = await defaultsOf(trx, type);
    await trx.raw(
      `create temporary table merged_${type} on commit drop as
       select s.line, s.key, r.id is null as is_new, n is distinct from r as differs, n.* from ${becoming(type)}`,
      { defaults: JSON.stringify(defaults) },
    );
    await trx.raw(`analyze merged_${type}`);
  }
}

/** The defaults of the table's columns, as the migration has them. */
async function defaultsOf(trx: Knex.Transaction, type: ImportType): Promise<Record<string, unknown>> {
  const columns = columnsOf(type);
  const { rows } = await trx.raw<{ rows: { name: string; expression: string }[] }>(
    `select a.attname as name, pg_get_expr(d.adbin, d.adrelid) as expression
     from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = ?::regclass`,
    [tables[type]],
  );
  const known = rows.filter(({ name }) => columns.includes(name));
  if (known.length === 0) return {};
  const { rows: values } = await trx.raw<{ rows: { defaults: Record<string, unknown> }[] }>(
    `select jsonb_build_object(${known.map(({ name, expression }) => `'${name}', ${expression}`).join(', ')}) as defaults`,
  );
  return values[0]?.defaults ?? {};
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
     where k.type = 'carteira' and ${isTaken('k')} and (${GATEWAY_COLUMNS.map((column) => `n.${column}`).join(', ')})
       is distinct from (${GATEWAY_COLUMNS.map((column) => `r.${column}`).join(', ')})
     order by r.id`,
  );
  return rows.map(({ id }) => id);
}

function columnsOf(type: ImportType): string[] {
  const columns = fieldsOf(type).flatMap(({ info }) => info.column ?? []);
  return [...columns, 'erp_key', ...(type === 'titulo' ? ['imported_registration'] : [])];
}
