import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Writable } from 'node:stream';

/**
 * Resolves when the output takes more. Streams move between turns of the event loop: without one, all would pile up.
 * @throws Error when there is nobody left to write for
 */
export async function roomIn(output: Writable): Promise<void> {
  await nextTurn();
  if (output.writableNeedDrain && !output.destroyed) await Promise.race([once(output, 'drain'), once(output, 'close')]);
  if (output.destroyed) throw new Error('the reader went away');
}
