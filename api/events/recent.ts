/** Outcomes `first` to `last` as they are sent: encoded once for all viewers. */
export interface Chunk {
  first: number;
  last: number;
  bytes: Uint8Array;
}

const MOST_EVENTS = 5_000;

/** The latest chunks of a batch, without gaps, at most a few thousand outcomes; whoever is further behind reads the record. */
export function createRecent() {
  const chunks: Chunk[] = [];
  return {
    push(chunk: Chunk): void {
      chunks.push(chunk);
      while (chunks.length > 1 && chunk.last - (chunks[0]?.last ?? 0) > MOST_EVENTS) chunks.shift();
    },
    /** The one that holds the outcome after `seq`. */
    after(seq: number): Chunk | undefined {
      const oldest = chunks[0];
      if (!oldest || seq + 1 < oldest.first) return undefined;
      return chunks.find(({ last }) => last > seq);
    },
  };
}

const MOST_CORRECTIONS = 200;

/** The latest corrections, counted from 1. */
export function createCorrections() {
  const ids: number[] = [];
  let told = 0;
  return {
    push(receivableId: number): void {
      told += 1;
      ids.push(receivableId);
      if (ids.length > MOST_CORRECTIONS) ids.shift();
    },
    count: () => told,
    /** Those after the `nth`; null when some of them are no longer known. */
    after(nth: number): number[] | null {
      const missing = told - nth;
      if (missing > ids.length) return null;
      return missing === 0 ? [] : ids.slice(-missing);
    },
  };
}
