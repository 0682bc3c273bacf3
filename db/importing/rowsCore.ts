import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import { importFile, type ImportResult as FileResult } from './importFile';
import type { ImportType } from './schemas';

export interface RowsRequest {
  importId: string;
  rows: AsyncIterable<Buffer>;
  by: string;
  source: 'cli' | 'http';
  type?: ImportType | null;
  allOrNothing?: boolean;
  filiais?: readonly number[] | null;
  onProgress?: (lines: number) => void;
  signal?: AbortSignal;
}

/** Over a temporary file, until the core reads streams. */
export async function importRows(knex: Knex, { rows, ...request }: RowsRequest): Promise<FileResult> {
  const folder = await mkdtemp(join(tmpdir(), 'import-'));
  const path = join(folder, 'rows');
  try {
    await pipeline(Readable.from(rows), createWriteStream(path, { mode: 0o600 }));
    return await importFile(knex, { path, by: request.by, type: request.type ?? null });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface StoredProblem {
  number: number;
  line: number;
  key: string | null;
  field: string | null;
  code: string;
  message: string;
  kind: 'form' | 'reference' | 'refused';
}

export async function readImportProblems(
  _knex: Knex,
  _importId: string,
  _page: { after: number; limit: number },
): Promise<StoredProblem[]> {
  return [];
}
