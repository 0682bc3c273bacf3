import { setTimeout as sleep } from 'node:timers/promises';
import { readBatch } from '../record/batches/batches';
import { pendingItems } from '../record/batches/items';
import { hasWorker, noWorker } from '../client/explainFailure';
import type { CliContext } from './context';
import { measure, progressLine, progressLines, type Progress, type Sample } from './progressLine';

const LOOK_EVERY_MS = 1_000;
const RECORD_PATIENCE_MS = 30_000;
/** On the record of a million items a look takes longer: it must not become its main work. */
const LOOKS_SHARE = 5;
const KEEP_SAMPLES = 120;
/** After this long without any change we ask whether somebody works at all. */
const SUSPICIOUS_MS = 15_000;

export interface WatchOptions {
  /** Stops the watch by itself, on top of its own end. */
  until?(progress: Progress): boolean;
  /** Milliseconds; absent = as long as something moves. */
  withinMs?: number;
}

/**
 * Shows a batch live, from the record: it needs a worker to see movement, not to see the state.
 * @returns the last progress, when the batch waits for a person or ended, or the time is over; null when it was over
 *   before the batch came into the record.
 * @throws BatchError `sem_worker` when nothing moves because nobody works
 */
export async function watchBatch(
  context: CliContext,
  batchId: string,
  options: WatchOptions = {},
): Promise<Progress | null> {
  const knex = await context.database();
  const screen = openScreen(context);
  const startedAt = performance.now();
  const samples: Sample[] = [];
  let shown = '';
  let movedAt = startedAt;
  try {
    for (;;) {
      const atMs = performance.now();
      const [batch, items] = await patiently(() =>
        Promise.all([readBatch(knex, batchId), pendingItems(knex, batchId)]),
      );
      const tookMs = performance.now() - atMs;
      let progress: Progress | null = null;
      if (batch && items) {
        samples.push({ atMs, batch, pending: items.pending });
        samples.splice(0, samples.length - KEEP_SAMPLES);
        progress = measure(samples);
        const text = JSON.stringify({ ...progress, ratePerSecond: null, secondsLeft: null });
        const moved = text !== shown;
        if (moved) movedAt = atMs;
        shown = text;
        screen.show(progress, moved);
        if (options.until?.(progress) || (!options.until && rests(progress))) return progress;
      }
      if (options.withinMs !== undefined && atMs - startedAt > options.withinMs) return progress;
      if (atMs - movedAt > SUSPICIOUS_MS) {
        // An item put off for half an hour moves nothing either: only the absence of workers ends the watch.
        if (!(await hasWorker(await context.temporal()))) throw noWorker();
        movedAt = atMs;
      }
      await sleep(Math.max(LOOK_EVERY_MS, tookMs * LOOKS_SHARE));
    }
  } finally {
    screen.close();
  }
}

/** A record that is being started again is back in seconds, and the batch has not noticed. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  const until = performance.now() + RECORD_PATIENCE_MS;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Nothing more happens by itself. */
function rests({ phase, pending, paused, concluding }: Progress): boolean {
  if (phase === 'concluded') return true;
  return !concluding && ((phase === 'paused' && paused) || (phase === 'awaitingAdjustments' && pending === 0));
}

/** Redraws two lines on a terminal; elsewhere, and with --json, adds a line when something moved. */
function openScreen(context: CliContext): { show(progress: Progress, moved: boolean): void; close(): void } {
  const inPlace = process.stdout.isTTY && !context.json;
  let drawn = false;
  return {
    show(progress, moved) {
      if (!inPlace && moved) context.print(progress, progressLine(progress));
      if (!inPlace) return;
      // A line that wraps could not be drawn over.
      const room = (process.stdout.columns || 80) - 1;
      const [head, counts] = progressLines(progress).map((line) => [...line].slice(0, room).join(''));
      process.stdout.write(`${drawn ? '\r\x1b[1A' : ''}\x1b[2K${head}\n\x1b[2K${counts}`);
      drawn = true;
    },
    close() {
      if (drawn) process.stdout.write('\n');
    },
  };
}
