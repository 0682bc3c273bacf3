import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { ImportResult } from './importRows';

export function newImportId(): string {
  return `imp-${randomBytes(8).toString('hex')}`;
}

export interface NewRun {
  importId: string;
  /** Opaque id of the person or program. */
  by: string;
  source: 'cli' | 'http';
}

/** Notes that an import begins, once. @returns what it ended with, where it has ended before; else null */
export async function beginRun(knex: Knex, { importId, by, source }: NewRun): Promise<ImportResult | null> {
  await knex('import_run').insert({ id: importId, by, source }).onConflict('id').ignore();
  return storedResult(knex, importId);
}

/** Lets nobody else run the same import at the same time. @returns as `beginRun` */
export async function lockRun(trx: Knex.Transaction, importId: string): Promise<ImportResult | null> {
  await trx.raw('select from import_run where id = ? for update', [importId]);
  return storedResult(trx, importId);
}

async function storedResult(knex: Knex, importId: string): Promise<ImportResult | null> {
  const run = await knex('import_run').where({ id: importId }).first<{ result: ImportResult | null }>('result');
  return run.result;
}

/** Its end is written in the transaction that writes what it did. */
export async function endRun(knex: Knex, importId: string, result: ImportResult): Promise<void> {
  await knex('import_run')
    .where({ id: importId, state: 'running' })
    .update({
      state: result.kind,
      counts: result.kind === 'imported' ? JSON.stringify(result.counts) : null,
      problems: result.kind === 'unreadable' ? 0 : result.problems,
      result: JSON.stringify(result),
      ended_at: knex.raw('clock_timestamp()'),
    });
}
