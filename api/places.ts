import { Problem } from './problem';

export interface Places {
  /**
   * @param id of the person or token
   * @returns gives the place back; again it changes nothing
   * @throws Problem 429 when all places are taken, or all of this one's
   */
  take(id: string): () => void;
}

/**
 * How many of a kind of work this process does at once, of one person or token and in all: each takes the one processor
 * that answers everybody, and a connection to the record.
 */
export function createPlaces({
  mostOfOne,
  most,
  refusal,
}: {
  mostOfOne: number;
  most: number;
  refusal: { code: string; title: string; hint: string; retryAfterSeconds: number };
}): Places {
  const taken = new Map<string, number>();
  let all = 0;
  const count = (id: string, change: 1 | -1) => {
    all += change;
    const own = (taken.get(id) ?? 0) + change;
    if (own > 0) taken.set(id, own);
    else taken.delete(id);
  };
  return {
    take(id) {
      if (all >= most || (taken.get(id) ?? 0) >= mostOfOne) {
        const { code, title, ...more } = refusal;
        throw new Problem(429, code, title, more);
      }
      count(id, 1);
      let held = true;
      return () => {
        if (held) count(id, -1);
        held = false;
      };
    },
  };
}
