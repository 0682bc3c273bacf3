import type { Knex } from 'knex';
import { storable } from '../../domain/kinds/text';
import { reviewAtTheEnd } from '../receivables/bankWork';
import { foldPending, keepPending } from '../receivables/pendingChanges';
import { judgeImported } from '../receivables/proposals';
import {
  findKeptSettings,
  lockOutOtherImports,
  lockReceivables,
  mergeStage,
  readShapes,
  writeMerged,
  type ImportCounts,
} from './apply';
import { readCsv } from './csv';
import { detectEncoding, readText } from './decode';
import { readJsonLines } from './jsonLines';
import { giveIds } from './keys';
import { splitLines, type RawRecord } from './lines';
import { addProblems, countProblems, createProblems, storeProblems, type ImportProblem } from './problems';
import { refuseRepeated } from './refusals';
import { reviewImported } from './reviewImported';
import { beginRun, endRun, lockRun } from './runs';
import type { ImportType } from '../../domain/receivable/imports';
import { spool, type ReadableAgain } from './spool';
import { completeOpen, createStage, finishStage, readRow, stageRows, type StagedRow } from './staging';

export const MAX_IMPORT_BYTES = 512 * 1024 * 1024;
/** Rows a statement stages: some hundred kilobytes of text. */
const ROWS_AT_ONCE = 500;
const PROGRESS_EVERY = 5_000;
/** Different unknown names that are counted apart. */
const MAX_UNKNOWN_NAMES = 100;

export interface ImportRequest {
  /** Of whoever asks: the same import asked for again is answered with what it ended with. */
  importId: string;
  /** The bytes of the file as they come: JSON Lines or CSV. */
  rows: AsyncIterable<Buffer>;
  /** Opaque login id. */
  by: string;
  source: 'cli' | 'http';
  /** Of a CSV file; null = recognised by its header. JSON Lines say it in each line. */
  type?: ImportType | null;
  /** Nothing is taken unless everything fits. */
  allOrNothing?: boolean;
  /** Those of whoever asks: rows of others are refused as if they were nowhere. null = all */
  filiais?: readonly number[] | null;
  /** How long it waits for another import, or for whoever holds a row; absent = a minute. */
  lockSeconds?: number;
  /** Awaited when all lines are read, before they are judged by what the record has. */
  beforeJudging?: () => Promise<void>;
  /** Told now and then with the number of lines read. */
  onProgress?: (lines: number) => void;
  /** Breaks it off: nothing was changed then. */
  signal?: AbortSignal;
}

interface ImportEnd {
  importId: string;
  /** All of them: `readImportProblems` lists them. A line can have several. */
  problems: number;
  /** Lines that were not taken because of them. */
  refused: number;
  /** Fields that no schema knows, with the number of lines that had them. */
  ignoredFields: Record<string, number>;
  /** Carteiras that keep the gateway settings of `carteira definir` although the file has others. */
  keptGatewaySettings: number[];
}

export type ImportResult =
  | (ImportEnd & {
      kind: 'imported';
      counts: Record<ImportType, ImportCounts>;
      /** Títulos whose line waits for the end of a call that has no certain result yet. */
      pending: number;
    })
  /** Nothing was changed, since not everything fits. `onlyRefusals`: nothing is wrong with the file itself. */
  | (ImportEnd & { kind: 'refused'; onlyRefusals: boolean })
  /** The file as a whole cannot be read. */
  | { kind: 'unreadable'; message: string };

/**
 * Imports what fits of one file and lists the rest. It is staged in temporary tables of one transaction, judged line by
 * line, and then written: killed half-way, nothing was changed, and it may be asked for again under the same id.
 * Memory does not grow with the file, nor with what is wrong with it.
 * @throws when the record fails half-way, the source does, or `signal` is aborted; nothing was changed then, unless
 * only the answer to the commit was lost.
 */
export async function importRows(knex: Knex, request: ImportRequest): Promise<ImportResult> {
  const earlier = await beginRun(knex, request);
  if (earlier) return earlier;
  const result = await importBytes(knex, request);
  if (result.kind === 'unreadable') await endRun(knex, request.importId, result);
  return result;
}

async function importBytes(knex: Knex, request: ImportRequest): Promise<ImportResult> {
  if (isReadableAgain(request.rows)) return importWhole(knex, request.rows, request);
  const spooled = await spool(request.rows, MAX_IMPORT_BYTES);
  if (!spooled)
    return unreadable(`o arquivo tem mais de ${MAX_IMPORT_BYTES / 1024 / 1024} MiB: divida-o e importe as partes`);
  try {
    if (spooled.bytes === 0) return unreadable('o arquivo está vazio');
    return await importWhole(knex, spooled.rows, request);
  } finally {
    await spooled.close();
  }
}

function isReadableAgain(rows: AsyncIterable<Buffer>): rows is ReadableAgain {
  return 'readableAgain' in rows;
}

function unreadable(message: string): ImportResult {
  return { kind: 'unreadable', message };
}

