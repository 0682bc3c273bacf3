import type { Knex } from 'knex';
import { storable } from '../../domain/kinds/text';

/** One thing wrong with one line of a file, in Portuguese. */
export interface ImportProblem {
  line: number;
  /** The ERP's key of the row, clipped; null where it cannot be told. */
  key: string | null;
  /** The ERP's name of the field; null = the line as a whole. */
  field: string | null;
  /** For programs. */
  code: ProblemCode;
  message: string;
  /** `refused`: the line is well written, but may not be taken now. */
  kind: 'form' | 'reference' | 'refused';
}

export type ProblemCode =
  /** Not to be read as a row: no JSON, quotes left open, another number of columns, too long. */
  | 'linha_ilegivel'
  /** The file ends in the middle of it. */
  | 'linha_incompleta'
  | 'cabecalho_invalido'
  | 'tipo_desconhecido'
  | 'arquivo_sem_registros'
  | 'campo_invalido'
  /** Its key is on an earlier line. */
  | 'linha_repetida'
  | 'referencia_inexistente'
  /** What it refers to is in this file, and was not taken. */
  | 'referencia_recusada'
  /** Of a filial that whoever asks does not see. */
  | 'fora_da_filial'
  | 'tentativa_sem_resultado'
  | 'boleto_registrado';

/** A problem with its place in the order of the lines, from 1. */
export interface NumberedProblem extends ImportProblem {
  number: number;
}

/** The temporary table of what is wrong: a line that stands in it is not taken. Gone with the transaction. */
export async function createProblems(trx: Knex.Transaction): Promise<void> {
  await trx.raw(
    `create temporary table problem (nth bigint generated always as identity, line int not null, key text, field text,
       code text not null, message text not null, kind text not null) on commit drop`,
  );
  await trx.raw('create index problem_by_line on problem (line)');
}

/** SQL over an `alias` with a line: nothing is wrong with it so far. */
export const isTaken = (alias: string) => `not exists (select from problem p where p.line = ${alias}.line)`;

export async function addProblems(trx: Knex.Transaction, problems: readonly ImportProblem[]): Promise<void> {
  if (problems.length === 0) return;
  await trx.raw(
    `insert into problem (line, key, field, code, message, kind)
     select line, key, field, code, message, kind from jsonb_to_recordset(?::jsonb)
       as p(line int, key text, field text, code text, message text, kind text)`,
    [JSON.stringify(problems.map((problem) => ({ ...problem, message: storable(problem.message) })))],
  );
}

/**
 * Refuses the lines that a query finds.
 * @param query gives line, key, field and message of each, in this order
 */
export async function refuseLines(
  trx: Knex.Transaction,
  { code, kind }: Pick<ImportProblem, 'code' | 'kind'>,
  query: string,
  values: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await trx.raw(
    `insert into problem (line, key, field, message, code, kind)
     select found.*, :code, :kind from (${query}) found (line, key, field, message)`,
    { ...values, code, kind },
  );
}

/** Of all problems so far. */
export interface ProblemTotals {
  problems: number;
  /** Lines that have one or more. */
  lines: number;
  /** Nothing is wrong with the file itself. */
  onlyRefusals: boolean;
}

export async function countProblems(trx: Knex.Transaction): Promise<ProblemTotals> {
  const { rows } = await trx.raw<{ rows: ProblemTotals[] }>(
    `select count(*)::int as problems, count(distinct line)::int as lines,
       coalesce(bool_and(kind = 'refused'), false) as "onlyRefusals" from problem`,
  );
  return rows[0] as ProblemTotals;
}

/** Keeps them in the record, in the order of the lines. */
export async function storeProblems(trx: Knex.Transaction, importId: string): Promise<void> {
  await trx.raw(
    `insert into import_problem (import_id, number, line, key, field, code, message, kind)
     select ?, row_number() over (order by line, nth), line, key, field, code, message, kind from problem`,
    [importId],
  );
}

/** In the order of the lines, after the `number` that the page before ended with (0 = from the start). */
export async function readImportProblems(
  knex: Knex,
  importId: string,
  { after, limit }: { after: number; limit: number },
): Promise<NumberedProblem[]> {
  const { rows } = await knex.raw<{ rows: NumberedProblem[] }>(
    `select number, line, key, field, code, message, kind from import_problem
     where import_id = ? and number > ? order by number limit ?`,
    [importId, after, limit],
  );
  return rows;
}

const PAGE = 1_000;

/** All of them, one page in memory at a time. */
export async function* eachImportProblem(knex: Knex, importId: string): AsyncGenerator<NumberedProblem> {
  for (let after = 0; ;) {
    const page = await readImportProblems(knex, importId, { after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.number ?? after;
  }
}
