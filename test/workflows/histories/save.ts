/*
 * Makes the saved histories again: npx tsx test/workflows/histories/save.ts NAME …, with TEMPORAL_TEST_SERVER_PATH set.
 * A history is what a batch that is running today has behind it. When replaying one fails, the change would break such
 * batches: keep the old way behind patched() instead of saving it again. New behaviour gets a new NAME beside the old ones.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchInput } from '../../../domain/batch/batch';
import { itemStates, type ItemState } from '../../../domain/boleto/states';
import { act, eventually, startWorkflowEnvironment, untilPhase, type BatchHandle } from '../support/environment';
import { createMemoryRecord, type MemoryRecord, type MemoryRecordOptions } from '../support/memoryRecord';
import { historyText } from '../support/savedHistory';

interface Story {
  items: MemoryRecordOptions['items'];
  sliceSize?: number;
  nearestDueDate?: string;
  input?: Partial<BatchInput>;
  play(handle: BatchHandle, record: MemoryRecord, skip: (ms: number) => Promise<void>): Promise<void>;
}

const stories: Record<string, Story> = {
  adjusted: {
    items: { 101: ['registered'], 102: ['rejected', 'registered'], 103: [['deferred', 5_000], 'unconfirmed', 'registered'] },
    nearestDueDate: '2001-01-01',
    async play(handle, record, skip) {
      await eventually(
        () => record.item(103).state,
        (state) => state === 'deferred',
      );
      await act(handle, 'pause');
      await untilPhase(handle, 'paused');
      await act(handle, 'resume');
      await skip(10_000);
      await untilPhase(handle, 'awaitingAdjustments');
      record.item(102).corrected = true;
      await handle.signal('receivableCorrected', { receivableId: 102 });
      await skip(2 * 86_400_000);
      await act(handle, 'recommunicate', { scope: 'corrected' });
      await untilPhase(handle, 'awaitingAdjustments');
      await act(handle, 'reexamine', { receivableIds: [103] });
    },
  },
  concluded: {
    items: { 101: ['rejected'], 102: ['unconfirmed', 'unconfirmed'], 103: ['registered'], 104: ['rejected'] },
    sliceSize: 3,
    async play(handle, record) {
      await untilPhase(handle, 'awaitingAdjustments');
      await act(handle, 'discard', { receivableIds: [101], reasonCode: 'cliente-cancelou' });
      await act(handle, 'conclude');
      await eventually(
        () => record.count('abandonConclusion'),
        (times) => times === 1,
      );
      await untilPhase(handle, 'awaitingAdjustments');
      await act(handle, 'resolve', { receivableId: 102, decision: 'registered', reasonCode: 'conferido' });
    },
  },
  resumed: {
    items: { 101: ['rejected'], 102: ['rejected'] },
    input: {
      resume: {
        gateway: 'banco-do-brasil',
        searchAttributes: true,
        selection: { selected: 2, leftOut: 0, nearestDueDate: null },
        phase: 'paused',
        recordedPhase: 'paused',
        round: 4,
        counts: {
          total: 2,
          byState: { ...(Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>), pending: 2 },
          corrected: 0,
          reconciled: 0,
          unresolved: 0,
        },
        pauseReason: 'operator',
        concluding: null,
        conclusionAbandoned: false,
        alertedOn: null,
      },
    },
    async play(handle) {
      await act(handle, 'resume');
      await untilPhase(handle, 'awaitingAdjustments');
      await act(handle, 'conclude');
    },
  },
};

async function main(names: string[]): Promise<void> {
  const temporal = await startWorkflowEnvironment();
  try {
    for (const name of names) {
      const { play, input, ...story } = stories[name] ?? fail(name);
      const record = createMemoryRecord({ ...story, now: temporal.now });
      await temporal.run(
        record,
        async (handle) => {
          await play(handle, record, temporal.skip);
          await handle.result();
          writeFileSync(join(__dirname, `${name}.json`), historyText(await handle.fetchHistory()));
        },
        { ...input, batchId: name },
      );
    }
  } finally {
    await temporal.close();
  }
}

function fail(name: string): never {
  throw new Error(`no story ${name}; there are: ${Object.keys(stories).join(', ')}`);
}

void main(process.argv.slice(2)).then(() => process.exit(0));
