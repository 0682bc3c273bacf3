import { useEffect, useRef, useState } from 'preact/hooks';
import type { CorrectedEvent, ItemEvent, ProgressEvent } from '../../../contract/events';
import { address } from '../../api/client';

/** Between two changes of the screen; the first of a lull is shown at once. */
const FLUSH_MS = 150;
const RETRY_MS = 3_000;

interface Listeners {
  /** Events come from now on: of what happened since the screen last asked, some may not have. */
  onOpen(): void;
  /** What happened since the last call, a few times a second at most. */
  onItems(events: ItemEvent[]): void;
  onProgress(progress: ProgressEvent): void;
  /** null among them: more than could be named. */
  onCorrected(receivableIds: (number | null)[]): void;
}

/**
 * Follows a batch live. The browser resumes after the last event by itself; a stream that the API refused for good
 * is opened again later, from the last event too.
 * @returns false while events do not come; a first connection is given the time it takes
 */
export function useBatchEvents(batchId: string, listeners: Listeners): boolean {
  const [connected, setConnected] = useState(true);
  const latest = useRef(listeners);
  latest.current = listeners;
  useEffect(() => {
    let [items, corrected]: [ItemEvent[], (number | null)[]] = [[], []];
    let progress: ProgressEvent | undefined;
    let lastSeq: number | undefined;
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let flushing: ReturnType<typeof setTimeout> | undefined;
    let flushedAt = 0;

    const flush = () => {
      flushing = undefined;
      flushedAt = performance.now();
      if (items.length > 0) latest.current.onItems(items);
      if (corrected.length > 0) latest.current.onCorrected(corrected);
      if (progress) latest.current.onProgress(progress);
      [items, corrected, progress] = [[], [], undefined];
    };
    const flushSoon = () => {
      flushing ??= setTimeout(flush, Math.max(0, flushedAt + FLUSH_MS - performance.now()));
    };

    const open = () => {
      source = new EventSource(address(`/comunicacoes/${encodeURIComponent(batchId)}/eventos`, { desde: lastSeq }));
      source.addEventListener('open', () => {
        setConnected(true);
        latest.current.onOpen();
      });
      source.addEventListener('item', (event) => {
        const item = JSON.parse(event.data as string) as ItemEvent;
        lastSeq = item.seq;
        items.push(item);
        flushSoon();
      });
      source.addEventListener('corrected', (event) => {
        corrected.push((JSON.parse(event.data as string) as CorrectedEvent).receivableId);
        flushSoon();
      });
      source.addEventListener('progress', (event) => {
        progress = JSON.parse(event.data as string) as ProgressEvent;
        flushSoon();
      });
      source.addEventListener('error', () => {
        setConnected(false);
        if (source?.readyState !== EventSource.CLOSED) return;
        retry = setTimeout(open, RETRY_MS);
      });
    };
    open();
    return () => {
      clearTimeout(flushing);
      clearTimeout(retry);
      source?.close();
    };
  }, [batchId]);
  return connected;
}
