import type { Knex } from 'knex';
import { fieldsOf, importSchemas, type ImportType, type SchemaField } from './schemas';

/** One well-formed (or not) line on its way to the temporary table. */
export interface StagedRow {
  line: number;
  type: ImportType;
  id: number;
  /** Columns that the line has; null = it has a problem, and counts only as an id that others may refer to. */
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

/** Reads the fields of one line. `row` is null when not even its id can be read. */
export function readRow(
  line: number,
  type: ImportType,
  raw: Record<string, unknown>,
): { row: StagedRow | null; problems: FieldProblem[]; unknown: string[] } {
  const { fields, known } = readerOf(type);
  const unknown = Object.keys(raw).filter((name) => !known.has(name));
  const parsed = importSchemas[type].safeParse(raw);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ field: String(path[0]), message }));
    const id = importSchemas[type].shape.id.safeParse(raw['id']);
    const row = id.success ? { line, type, id: id.data as number, data: null, registration: null } : null;
    return { row, problems, unknown };
  }
  const values = parsed.data as Record<string, unknown>;
  const data: Record<string, unknown> = {};
  const registration: Record<string, unknown> = {};
  for (const { name, info } of fields) {
    const value = values[name];
    if (value === undefined) continue;
    if (info.column === null) registration[name] = value;
    else data[info.column] = value;
  }
  const problem = type === 'titulo' ? completeTitulo(data) : null;
  return {
    row: { line, type, id: data['id'] as number, data: problem ? null : data, registration },
    problems: problem ? [problem] : [],
    unknown,
  };
}

/** What follows from other fields when the line does not say it. */
function completeTitulo(data: Record<string, unknown>): FieldProblem | null {
  if (data['contract_id'] != null) data['contract_kind'] ??= 'recorrente';
  if (data['open_amount_cents'] != null) return null;
  if (data['status'] === 'P') return { field: 'valor_aberto', message: 'é obrigatório quando o status é P (parcial)' };
  data['open_amount_cents'] = data['status'] === 'R' ? 0 : data['amount_cents'];
  return null;
}

/** The temporary table that holds a file until all of it is known to be good; gone with the transaction. */
export async function createStage(trx: Knex.Transaction): Promise<void> {
  await trx.raw(
    `create temporary table staged (line int not null, type text not null, id bigint not null, data jsonb, registration jsonb)
     on commit drop`,
  );
}

export async function stageRows(trx: Knex.Transaction, rows: readonly StagedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx.raw(
    `insert into staged (line, type, id, data, registration)
     select line, type, id, data, registration
     from jsonb_to_recordset(?::jsonb) as row(line int, type text, id bigint, data jsonb, registration jsonb)`,
    [JSON.stringify(rows)],
  );
}

/** Lets the planner see what was staged. */
export async function finishStage(trx: Knex.Transaction): Promise<void> {
  await trx.raw('create index staged_by_id on staged (type, id)');
  await trx.raw('analyze staged');
}
