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
const GATEWAY_COLUMNS: readonly string[] = [
  'gateway',
  'convenio',
  'code',
  'variation',
  'timeout_seconds',
  'address_source',
  'pix',
];

/** Imports wait for each other: what each calls new or changed is then true. Any fixed number. */
const IMPORT_LOCK = 7_062_001;

export async function lockOutOtherImports(trx: Knex.Transaction): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(?)', [IMPORT_LOCK]);
}

/** The columns of a table, and of those that a line may have the SQL types and the defaults, as the migrations have them. */
interface Shape {
  type: ImportType;
  columns: readonly string[];
  sqlTypes: ReadonlyMap<string, string>;
  defaults: Record<string, unknown>;
}

/** SQL: the lines that may be taken, `s`, each with the stored row `r` (all null = none yet). */
function becoming({ type }: Shape): string {
  return `staged s join keyed k on k.line = s.line left join ${tables[type]} r on r.id = k.id
     where k.type = '${type}' and ${isTaken('k')}`;
}

/**
 * SQL: the value of a column once the line is taken; a field that the line lacks keeps its value, of a new row its
 * default (`:defaults`). Column by column: a record built from the line's JSON took four times as long.
 */
function becomes(shape: Shape, column: string): string {
  const { type } = shape;
  const written = asWritten(shape, column);
  if (column === 'id') return 'k.id';
  if (column === 'erp_key') return 'case when k.known then r.erp_key else k.erp_key end';
  if (references.some((each) => each.from === type && each.column === column))
    return `coalesce(k.${column}, ${written})`;
  if (type !== 'titulo') return written;
  // An import never lowers impresso, and adds to what earlier systems left without taking away.
  if (column === 'impresso') return `coalesce(r.impresso, false) or coalesce(${written}, false)`;
  if (column === 'imported_registration')
    return `case when coalesce(s.registration, '{}') = '{}' then r.imported_registration else nullif(jsonb_strip_nulls(
       coalesce(r.imported_registration, '{}') || s.registration), '{}') end`;
  return written;
}

function asWritten({ type, sqlTypes, defaults }: Shape, column: string): string {
  const sqlType = sqlTypes.get(column);
  if (sqlType === undefined) return `r.${column}`;
  const keepsOwn = type === 'carteira' && GATEWAY_COLUMNS.includes(column) ? 'r.account_id is null and ' : '';
  const usual = column in defaults ? `(:defaults::jsonb->>'${column}')::${sqlType}` : 'null';
  return `case when ${keepsOwn}jsonb_exists(s.data, '${column}') then (s.data->>'${column}')::${sqlType}
     when r.id is null then ${usual} else r.${column} end`;
}

/** SQL over `becoming`: a new row, or one that will not be as it is. */
function differs(shape: Shape): string {
  const columns = columnsOf(shape.type);
  return `(r.id is null or (${columns.map((column) => becomes(shape, column)).join(', ')})
    is distinct from (${columns.map((column) => `r.${column}`).join(', ')}))`;
}

export type Shapes = Readonly<Record<ImportType, Shape>>;

/** Of all tables. */
export async function readShapes(trx: Knex.Transaction): Promise<Shapes> {
  const shapes = {} as Record<ImportType, Shape>;
  for (const type of importTypes) shapes[type] = await shapeOf(trx, type);
  return shapes;
}

async function shapeOf(trx: Knex.Transaction, type: ImportType): Promise<Shape> {
  const { rows } = await trx.raw<{ rows: { name: string; sqlType: string; expression: string | null }[] }>(
    `select a.attname as name, format_type(a.atttypid, null) as "sqlType", pg_get_expr(d.adbin, d.adrelid) as expression
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = ?::regclass and a.attnum > 0 and not a.attisdropped`,
    [tables[type]],
  );
  const written = rows.filter(({ name }) =>
    fieldsOf(type).some(({ info }) => info.column === name && info.keyOf !== 'self'),
  );
  const usual = written.filter(({ expression }) => expression !== null);
  const { rows: values } = await trx.raw<{ rows: { defaults: Record<string, unknown> }[] }>(
    `select jsonb_build_object(${usual.map(({ name, expression }) => `'${name}', ${expression}`).join(', ')}) as defaults`,
  );
  return {
    type,
    columns: rows.map(({ name }) => name),
    sqlTypes: new Map(written.map(({ name, sqlType }) => [name, sqlType])),
    defaults: values[0]?.defaults ?? {},
  };
}

/** Locks, in the order of ids, every título that will change, or whose customer will: as slices and corrections do. */
export async function lockReceivables(trx: Knex.Transaction, { titulo, carteira, cliente }: Shapes): Promise<void> {
  await trx.raw(
    `with candidate as (
       select r.id from ${becoming(titulo)} and r.id is not null and ${differs(titulo)}
       union
       select t.id from receivable t where t.status in ('A', 'P') and t.customer_id in
         (select r.id from ${becoming(cliente)} and r.id is not null and ${differs(cliente)})),
     locked as (
       select id from receivable where id in (select id from candidate) order by id for no key update)
     select count(*) from locked`,
    { defaults: '{}' },
  );
  for (const shape of [carteira, cliente])
    await trx.raw(
      `with locked as (
         select id from ${tables[shape.type]} where id in (
           select r.id from ${becoming(shape)} and r.id is not null and ${differs(shape)})
         order by id for no key update)
       select count(*) from locked`,
      { defaults: '{}' },
    );
}

/** Puts beside each stored row what it becomes, as temporary tables that the writes and the counts read. */
export async function mergeStage(trx: Knex.Transaction, shapes: Shapes): Promise<void> {
  for (const type of importTypes) {
    const shape = shapes[type];
    await trx.raw(
      `create temporary table merged_${type} on commit drop as
       select s.line, s.key, r.id is null as is_new, ${differs(shape)} as differs,
         ${shape.columns.map((column) => `${becomes(shape, column)} as ${column}`).join(', ')}
       from ${becoming(shape)}`,
      { defaults: JSON.stringify(shape.defaults) },
    );
    await trx.raw(`analyze merged_${type} (line, id, is_new, differs)`);
  }
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