async function importWhole(knex: Knex, rows: ReadableAgain, request: ImportRequest): Promise<ImportResult> {
  const encoding = await detectEncoding(rows);
  if ('problem' in encoding) return unreadable(encoding.problem);
  const records = await openRecords(readText(rows, encoding), request.type ?? null);
  if ('problem' in records) return unreadable(records.problem);

  const { importId, filiais = null, allOrNothing = false, lockSeconds = 60 } = request;
  const trx = await knex.transaction();
  try {
    const earlier = await lockRun(trx, importId);
    if (earlier) {
      await trx.rollback();
      return earlier;
    }
    // Waits for slices and other imports, but not for ever.
    await trx.raw(`set local lock_timeout = '${lockSeconds}s'`);
    await createStage(trx);
    await createProblems(trx);
    const ignoredFields = await stage(trx, records.records, request);
    await finishStage(trx);
    await request.beforeJudging?.();
    await lockOutOtherImports(trx);
    await refuseRepeated(trx);
    await giveIds(trx, filiais);
    // Under locks what is found stays true; a file that is refused anyway locks nothing.
    const doomed = allOrNothing && (await countProblems(trx)).problems > 0;
    await completeOpen(trx);
    await foldPending(trx);
    const shapes = await readShapes(trx);
    if (!doomed) await lockReceivables(trx, shapes);
    await mergeStage(trx, shapes);
    request.signal?.throwIfAborted();

    const { problems, lines: refused, onlyRefusals } = await countProblems(trx);
    const keptGatewaySettings = await findKeptSettings(trx);
    const end = { importId, problems, refused, ignoredFields, keptGatewaySettings };
    const result: ImportResult =
      allOrNothing && problems > 0
        ? { kind: 'refused', ...end, onlyRefusals }
        : { kind: 'imported', ...end, ...(await writeWhatFits(trx, request.by)) };
    if (result.kind === 'imported') await audit(trx, request, result);
    await storeProblems(trx, importId);
    await endRun(trx, importId, result);
    await trx.commit();
    return result;
  } catch (error) {
    // The connection may be gone: then the server rolls back by itself.
    await trx.rollback().catch(() => undefined);
    throw error;
  }
}

/** Corrections stand, what the bank has becomes work there, and what a call holds up waits for its end. */
async function writeWhatFits(
  trx: Knex.Transaction,
  by: string,
): Promise<{ counts: Record<ImportType, ImportCounts>; pending: number }> {
  await judgeImported(trx, by);
  const pending = await keepPending(trx, by);
  await reviewAtTheEnd(trx);
  const counts = await writeMerged(trx);
  await reviewImported(trx, by);
  return { counts, pending };
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

/** Reads all lines into the temporary tables. @returns the fields that no schema knows */
async function stage(
  trx: Knex.Transaction,
  records: AsyncIterable<RawRecord>,
  { onProgress = () => undefined, signal }: ImportRequest,
): Promise<Record<string, number>> {
  const ignoredFields = new Map<string, number>();
  let lines = 0;
  let rows: StagedRow[] = [];
  let problems: ImportProblem[] = [];
  // While one group is written the next is read.
  let writing = Promise.resolve();
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    await writing;
    const [taken, wrong] = [rows, problems];
    [rows, problems] = [[], []];
    writing = stageRows(trx, taken).then(() => addProblems(trx, wrong));
    // Told by whoever awaits it, or by what failed before.
    writing.catch(() => undefined);
  };
  for await (const record of records) {
    lines += 1;
    if (lines % PROGRESS_EVERY === 0) onProgress(lines);
    if ('problem' in record) {
      const { line, field, code, problem: message } = record;
      problems.push({ line, key: null, field, code, message, kind: 'form' });
    } else {
      const { row, key, problems: found, unknown } = readRow(record.line, record.type, record.fields);
      for (const { field, message } of found)
        problems.push({ line: record.line, key, field, code: 'campo_invalido', message, kind: 'form' });
      for (const name of unknown) countUnknown(ignoredFields, name);
      if (row) rows.push(row);
    }
    if (rows.length >= ROWS_AT_ONCE || problems.length >= ROWS_AT_ONCE) await flush();
  }
  if (lines === 0) {
    const message = 'o arquivo não tem nenhum registro';
    problems.push({ line: 1, key: null, field: null, code: 'arquivo_sem_registros', message, kind: 'form' });
  }
  await flush();
  await writing;
  return Object.fromEntries(ignoredFields);
}

function countUnknown(ignoredFields: Map<string, number>, name: string): void {
  const known = ignoredFields.has(name) || ignoredFields.size < MAX_UNKNOWN_NAMES;
  const counted = known ? storable(name.slice(0, 60)) : '(outros)';
  ignoredFields.set(counted, (ignoredFields.get(counted) ?? 0) + 1);
}

/** One entry for a file that changed something: what each row was is in the ERP. */
async function audit(
  trx: Knex.Transaction,
  { importId, by }: ImportRequest,
  { counts, refused }: Extract<ImportResult, { kind: 'imported' }>,
): Promise<void> {
  if (Object.values(counts).every((count) => count.new + count.changed === 0)) return;
  await trx('audit_entry').insert({
    actor: by,
    action: 'importar',
    entity: 'import',
    entity_id: importId,
    after: JSON.stringify(refused > 0 ? { ...counts, refused } : counts),
  });
}
