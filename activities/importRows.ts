import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { importRows } from '../db/importing/rowsCore';
import {
  finishImport,
  importProgress,
  noteImportLines,
  readImportBody,
  takeUpImport,
  type ImportOutcome,
} from '../db/importRequests';
import { toFailure } from './failure';
import type { ImportActivities } from './index';

const BEAT_MS = 3_000;

/**
 * Imports a body that came over HTTP, once: run again after a killed worker it goes over the same rows, and what is in
 * stays as it is. The body is forgotten in the transaction that closes the import.
 */
export function createImportRows(knex: Knex): ImportActivities['importRows'] {
  return async ({ importId }) => {
    const context = Context.current();
    let lines = 0;
    let told = 0;
    const beat = setInterval(() => {
      context.heartbeat(lines);
      if (lines === told) return;
      told = lines;
      void noteImportLines(knex, importId, lines).catch(() => undefined);
    }, BEAT_MS);
    try {
      const work = await takeUpImport(knex, importId);
      if (!work) throw ApplicationFailure.nonRetryable('A importação não existe.', 'import');
      if (work.state === 'running') {
        const result = await importRows(knex, {
          ...{ importId, by: work.requestedBy, source: 'http', type: work.type, allOrNothing: work.allOrNothing },
          ...{ filiais: work.filiais, rows: readImportBody(knex, importId), signal: context.cancellationSignal },
          onProgress: (read) => {
            lines = read;
          },
        });
        await finishImport(knex, importId, closed(result, lines));
      }
      const progress = await importProgress(knex, importId);
      if (!progress) throw ApplicationFailure.nonRetryable('A importação não existe.', 'import');
      return progress;
    } catch (error) {
      throw toFailure(error);
    } finally {
      clearInterval(beat);
    }
  };
}

const nothing: ImportOutcome = { counts: null, problems: 0, ignoredFields: {}, keptGatewaySettings: [], message: null };

function closed(result: Awaited<ReturnType<typeof importRows>>, lines: number): Parameters<typeof finishImport>[2] {
  switch (result.kind) {
    case 'imported': {
      const { counts, ignoredFields, keptGatewaySettings } = result;
      return { state: 'done', lines, outcome: { ...nothing, counts, ignoredFields, keptGatewaySettings } };
    }
    case 'refused':
      return { state: 'refused', lines, outcome: { ...nothing, problems: result.count } };
    case 'unreadable':
      return { state: 'unreadable', lines, outcome: { ...nothing, message: result.message } };
  }
}
