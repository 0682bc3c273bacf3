import { open, type FileHandle } from 'node:fs/promises';
import type { Knex } from 'knex';
import {
  findKeptSettings,
  findMissingReferences,
  findRepeatedIds,
  lockOutOtherImports,
  lockReceivables,
  mergeStage,
  writeMerged,
  type ImportCounts,
} from './apply';
import { readCsv } from './csv';
import { detectEncoding, readText } from './decode';
import { readJsonLines } from './jsonLines';
import { splitLines, type RawRecord } from './lines';
import { createProblemList, type ImportProblem, type ProblemList } from './problems';
import type { ImportType } from './schemas';
import { createStage, finishStage, readRow, stageRows, type StagedRow } from './staging';
import { reviewAtTheEnd } from '../bankWork';
import { foldPending, keepPending } from '../pendingChanges';
import { judgeImported } from '../proposals';
import { reviewImported } from './reviewImported';

const MAX_FILE_BYTES = 512 * 1024 * 1024;
/** Rows a statement stages: a few hundred kilobytes of JSON. */
const ROWS_AT_ONCE = 1_000;
/** Different unknown names that are counted apart. */
const MAX_UNKNOWN_NAMES = 100;

export interface ImportRequest {
  path: string;
  /** Opaque login id. */
  by: string;
  /** Of a CSV file; null = recognised by its header. JSON Lines say it in each line. */
  type?: ImportType | null;
  /** Told now and then with the number of lines read. */
  onProgress?: (lines: number) => void;
}

export type ImportResult =
  | {
      kind: 'imported';
      counts: Record<ImportType, ImportCounts>;
      /** Títulos whose line waits for the end of a call that has no certain result yet. */
      pending: number;
      /** Fields that no schema knows, with the number of lines that had them. */
      ignoredFields: Record<string, number>;
      /** Carteiras that keep the gateway settings of `carteira definir` although the file has others. */
      keptGatewaySettings: number[];
    }
  /** Nothing was changed. `problems` are the first ones by line, `count` is all of them. */
  | { kind: 'refused'; problems: ImportProblem[]; count: number; onlyRefusals: boolean }
  /** The file as a whole cannot be read. */
  | { kind: 'unreadable'; message: string };

/**
 * Imports one file, all or nothing: it is staged in temporary tables of one transaction, checked as a whole, and only
 * then written. Memory does not grow with the file.
 * @throws when the record fails half-way; nothing was changed then, unless only the answer to the commit was lost.
 */
export async function importFile(knex: Knex, request: ImportRequest): Promise<ImportResult> {
  const opened = await openFile(request.path);
  if ('message' in opened) return { kind: 'unreadable', message: opened.message };
  try {
    return await importOpenFile(knex, opened.file, request);
  } finally {
    await opened.file.close();
  }
}

async function openFile(path: string): Promise<{ file: FileHandle } | { message: string }> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { message: `o arquivo ${path} não existe` };
    if (code === 'EACCES') return { message: `sem permissão para ler o arquivo ${path}` };
    return { message: `o arquivo ${path} não pôde ser aberto (${code})` };
  }
  const stat = await file.stat();
  const message = !stat.isFile()
    ? `${path} não é um arquivo`
    : stat.size === 0
      ? `o arquivo ${path} está vazio`
      : stat.size > MAX_FILE_BYTES
        ? `o arquivo ${path} tem mais de ${MAX_FILE_BYTES / 1024 / 1024} MiB: divida-o e importe as partes`
        : null;
  if (message === null) return { file };
  await file.close();
  return { message };
}

