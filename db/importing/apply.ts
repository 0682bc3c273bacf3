import type { Knex } from 'knex';
import { MAX_TOLD, type ImportProblem, type ProblemList } from './problems';
import { fieldsOf, importTypes, type ImportType } from './schemas';

export interface ImportCounts {
  new: number;
  changed: number;
  unchanged: number;
}

const tables: Record<ImportType, string> = {
  filial: 'filial',
  carteira: 'carteira',
  cliente: 'customer',
  titulo: 'receivable',
};

/** Once a carteira has a gateway account, these columns belong to `carteira definir`: the ERP's copy may be older. */
const GATEWAY_COLUMNS = ['gateway', 'convenio', 'code', 'variation', 'timeout_seconds', 'address_source', 'pix'];

const references = [
  { from: 'carteira', field: 'filial_id', column: 'filial_id', to: 'filial', what: 'a filial' },
  { from: 'titulo', field: 'id_cliente', column: 'customer_id', to: 'cliente', what: 'o cliente' },
  { from: 'titulo', field: 'filial_id', column: 'filial_id', to: 'filial', what: 'a filial' },
  { from: 'titulo', field: 'id_carteira_cobranca', column: 'carteira_id', to: 'carteira', what: 'a carteira' },
] as const;

/** Imports wait for each other: what each calls new or changed is then true. Any fixed number. */
const IMPORT_LOCK = 7_062_001;

export async function lockOutOtherImports(trx: Knex.Transaction): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(?)', [IMPORT_LOCK]);
}

export async function findRepeatedIds(trx: Knex.Transaction, problems: ProblemList): Promise<void> {
  await collect(
    trx,
    problems,
    `select line, 'id' as field, 'form' as kind, 'o ' || type || ' ' || id || ' já está na linha ' || first as message
     from (select line, type, id, min(line) over (partition by type, id) as first from staged) as s where line > first`,
  );
}

export async function findMissingReferences(trx: Knex.Transaction, problems: ProblemList): Promise<void> {
  for (const { from, field, column, to, what } of references)
    await collect(
      trx,
      problems,
      `select line, '${field}' as field, 'reference' as kind,
         '${what} ' || target || ' não existe no registro nem neste arquivo' as message
       from (select line, (data->>'${column}')::bigint as target from staged
             where type = '${from}' and data is not null) as s
       where target is not null and not exists (select from ${tables[to]} t where t.id = target)
         and not exists (select from staged t where t.type = '${to}' and t.id = target)`,
    );
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
  return `staged s left join ${table} r on r.id = s.id
     cross join lateral jsonb_populate_record(r, case when r.id is null then :defaults::jsonb else '{}' end || ${given}) n
     where s.type = '${type}' and s.data is not null`;
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
       select s.line, r.id is null as is_new, n is distinct from r as differs, n.* from ${becoming(type)}`,
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
    const updates = columns.filter((column) => column !== 'id').map((column) => `${column} = m.${column}`);
    await trx.raw(
      `insert into ${tables[type]} (${columns.join(', ')})
       select ${columns.join(', ')} from merged_${type} where is_new order by id`,
    );
    await trx.raw(
      `update ${tables[type]} t set ${updates.join(', ')}
       from (select * from merged_${type} where differs and not is_new order by id) m where t.id = m.id`,
    );
    const { rows } = await trx.raw<{ rows: ImportCounts[] }>(
      `select count(*) filter (where is_new)::int as new, count(*) filter (where differs and not is_new)::int as changed,
         count(*) filter (where not differs)::int as unchanged
       from merged_${type}`,
    );
    counts[type] = rows[0] as ImportCounts;
  }
  return counts;
}

/** Carteiras whose gateway settings in the file are not those of their account. */
export async function findKeptSettings(trx: Knex.Transaction): Promise<number[]> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `select r.id from staged s join carteira r on r.id = s.id and r.account_id is not null
     cross join lateral jsonb_populate_record(r, s.data) n
     where s.type = 'carteira' and (${GATEWAY_COLUMNS.map((column) => `n.${column}`).join(', ')})
       is distinct from (${GATEWAY_COLUMNS.map((column) => `r.${column}`).join(', ')})
     order by r.id`,
  );
  return rows.map(({ id }) => id);
}

function columnsOf(type: ImportType): string[] {
  const columns = fieldsOf(type).flatMap(({ info }) => info.column ?? []);
  return type === 'titulo' ? [...columns, 'imported_registration'] : columns;
}

/** Adds the problems that a query finds; of very many, the first ones and the count. */
async function collect(trx: Knex.Transaction, problems: ProblemList, query: string): Promise<void> {
  const { rows } = await trx.raw<{ rows: (ImportProblem & { total: number })[] }>(
    `select line, field, message, kind, count(*) over ()::int as total from (${query}) as found
     order by line limit ${MAX_TOLD}`,
  );
  for (const { line, field, message, kind } of rows) problems.add({ line, field, message, kind });
  problems.addUntold((rows[0]?.total ?? 0) - rows.length);
}
