import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { ImportProgress, ImportState, ImportType } from '../../domain/receivable/imports';
import type { ReadableAgain } from '../importing/spool';

export interface NewImportRequest {
  /** Opaque id of the person or program. */
  by: string;
  key: string;
  filiais: readonly number[] | null;
  format: 'jsonl' | 'csv';
  type: ImportType | null;
  allOrNothing: boolean;
}

/**
 * Makes room for a body that begins to arrive. Nobody sees it, and its key is free, until it is whole.
 * @returns its id, and whether an import of this key exists already: then the body is only compared
 */
export async function beginImport(knex: Knex, request: NewImportRequest): Promise<{ id: string; repeated: boolean }> {
  const { by, key, filiais, format, type, allOrNothing } = request;
  const id = `i-${randomBytes(8).toString('hex')}`;
  await knex('import_request').insert({
    ...{ id, requested_by: by, idempotency_key: key, format, type, all_or_nothing: allOrNothing },
    filiais: filiais === null ? null : [...filiais],
  });
  const earlier = await knex('import_request')
    .where({ requested_by: by, idempotency_key: key })
    .whereNot({ state: 'receiving' })
    .first<object | undefined>('id');
  return { id, repeated: earlier !== undefined };
}

export async function storePiece(knex: Knex, id: string, ordinal: number, bytes: Buffer): Promise<void> {
  await knex('import_body').insert({ import_id: id, ordinal, bytes });
}

/** Takes away what was stored of a body that did not come to its end. */
export async function abandonImport(knex: Knex, id: string): Promise<void> {
  await knex('import_request').where({ id, state: 'receiving' }).delete();
}

export interface WholeBody {
  sha256: Buffer;
  bytes: number;
  rows: number;
}

/** `other` = the key was used for another body, or asked for something else with it. */
export type AcceptedImport = { kind: 'accepted' | 'repeated' | 'other'; importId: string };

/** The body is whole: the first one of its key is the import; a later one only says what became of that. */
export async function acceptImport(knex: Knex, id: string, body: WholeBody): Promise<AcceptedImport> {
  const accepted = await knex
    .raw<{ rowCount: number }>(
      `update import_request r
       set sha256 = :sha256, bytes = :bytes, rows = :rows, state = 'waiting', received_at = clock_timestamp()
       where id = :id and state = 'receiving' and not exists (
         select from import_request e where e.requested_by = r.requested_by
           and e.idempotency_key = r.idempotency_key and e.state <> 'receiving')`,
      { id, ...body },
    )
    .catch((error: unknown) => {
      // Another one became whole in this very moment.
      if (isDuplicate(error)) return { rowCount: 0 };
      throw error;
    });
  if (accepted.rowCount === 1) return { kind: 'accepted', importId: id };
  const { rows } = await knex.raw<{ rows: { id: string; same: boolean }[] }>(
    `select e.id, e.sha256 = :sha256 and e.format = r.format and e.type is not distinct from r.type
       and e.all_or_nothing = r.all_or_nothing as same
     from import_request r join import_request e on e.requested_by = r.requested_by
       and e.idempotency_key = r.idempotency_key and e.state <> 'receiving'
     where r.id = :id`,
    { id, sha256: body.sha256 },
  );
  await abandonImport(knex, id);
  const [earlier] = rows;
  if (!earlier) throw new Error(`import ${id} is neither new nor repeated`);
  return { kind: earlier.same ? 'repeated' : 'other', importId: earlier.id };
}

function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown }).code === '23505';
}

/** What the workflow is to do. */
export interface ImportWork {
  id: string;
  requestedBy: string;
  filiais: number[] | null;
  type: ImportType | null;
  allOrNothing: boolean;
  state: ImportState;
}

/** Notes that somebody works on it. @returns null for one that does not exist. */
export async function takeUpImport(knex: Knex, id: string): Promise<ImportWork | null> {
  await knex('import_request').where({ id, state: 'waiting' }).update({ state: 'running' });
  const work = await knex('import_request')
    .where({ id })
    .whereNot({ state: 'receiving' })
    .first<ImportWork | undefined>('id', 'requested_by as requestedBy', 'filiais', 'type', 'state', {
      allOrNothing: 'all_or_nothing',
    });
  return work ? { ...work, filiais: work.filiais?.map(Number) ?? null } : null;
}

/** @returns how many that came before it, of whoever asks for it, have not ended: what they bring comes first */
export async function importsBefore(knex: Knex, id: string): Promise<number> {
  const { rows } = await knex.raw<{ rows: { before: number }[] }>(
    `select count(*)::int as before from import_request i join import_request e on e.requested_by = i.requested_by
       and e.finished_at is null and e.state <> 'receiving' and (e.received_at, e.id) < (i.received_at, i.id)
     where i.id = ?`,
    [id],
  );
  return rows[0]?.before ?? 0;
}

/** The body as it came, one piece in memory at a time, as often as it is wanted. */
export function importBody(knex: Knex, id: string): ReadableAgain {
  return {
    readableAgain: true,
    async *[Symbol.asyncIterator]() {
      for (let ordinal = 0; ; ordinal += 1) {
        const piece = await knex('import_body')
          .where({ import_id: id, ordinal })
          .first<{ bytes: Buffer } | undefined>('bytes');
        if (!piece) return;
        yield piece.bytes;
      }
    },
  };
}

