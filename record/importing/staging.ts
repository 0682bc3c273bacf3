import type { Knex } from 'knex';
import { clipped, numberOfKey } from '../../domain/receivable/erpKey';
import { storable } from '../../domain/kinds/text';
import { importTypes, type ImportType } from '../../domain/receivable/imports';
import { copyRows } from './copyRows';
import type { Field } from './forms';
import { fieldsOf, importFields } from './schemas';

/** One well-formed (or not) line on its way to the temporary table. */
export interface StagedRow {
  line: number;
  type: ImportType;
  /** The ERP's, of the row itself. */
  key: string;
  /** Keys of the rows that it belongs to, where the line says them; one that it says to be none is null in `data`. */
  filial_key: string | null;
  carteira_key: string | null;
  customer_key: string | null;
  /** The other columns that the line has; null = it has a problem, and counts only as a key that others may refer to. */
  data: Record<string, unknown> | null;
  registration: Record<string, unknown> | null;
}

export interface FieldProblem {
  field: string;
  message: string;
}

export interface ReadRow {
  /** null when not even its key can be read. */
  row: StagedRow | null;
  /** For people: the key, or as much of it as tells which it is; null where there is none. */
  key: string | null;
  problems: FieldProblem[];
  /** Fields that no schema knows. */
  unknown: string[];
}

const required = Object.fromEntries(
  importTypes.map((type) => [type, fieldsOf(type).flatMap((field) => (field.required ? [field.name] : []))]),
) as Record<ImportType, string[]>;

/** Reads the fields of one line. */
export function readRow(line: number, type: ImportType, raw: Record<string, unknown>): ReadRow {
  const fields: Readonly<Record<string, Field>> = importFields[type];
  const data: Record<string, unknown> = {};
  const registration: Record<string, unknown> = {};
  const keys: Partial<Pick<StagedRow, keyof typeof noKeys>> = {};
  const problems: FieldProblem[] = required[type]
    .filter((name) => raw[name] === undefined)
    .map((name) => ({ field: name, message: 'é obrigatório e não veio' }));
  const unknown: string[] = [];
  let key: string | null = null;
  for (const [name, written] of Object.entries(raw)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) unknown.push(name);
    else if (written !== undefined) {
      const { column, keyOf } = field.info;
      const read = field.read(written);
      if ('problem' in read) problems.push({ field: name, message: read.problem });
      else if (keyOf === 'self') key = read.value as string;
      else if (column === null) registration[name] = read.value;
      else if (keyOf === undefined || read.value === null) data[column] = read.value;
      else keys[keyColumns[keyOf]] = read.value as string;
    }
  }
  if (key === null || problems.length > 0) {
    const row = key === null ? null : { line, type, key, ...noKeys, data: null, registration: null };
    const places = Object.keys(fields);
    problems.sort((one, other) => places.indexOf(one.field) - places.indexOf(other.field));
    return { row, key: key ?? shownKey(raw['id']), problems, unknown };
  }
  const problem = type === 'titulo' ? completeTitulo(data) : null;
  return {
    row: { line, type, key, ...noKeys, ...keys, data: problem ? null : data, registration },
    ...{ key, problems: problem ? [problem] : [], unknown },
  };
}

/** Where the key of a row of another type stands in the temporary table, and its number. */
export const keyColumns = { filial: 'filial_key', carteira: 'carteira_key', cliente: 'customer_key' } as const;
export const numberColumns = {
  ...{ filial: 'filial_number', carteira: 'carteira_number', cliente: 'customer_number' },
} as const;
const noKeys = { filial_key: null, carteira_key: null, customer_key: null };

function shownKey(raw: unknown): string | null {
  if (typeof raw !== 'string' && typeof raw !== 'number') return null;
  return clipped(storable(String(raw)).trim()) || null;
}

/** What follows from other fields when the line does not say it. */
function completeTitulo(data: Record<string, unknown>): FieldProblem | null {
  if (data['contract_id'] != null) data['contract_kind'] ??= 'recorrente';
  if (data['open_amount_cents'] != null) return null;
  // What is open of one that the record has is not told by a line without its status: `completeOpen` knows it.
  if (data['status'] === undefined) {
    delete data['open_amount_cents'];
    return null;
  }
  if (data['status'] === 'P') return { field: 'valor_aberto', message: 'é obrigatório quando o status é P (parcial)' };
  data['open_amount_cents'] = data['status'] === 'R' ? 0 : data['amount_cents'];
  return null;
}

/** The columns of the temporary table; the numbers are those of the keys that are digits. */
const stagedColumns = {
  ...{ line: 'int not null', type: 'text not null', key: 'text not null', number: 'bigint' },
  ...{ filial_key: 'text', filial_number: 'bigint', carteira_key: 'text', carteira_number: 'bigint' },
  ...{ customer_key: 'text', customer_number: 'bigint', data: 'jsonb', registration: 'jsonb' },
};

/** The temporary table that holds a file until what fits of it is known; gone with the transaction. */
export async function createStage(trx: Knex.Transaction): Promise<void> {
  const columns = Object.entries(stagedColumns).map(([name, type]) => `${name} ${type}`);
  await trx.raw(`create temporary table staged (${columns.join(', ')}) on commit drop`);
}

export async function stageRows(trx: Knex.Transaction, rows: readonly StagedRow[]): Promise<void> {
  await copyRows(
    trx,
    `staged (${Object.keys(stagedColumns).join(', ')})`,
    rows.map((row) => [
      ...[row.line, row.type, row.key, numberOfKey(row.key)],
      ...[row.filial_key, row.filial_key && numberOfKey(row.filial_key)],
      ...[row.carteira_key, row.carteira_key && numberOfKey(row.carteira_key)],
      ...[row.customer_key, row.customer_key && numberOfKey(row.customer_key)],
      ...[row.data && JSON.stringify(row.data), row.registration && JSON.stringify(row.registration)],
    ]),
  );
}

/** Lets the planner see what was staged. */
export async function finishStage(trx: Knex.Transaction): Promise<void> {
  await trx.raw('create index staged_by_key on staged (type, key)');
  await trx.raw('analyze staged (line, type, key, filial_key, carteira_key, customer_key)');
}

/** A line that says neither status nor what is open: a new título, or one that nobody paid of, is open as a whole. */
export async function completeOpen(trx: Knex.Transaction): Promise<void> {
  await trx.raw(
    `update staged s set data = s.data || jsonb_build_object('open_amount_cents', s.data->'amount_cents')
     from keyed k left join receivable r on r.id = k.id
     where k.line = s.line and k.type = 'titulo' and not jsonb_exists(s.data, 'open_amount_cents')
       and jsonb_exists(s.data, 'amount_cents') and coalesce(r.status, 'A') in ('A', 'C')`,
  );
}
