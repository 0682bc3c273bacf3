import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { importRows, type ImportResult } from '../record/importing/importRows';
import {
  finishImport,
  importProgress,
  importsBefore,
  noteImportLines,
  importBody,
  takeUpImport,
  type ImportOutcome,
} from '../record/receivables/importRequests';
import type { CodecOf } from '../record/engine/dryRun';
import { judgeUnjudged } from '../record/engine/verdicts';
import { toFailure } from './failure';
import type { ImportActivities } from './index';

const BEAT_MS = 3_000;
const TURN_MS = 50;
/** More of one asker wait in Temporal, not in a worker, which has other things to do. */
const MOST_WAITING = 2;

/**
 * Imports a body that came over HTTP, once: run again after a killed worker it goes over the same rows, and what is in
 * stays as it is. The body is forgotten in the transaction that closes the import. Whoever sends several has them taken
 * in the order in which they came: one is read while the one before it is written.
 */
export function createImportRows(knex: Knex, codecOf: CodecOf): ImportActivities['importRows'] {
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
    const turn = async (before: number) => {
      while ((await importsBefore(knex, importId)) > before)
        await sleep(TURN_MS, undefined, { signal: context.cancellationSignal });
    };
    try {
      const work = await takeUpImport(knex, importId);
      if (!work) throw ApplicationFailure.nonRetryable('A importação não existe.', 'import');
      if (work.state === 'running') {
        if ((await importsBefore(knex, importId)) > MOST_WAITING)
          throw ApplicationFailure.create({
            message: 'As importações pedidas antes vêm primeiro.',
            nextRetryDelay: '1 s',
          });
        // No more than one of each asker waits with a connection of the record in hand.
        await turn(1);
        const result = await importRows(knex, {
          ...{ importId, by: work.requestedBy, source: 'http', type: work.type, allOrNothing: work.allOrNothing },
          ...{ filiais: work.filiais, rows: importBody(knex, importId), signal: context.cancellationSignal },
          beforeJudging: () => turn(0),
          onProgress: (read) => {
            lines = read;
          },
        });
        if (result.kind === 'imported') await judgeUnjudged(knex, codecOf);
        await finishImport(knex, importId, closed(result));
      }
      const progress = await importProgress(knex, importId);
      if (!progress) throw ApplicationFailure.nonRetryable('A importação não existe.', 'import');
      return progress;
    } catch (error) {
      if (context.cancellationSignal.aborted) await context.cancelled;
      throw toFailure(error);
    } finally {
      clearInterval(beat);
    }
  };
}

function closed(result: ImportResult): Parameters<typeof finishImport>[2] {
  if (result.kind === 'unreadable') {
    const nothing = { counts: null, pending: 0, problems: 0, refused: 0, ignoredFields: {}, keptGatewaySettings: [] };
    return { state: 'unreadable', outcome: { ...nothing, message: result.message } };
  }
  const { problems, refused, ignoredFields, keptGatewaySettings } = result;
  const outcome: ImportOutcome = {
    ...{ counts: null, pending: 0, problems, refused, ignoredFields, keptGatewaySettings, message: null },
  };
  return result.kind === 'imported'
    ? { state: 'done', outcome: { ...outcome, counts: result.counts, pending: result.pending } }
    : { state: 'refused', outcome };
}