async function importOpenFile(knex: Knex, file: FileHandle, request: ImportRequest): Promise<ImportResult> {
  const encoding = await detectEncoding(file);
  if ('problem' in encoding) return { kind: 'unreadable', message: encoding.problem };
  const records = await openRecords(readText(file, encoding), request.type ?? null);
  if ('problem' in records) return { kind: 'unreadable', message: records.problem };

  const problems = createProblemList();
  const ignoredFields = new Map<string, number>();
  const trx = await knex.transaction();
  try {
    // Waits for slices and other imports, but not for ever.
    await trx.raw(`set local lock_timeout = '60s'`);
    await createStage(trx);
    const lines = await stage(trx, records.records, problems, ignoredFields, request.onProgress);
    await finishStage(trx);
    if (lines === 0 && problems.count() === 0)
      problems.add({ line: 1, field: null, message: 'o arquivo não tem nenhum registro', kind: 'form' });
    await lockOutOtherImports(trx);
    await findRepeatedIds(trx, problems);
    await findMissingReferences(trx, problems);
    // Under locks what is found stays true; a file that is refused anyway locks nothing.
    await foldPending(trx);
    if (problems.count() === 0) await lockReceivables(trx);
    await mergeStage(trx);
    if (problems.count() > 0) {
      await trx.rollback();
      return {
        kind: 'refused',
        problems: problems.told(),
        count: problems.count(),
        onlyRefusals: problems.onlyRefusals(),
      };
    }
    const keptGatewaySettings = await findKeptSettings(trx);
    await judgeImported(trx, request.by);
    const pending = await keepPending(trx, request.by);
    await reviewAtTheEnd(trx);
    const counts = await writeMerged(trx);
    await reviewImported(trx, request.by);
    await audit(trx, request.by, counts);
    await trx.commit();
    return { kind: 'imported', counts, pending, ignoredFields: Object.fromEntries(ignoredFields), keptGatewaySettings };
  } catch (error) {
    // The connection may be gone: then the server rolls back by itself.
    await trx.rollback().catch(() => undefined);
    throw error;
  }
}

/** JSON Lines begin with `{`; anything else is taken for CSV. */
async function openRecords(
  text: AsyncGenerator<string>,
  type: ImportType | null,
): Promise<{ records: AsyncGenerator<RawRecord> } | { problem: string }> {
  const pieces: string[] = [];
  let beginning = '';
  while (beginning === '') {
    const next = await text.next();
    if (next.done) return { problem: 'o arquivo não tem nenhum registro' };
    pieces.push(next.value);
    beginning = next.value.trimStart();
  }
  if (beginning.startsWith('['))
    return {
      problem: 'o arquivo é uma lista JSON; use JSON Lines: um objeto { … } por linha, sem [ ] nem vírgulas entre eles',
    };
  const lines = splitLines(
    (async function* () {
      yield* pieces;
      yield* text;
    })(),
  );
  return { records: beginning.startsWith('{') ? readJsonLines(lines) : readCsv(lines, type) };
}

async function stage(
  trx: Knex.Transaction,
  records: AsyncIterable<RawRecord>,
  problems: ProblemList,
  ignoredFields: Map<string, number>,
  onProgress: (lines: number) => void = () => undefined,
): Promise<number> {
  let lines = 0;
  let rows: StagedRow[] = [];
  for await (const record of records) {
    lines += 1;
    if (lines % 20_000 === 0) onProgress(lines);
    if ('problem' in record) {
      problems.add({ line: record.line, field: record.field, message: record.problem, kind: 'form' });
      continue;
    }
    const read = readRow(record.line, record.type, record.fields);
    for (const { field, message } of read.problems) problems.add({ line: record.line, field, message, kind: 'form' });
    for (const name of read.unknown) countUnknown(ignoredFields, name);
    if (read.row) rows.push(read.row);
    if (rows.length < ROWS_AT_ONCE) continue;
    await stageRows(trx, rows);
    rows = [];
  }
  await stageRows(trx, rows);
  return lines;
}

function countUnknown(ignoredFields: Map<string, number>, name: string): void {
  const known = ignoredFields.has(name) || ignoredFields.size < MAX_UNKNOWN_NAMES;
  const counted = known ? name.slice(0, 60).toWellFormed() : '(outros)';
  ignoredFields.set(counted, (ignoredFields.get(counted) ?? 0) + 1);
}

/** One entry for a file that changed something: what each row was is in the ERP. */
async function audit(trx: Knex.Transaction, by: string, counts: Record<ImportType, ImportCounts>): Promise<void> {
  if (Object.values(counts).every((count) => count.new + count.changed === 0)) return;
  await trx('audit_entry').insert({
    actor: by,
    action: 'importar',
    entity: 'import',
    entity_id: '',
    after: JSON.stringify(counts),
  });
}
