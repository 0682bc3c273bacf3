import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_ROWS_A_CALL, type ImportState, type ImportType } from '../../domain/receivable/imports';
import type { Answers } from './answers';
import { ApiError } from './apiError';
import { pauseMs, type Ask } from './request';

export type HttpImportType = ImportType;

/** One row by the ERP's own names: `{type: 'cliente', id: 'C-17', razao: …}`. */
export type HttpImportRow = { type: HttpImportType; id: string | number } & Record<
  string,
  string | number | boolean | null | undefined
>;

export interface HttpImportOptions {
  /**
   * Of 8 to 58 letters, digits, `.`, `_`, `-`. The same one with the same rows imports nothing again: give your own, so
   * that a program that died half-way goes on where it was.
   */
  idempotencyKey: string;
  /** Nothing is taken unless everything fits; at most 50,000 rows. */
  allOrNothing?: boolean;
  onProgress?: (progress: HttpImportProgress) => void;
  signal?: AbortSignal;
}

export interface HttpImportProgress {
  importId: string;
  state: ImportState;
  /** Rows of the calls before this one, and lines of this one that were read so far. */
  rows: number;
}

type ImportView = Answers['GET /importacoes/{id}'];
type RefusedLine = Answers['GET /importacoes/{id}/linhas']['items'][number];

/** One thing wrong with one row: `line` of its call, from 1; `field` by the ERP's name, null = the row as a whole. */
export interface HttpRefusedLine extends RefusedLine {
  /** Place of the row among those that were given, from 0; of a CSV: null. */
  index: number | null;
}

export interface HttpImportReport {
  /** One a call, in order. */
  importIds: string[];
  /** Rows that were sent. */
  rows: number;
  new: number;
  changed: number;
  unchanged: number;
  /** Rows that were not taken; `lines` says why. */
  refused: number;
  /** Fields that nobody knows, with the number of rows that had them. */
  ignoredFields: Record<string, number>;
  /** Why each refused row was refused, in order; read page by page. */
  lines(): AsyncIterable<HttpRefusedLine>;
}

/** Well below what one call may have, and little in memory. */
const BYTES_A_CALL = 24 * 1024 * 1024;
const LONGEST_KEY = 58;
/** A call of 50,000 rows is some seconds of work, and the end of one lets the next but one begin. */
const LONGEST_PAUSE_MS = 250;
const PAGE = 1_000;

/**
 * Imports rows in calls of at most 50,000, each under a key made of `idempotencyKey`, and waits for all: the API takes
 * them in the order in which they came, one is sent while the one before is imported. What a row belongs to comes in
 * the same call or before: filiais, carteiras, clientes, then títulos.
 * @throws ApiError
 */
export async function importRows(
  ask: Ask,
  rows: Iterable<HttpImportRow> | AsyncIterable<HttpImportRow>,
  options: HttpImportOptions,
): Promise<HttpImportReport> {
  const { idempotencyKey, allOrNothing = false } = options;
  if (idempotencyKey.length > LONGEST_KEY)
    throw new ApiError(null, 'entrada_invalida', `idempotencyKey tem mais de ${LONGEST_KEY} caracteres`);
  const report = emptyReport(ask);
  const parts = calls(rows);
  let ending = Promise.resolve();
  try {
    for (let part = await parts.next(); !part.done;) {
      // Made while this one is sent and imported.
      const following = parts.next();
      following.catch(() => undefined);
      if (allOrNothing && !(await following).done)
        throw new ApiError(null, 'entrada_invalida', 'linhas demais para tudo ou nada: são mais de uma chamada', {
          hint: `com allOrNothing, no máximo ${MAX_ROWS_A_CALL} linhas; nada foi enviado`,
        });
      const key = `${idempotencyKey}.${report.importIds.length + 1}`;
      const call = { ...options, body: part.value, key, type: 'application/x-ndjson', query: {}, before: report.rows };
      const importId = await send(ask, report, call);
      await ending;
      ending = addEnd(ask, report, importId, call);
      ending.catch(() => undefined);
      part = await following;
    }
    await ending;
  } finally {
    void parts.return(undefined);
  }
  return report;
}

