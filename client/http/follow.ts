import { setTimeout as sleep } from 'node:timers/promises';
import type { CorrectedEvent, ItemEvent, ProgressEvent } from './answers';
import { ApiError, unreachable } from './apiError';
import { readEvents, type StreamEvent } from './eventStream';
import { pauseMs, type apiRequests } from './request';

export type BatchEvent =
  | { type: 'progress'; progress: ProgressEvent }
  | { type: 'item'; item: ItemEvent }
  /** null: so many that whoever shows them reads them anew. */
  | { type: 'corrected'; receivableId: number | null };

export interface FollowOptions {
  /** Outcomes after this `seq`; absent = all of the batch. */
  after?: number;
  signal?: AbortSignal;
}

/** The API says that it lives every 15 s. */
const SILENT_MS = 45_000;
/** A restart of the API takes seconds; after this long without it, whoever follows is told. */
const AWAY_MS = 120_000;

/**
 * What happens in a batch, without an end: a stream that breaks is resumed where it was, each outcome once and in order.
 * @param after absent: for whoever wants progress alone; outcomes begin at the present, and some may be lost
 * @throws ApiError when the API refuses, or does not answer for two minutes
 */
export async function* followEvents(
  open: ReturnType<typeof apiRequests>['open'],
  batchId: string,
  { after, signal }: { after?: number; signal?: AbortSignal },
): AsyncGenerator<BatchEvent> {
  let seq = after;
  let failures = 0;
  let heardAt = Date.now();
  while (!signal?.aborted) {
    const stop = new AbortController();
    const stopped = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);
    let cause: unknown;
    try {
      const since: Record<string, string> = seq === undefined ? {} : { 'Last-Event-ID': String(seq) };
      const response = await open(`/comunicacoes/${encodeURIComponent(batchId)}/eventos`, since, stopped);
      for await (const event of readEvents(heard(response, stop))) {
        heardAt = Date.now();
        failures = 0;
        const read = toBatchEvent(event);
        if (read?.type === 'item') {
          if (seq !== undefined && read.item.seq <= seq) continue;
          seq = read.item.seq;
        }
        if (read) yield read;
      }
    } catch (error) {
      if (error instanceof ApiError && !error.passes) throw error;
      cause = error;
    } finally {
      stop.abort();
    }
    if (signal?.aborted) return;
    if (Date.now() - heardAt > AWAY_MS) throw cause instanceof ApiError ? cause : unreachable(cause);
    await sleep(pauseMs(failures++, cause instanceof ApiError ? cause : undefined), undefined, {
      ...(signal && { signal }),
    }).catch(() => undefined);
  }
}

/** The bytes of an answer; a connection that is silent for too long is given up. */
async function* heard(response: Response, stop: AbortController): AsyncGenerator<Uint8Array> {
  const timer = setTimeout(() => stop.abort(), SILENT_MS);
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      timer.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** null for an event of a later version. */
function toBatchEvent({ event, data }: StreamEvent): BatchEvent | null {
  const value = JSON.parse(data) as unknown;
  switch (event) {
    case 'progress':
      return { type: 'progress', progress: value as ProgressEvent };
    case 'item':
      return { type: 'item', item: value as ItemEvent };
    case 'corrected':
      return { type: 'corrected', receivableId: (value as CorrectedEvent).receivableId };
    default:
      return null;
  }
}
