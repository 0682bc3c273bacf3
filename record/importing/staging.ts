import type { Knex } from 'knex';
import { clipped } from '../../domain/receivable/erpKey';
import { storable } from '../../domain/kinds/text';
import { fieldsOf, importSchemas, type ImportType, type SchemaField } from './schemas';

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

interface TypeReader {
  fields: SchemaField[];
  known: Set<string>;
}

const readers = new Map<ImportType, TypeReader>();

function readerOf(type: ImportType): TypeReader {
  let reader = readers.get(type);
  if (!reader) {
    const fields = fieldsOf(type);
    reader = { fields, known: new Set(fields.map(({ name }) => name)) };
    readers.set(type, reader);
  }
  return reader;
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

/** Reads the fields of one line. */
export function readRow(line: number, type: ImportType, raw: Record<string, unknown>): ReadRow {
  const { fields, known } = readerOf(type);
  const unknown = Object.keys(raw).filter((name) => !known.has(name));
  const parsed = importSchemas[type].safeParse(raw);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ field: String(path[0]), message }));
    const own = importSchemas[type].shape.id.safeParse(raw['id']);
    const row = own.success ? { line, type, key: own.data as string, ...noKeys, data: null, registration: null } : null;
    return { row, key: row?.key ?? shownKey(raw['id']), problems, unknown };
  }
  const values = parsed.data as Record<string, unknown>;
  const data: Record<string, unknown> = {};
  const registration: Record<string, unknown> = {};
  const keys: Partial<Pick<StagedRow, keyof typeof noKeys>> = {};
  for (const { name, info } of fields) {
    const value = values[name];
    if (value === undefined) continue;
    if (info.column === null) registration[name] = value;
    else if (info.keyOf === undefined || value === null) data[info.column] = value;
    else if (info.keyOf !== 'self') keys[keyColumns[info.keyOf]] = value as string;
  }
  const problem = type === 'titulo' ? completeTitulo(data) : null;
  const key = values['id'] as string;
  return {
    row: { line, type, key, ...noKeys, ...keys, data: problem ? null : data, registration },
    ...{ key, problems: problem ? [problem] : [], unknown },
  };
}

/** Where the key of a row of another type stands in the temporary table. */
export const keyColumns = { filial: 'filial_key', carteira: 'carteira_key', cliente: 'customer_key' } as const;
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

/** The temporary table that holds a file until what fits of it is known; gone with the transaction. */
export async function createStage(trx: Knex.Transaction): Promise<void> {
  await trx.raw(
    `create temporary table staged (line int not null, type text not null, key text not null,
       filial_key text, carteira_key text, customer_key text, data jsonb, registration jsonb) on commit drop`,
  );
}

export async function stageRows(trx: Knex.Transaction, rows: readonly StagedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx.raw(
    `insert into staged
     select * from jsonb_to_recordset(?::jsonb) as row(line int, type text, key text, filial_key text, carteira_key text,
       customer_key text, data jsonb, registration jsonb)`,
    [JSON.stringify(rows)],
  );
}

/** Lets the planner see what was staged. */
export async function finishStage(trx: Knex.Transaction): Promise<void> {
  await trx.raw('create index staged_by_key on staged (type, key)');
  await trx.raw('analyze staged');
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