/** Imports a CSV of one type in one call: at most 50,000 rows, UTF-8 text or the bytes of a file. @throws ApiError */
export async function importCsv(
  ask: Ask,
  csv: string | Uint8Array,
  options: HttpImportOptions & { type?: HttpImportType },
): Promise<HttpImportReport> {
  const report = emptyReport(ask);
  const query = options.type === undefined ? {} : { tipo: options.type };
  const [body, type] = typeof csv === 'string' ? [Buffer.from(csv), 'text/csv; charset=utf-8'] : [csv, 'text/csv'];
  const call = { ...options, body, type, key: options.idempotencyKey, query, before: null };
  await addEnd(ask, report, await send(ask, report, call), call);
  return report;
}

async function* calls(rows: Iterable<HttpImportRow> | AsyncIterable<HttpImportRow>): AsyncGenerator<Buffer> {
  let lines: Buffer[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const line = Buffer.from(`${JSON.stringify(row)}\n`);
    if (lines.length === MAX_ROWS_A_CALL || bytes + line.length > BYTES_A_CALL) {
      yield Buffer.concat(lines, bytes);
      [lines, bytes] = [[], 0];
    }
    lines.push(line);
    bytes += line.length;
  }
  if (lines.length > 0) yield Buffer.concat(lines, bytes);
}

type Report = HttpImportReport & { offsets: (number | null)[] };

function emptyReport(ask: Ask): Report {
  const report: Report = {
    ...{ importIds: [], offsets: [], rows: 0, new: 0, changed: 0, unchanged: 0, refused: 0, ignoredFields: {} },
    async *lines() {
      for (const [nth, importId] of report.importIds.entries())
        yield* refusedLines(ask, importId, report.offsets[nth] ?? null);
    },
  };
  Object.defineProperty(report, 'offsets', { enumerable: false });
  return report;
}

async function* refusedLines(ask: Ask, importId: string, offset: number | null): AsyncGenerator<HttpRefusedLine> {
  for (let cursor: string | undefined; ;) {
    const page = await ask('GET /importacoes/{id}/linhas', {
      ...{ params: { id: importId }, query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
    });
    for (const line of page.items) yield { index: offset === null ? null : offset + line.line - 1, ...line };
    if (page.next === null) return;
    cursor = page.next;
  }
}

interface Call extends Omit<HttpImportOptions, 'idempotencyKey'> {
  body: Uint8Array;
  /** Of the body. */
  type: string;
  key: string;
  query: { tipo?: ImportType };
  /** Rows of the calls before; null: not counted by rows. */
  before: number | null;
}

/** Sends the rows of one call. @returns the import's id */
async function send(ask: Ask, report: Report, call: Call): Promise<string> {
  call.signal?.throwIfAborted();
  const { importId, rows } = await ask('POST /importacoes', {
    query: { ...call.query, ...(call.allOrNothing ? { 'tudo-ou-nada': 'true' } : {}) },
    body: call.body,
    headers: { 'Idempotency-Key': call.key, 'Content-Type': call.type },
  });
  report.importIds.push(importId);
  report.offsets.push(call.before);
  report.rows += rows;
  return importId;
}

/** Waits for the end of a call, and adds what came of it to the report. */
async function addEnd(ask: Ask, report: Report, importId: string, call: Call): Promise<void> {
  const view = await untilEnded(ask, importId, call);
  if (view.state === 'unreadable')
    throw new ApiError(422, 'corpo_ilegivel', view.message ?? 'o corpo não pôde ser lido', {
      hint: 'nada foi importado',
    });
  for (const count of Object.values(view.counts ?? {})) {
    report.new += count.new;
    report.changed += count.changed;
    report.unchanged += count.unchanged;
  }
  report.refused += view.refused ?? 0;
  for (const [field, lines] of Object.entries(view.ignoredFields))
    report.ignoredFields[field] = (report.ignoredFields[field] ?? 0) + lines;
}

async function untilEnded(ask: Ask, importId: string, { before, onProgress, signal }: Call): Promise<ImportView> {
  for (let waits = 0; ; waits += 1) {
    const view = await ask('GET /importacoes/{id}', { params: { id: importId } });
    onProgress?.({ importId, state: view.state, rows: (before ?? 0) + view.lines });
    if (view.ended) return view;
    await sleep(Math.min(pauseMs(waits) / 2, LONGEST_PAUSE_MS), undefined, { ...(signal && { signal }) });
  }
}