export async function noteImportLines(knex: Knex, id: string, lines: number): Promise<void> {
  await knex('import_request').where({ id, state: 'running' }).update({ lines });
}

/** What an import said at its end. */
export interface ImportOutcome {
  counts: Record<ImportType, { new: number; changed: number; unchanged: number }> | null;
  /** Títulos whose line waits for the certain end of a call to the bank. */
  pending: number;
  problems: number;
  /** Lines that were not taken: one can have several problems. */
  refused: number;
  ignoredFields: Record<string, number>;
  keptGatewaySettings: number[];
  /** Why the body as a whole could not be read. */
  message: string | null;
}

/** Closes it once, and forgets the body. */
export async function finishImport(
  knex: Knex,
  id: string,
  { state, outcome }: { state: 'done' | 'refused' | 'unreadable'; outcome: ImportOutcome },
): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx('import_request')
      .where({ id })
      .whereNull('finished_at')
      .update({
        ...{ state, result: JSON.stringify(outcome), finished_at: trx.raw('clock_timestamp()') },
        ...(state === 'unreadable' ? {} : { lines: trx.ref('rows') }),
      });
    await trx('import_body').where({ import_id: id }).delete();
  });
}

/** One import as people see it. */
export interface ImportView {
  importId: string;
  requestedBy: string;
  state: ImportState;
  format: 'jsonl' | 'csv';
  type: ImportType | null;
  allOrNothing: boolean;
  bytes: number;
  rows: number;
  lines: number;
  outcome: ImportOutcome | null;
  receivedAt: Date;
  finishedAt: Date | null;
}

const columns = `i.id as "importId", i.requested_by as "requestedBy", i.state, i.format, i.type,
  i.all_or_nothing as "allOrNothing", i.bytes, i.rows, i.lines, i.result as outcome, i.received_at as "receivedAt",
  i.finished_at as "finishedAt"`;

/** Who sees all filiais sees all imports; others their own, and those of nobody with more filiais than they have. */
const isSeen = `i.state <> 'receiving' and (:filiais::bigint[] is null or i.requested_by = :by
  or i.filiais <@ :filiais::bigint[])`;

export interface ImportViewer {
  by: string;
  filiais: readonly number[] | null;
}

const viewerValues = ({ by, filiais }: ImportViewer) => ({ by, filiais: filiais === null ? null : [...filiais] });

/** @returns null for one that does not exist, or is not seen. */
export async function readImport(knex: Knex, id: string, viewer: ImportViewer): Promise<ImportView | null> {
  const { rows } = await knex.raw<{ rows: ImportView[] }>(
    `select ${columns} from import_request i where i.id = :id and ${isSeen}`,
    { id, ...viewerValues(viewer) },
  );
  return rows[0] ?? null;
}

/** Newest first. @param before the last one of the page before */
export async function listImports(
  knex: Knex,
  page: { viewer: ImportViewer; before: { receivedAt: string; importId: string } | undefined; limit: number },
): Promise<ImportView[]> {
  const { rows } = await knex.raw<{ rows: ImportView[] }>(
    `select ${columns} from import_request i
     where ${isSeen} and (:receivedAt::timestamptz is null
       or (date_trunc('milliseconds', i.received_at), i.id) < (:receivedAt::timestamptz, :importId::text))
     order by date_trunc('milliseconds', i.received_at) desc, i.id desc limit :limit`,
    {
      ...{ receivedAt: page.before?.receivedAt ?? null, importId: page.before?.importId ?? null },
      ...{ limit: page.limit, ...viewerValues(page.viewer) },
    },
  );
  return rows;
}

/** For the workflow's answer. */
export async function importProgress(knex: Knex, id: string): Promise<ImportProgress | null> {
  const { rows } = await knex.raw<{ rows: Pick<ImportView, 'state' | 'lines' | 'outcome'>[] }>(
    `select state, lines, result as outcome from import_request where id = ? and state <> 'receiving'`,
    [id],
  );
  const [found] = rows;
  if (!found) return null;
  const { state, lines, outcome } = found;
  const all = Object.values(outcome?.counts ?? {});
  const sum = (name: 'new' | 'changed' | 'unchanged') => all.reduce((total, count) => total + count[name], 0);
  return {
    ...{ state, lines, new: sum('new'), changed: sum('changed'), unchanged: sum('unchanged') },
    refused: outcome?.refused ?? 0,
  };
}

/** Those that have not ended: each needs a workflow. */
export async function openImports(knex: Knex): Promise<string[]> {
  return knex('import_request')
    .whereNull('finished_at')
    .whereNot({ state: 'receiving' })
    .orderBy('received_at')
    .pluck<string[]>('id');
}

/** Of one row that was put: whoever put it heard the answer, and the audit has what it changed. */
export async function forgetRun(knex: Knex, importId: string): Promise<void> {
  await knex('import_problem').where({ import_id: importId }).delete();
  await knex('import_run').where({ id: importId }).delete();
}
