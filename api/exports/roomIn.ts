import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Writable } from 'node:stream';

/**
 * Resolves when the output takes more. Streams move between turns of the event loop: without one, all would pile up.
 * @param before what stands between the writer and the output, and has to take more, too
 * @throws Error when there is nobody left to write for
 */
export async function roomIn(output: Writable, before: readonly Writable[] = []): Promise<void> {
  await nextTurn();
  for (const stream of [...before, output]) {
    if (!stream.writableNeedDrain || output.destroyed) continue;
    // Listeners that were not needed go: there are as many waits as pages.
    const over = new AbortController();
    const { signal } = over;
    await Promise.race([once(stream, 'drain', { signal }), once(output, 'close', { signal })]).finally(() =>
      over.abort(),
    );
  }
  if (output.destroyed) throw new Error('the reader went away');
}
