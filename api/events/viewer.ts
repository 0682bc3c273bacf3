import type { Knex } from 'knex';
import { eventsAfter } from '../../record/batches/events';
import { correctedFrame, greeting, heartbeat, itemFrames } from './frames';
import { PAGE, type Hub } from './hub';
import type { EventsPace } from './pace';

/**
 * One viewer's stream. It pulls: nothing is kept for it, and one that falls behind reads the record in pages until it
 * is back among the others.
 *
 * @param from the last outcome it has; it gets every later one once, in order.
 * @param mayStill asked now and then; the stream ends with the right to see it.
 * @param onEnd called once, however it ends.
 */
export function viewerStream(
  { knex, hub, pace }: { knex: Knex; hub: Hub; pace: EventsPace },
  { from, mayStill, onEnd }: { from: number; mayStill(): Promise<boolean>; onEnd(): void },
): ReadableStream<Uint8Array> {
  let position = from;
  let progress: Uint8Array | null = null;
  let corrections = hub.corrections.count();
  let over = false;
  let [checkedAt, pulledAt, saidAt] = [performance.now(), performance.now(), performance.now()];

  const end = () => {
    if (over) return;
    over = true;
    clearInterval(watch);
    onEnd();
  };

  /** What comes next; null at the end. */
  const next = async (): Promise<Uint8Array | null> => {
    while (!over) {
      const news = hub.news();
      if (performance.now() - checkedAt > pace.recheckMs) {
        checkedAt = performance.now();
        if (!(await mayStill())) return null;
      }
      const shown = hub.progress();
      if (shown !== progress && shown !== null) return (progress = shown);
      const corrected = hub.corrections.after(corrections);
      if (corrected === null || corrected.length > 0) {
        corrections = hub.corrections.count();
        return Buffer.concat((corrected ?? [null]).map(correctedFrame));
      }
      if (hub.head() > position) return await outcomes();
      if (performance.now() - saidAt > pace.silenceMs) return heartbeat;
      await news;
    }
    return null;
  };

  const outcomes = async (): Promise<Uint8Array> => {
    const chunk = hub.recent.after(position);
    if (chunk?.first === position + 1) {
      position = chunk.last;
      return chunk.bytes;
    }
    // Up to where a chunk begins again, so that from there on it shares what is encoded.
    const limit = chunk ? Math.min(PAGE, chunk.last - position) : PAGE;
    const events = await eventsAfter(knex, hub.batchId, position, limit);
    position = events.at(-1)?.seq ?? hub.head();
    return itemFrames(events);
  };

  let controllerOf: ReadableStreamDefaultController<Uint8Array> | undefined;
  const watch = setInterval(() => {
    if (performance.now() - pulledAt < pace.stuckMs || hasRoom(controllerOf)) return;
    end();
    controllerOf?.error(new Error('the viewer takes nothing'));
  }, pace.stuckMs / 4);

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controllerOf = controller;
        controller.enqueue(greeting);
      },
      async pull(controller) {
        pulledAt = performance.now();
        try {
          const bytes = await next();
          if (over) return;
          saidAt = performance.now();
          if (bytes !== null) return controller.enqueue(bytes);
          end();
          controller.close();
        } catch (error) {
          // The record is away, for instance: the viewer comes back by itself and goes on where it was.
          end();
          controller.error(error);
        }
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  );
}

/** It waits for something to say, not for its viewer. */
function hasRoom(controller: ReadableStreamDefaultController<Uint8Array> | undefined): boolean {
  return (controller?.desiredSize ?? 0) > 0;
}
