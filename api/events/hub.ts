import type { Knex } from 'knex';
import { eventsAfter, lastSeq } from '../../record/batches/events';
import { readProgress } from '../../record/batches/progress';
import type { ApiDeps } from '../deps';
import { itemFrames, progressFrame } from './frames';
import type { EventsPace } from './pace';
import { createCorrections, createRecent } from './recent';

export const PAGE = 500;
/** Counting a large batch takes its time: the record does that at most a tenth of it. */
const PROGRESS_SHARE = 10;

/** What all viewers of one batch in this process have in common: one reader, whatever their number. */
export interface Hub {
  batchId: string;
  /** The last outcome that was read. */
  head(): number;
  recent: ReturnType<typeof createRecent>;
  corrections: ReturnType<typeof createCorrections>;
  /** As last counted; another object when something is different. null before the first count. */
  progress(): Uint8Array | null;
  /** Resolves when there is something new, and at every beat. Take it before looking, so that nothing falls between. */
  news(): Promise<void>;
  /** Something may have happened: look. */
  announce(): void;
  corrected(receivableId: number): void;
  close(): void;
}

export async function openHub(
  { knex, log }: { knex: Knex; log: ApiDeps['log'] },
  batchId: string,
  pace: EventsPace,
): Promise<Hub> {
  const recent = createRecent();
  const corrections = createCorrections();
  let head = await lastSeq(knex, batchId);
  let closed = false;
  const isClosed = () => closed;

  let resolveNews: () => void = () => undefined;
  let news = new Promise<void>((resolve) => (resolveNews = resolve));
  const tell = () => {
    resolveNews();
    news = new Promise<void>((resolve) => (resolveNews = resolve));
  };

  // ── Outcomes: one look at a time; asked for during one, another follows.

  let looking = false;
  let asked = 0;
  // What came before may have been announced already: the beginning counts as a rush, too.
  let lastNewsAt = performance.now();
  let nextLook: NodeJS.Timeout | undefined;

  const look = async () => {
    asked += 1;
    if (looking || closed) return;
    looking = true;
    clearTimeout(nextLook);
    try {
      for (let answered = 0; answered !== asked && !isClosed();) {
        answered = asked;
        const events = await eventsAfter(knex, batchId, head, PAGE);
        const [first, last] = [events[0], events.at(-1)];
        if (!first || !last) continue;
        recent.push({ first: first.seq, last: last.seq, bytes: itemFrames(events) });
        head = last.seq;
        lastNewsAt = performance.now();
        if (events.length === PAGE) asked += 1;
        wantProgress();
        tell();
      }
    } catch (error) {
      if (!isClosed()) log.error('eventos não puderam ser lidos', { batchId, error });
    }
    looking = false;
    if (isClosed()) return;
    const isRush = performance.now() - lastNewsAt < pace.rushMs;
    if (isRush) nextLook = setTimeout(() => void look(), pace.busyMs);
  };

  // ── Progress: what is wanted more often than it may be counted is counted when it may.

  let progress: Uint8Array | null = null;
  let shown = '';
  let wanted = false;
  const isWanted = () => wanted;
  let counting = false;
  let countAgainAt = 0;

  const wantProgress = () => {
    wanted = true;
    if (counting || closed) return;
    counting = true;
    setTimeout(() => void count(), Math.max(0, countAgainAt - performance.now()));
  };
  const count = async () => {
    if (closed) return;
    wanted = false;
    const began = performance.now();
    try {
      const counted = await readProgress(knex, batchId);
      const text = JSON.stringify(counted);
      if (counted && text !== shown) {
        shown = text;
        progress = progressFrame(counted);
        tell();
      }
    } catch (error) {
      if (!isClosed()) log.error('o andamento não pôde ser contado', { batchId, error });
    }
    const took = performance.now() - began;
    countAgainAt = began + Math.max(pace.progressMs, took * PROGRESS_SHARE);
    counting = false;
    if (isWanted()) wantProgress();
  };

  // What changes without an outcome, as the rate, and what was lost on the way, shows with the beat.
  const beat = setInterval(() => {
    void look();
    wantProgress();
    tell();
  }, pace.quietMs);
  wantProgress();
  void look();

  return {
    ...{ batchId, recent, corrections },
    head: () => head,
    progress: () => progress,
    news: () => news,
    announce() {
      lastNewsAt = performance.now();
      void look();
      wantProgress();
    },
    corrected(receivableId) {
      corrections.push(receivableId);
      wantProgress();
      tell();
    },
    close() {
      closed = true;
      clearInterval(beat);
      clearTimeout(nextLook);
      tell();
    },
  };
}
