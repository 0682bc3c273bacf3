/** Who asked too often is told after how many seconds to ask again. */
export interface RateLimit {
  /** @returns 0 when it may; else the seconds to wait, and nothing was taken. */
  take(key: string): number;
}

/**
 * So many a second, after a burst. In the memory of this process: several processes of the API allow as many times so
 * much, and a new start forgets. At most `keys` are remembered, the one that asked longest ago is forgotten first.
 */
export function createRateLimit(
  { perSecond, burst, keys = 10_000 }: { perSecond: number; burst: number; keys?: number },
  now: () => number = () => performance.now(),
): RateLimit {
  const intervalMs = 1_000 / perSecond;
  // The instant up to which a key's turns are given away (GCRA), as in gateway_limit.
  const givenUntil = new Map<string, number>();
  return {
    take(key) {
      const at = now();
      const from = Math.max(givenUntil.get(key) ?? at, at);
      const waitMs = from - at - (burst - 1) * intervalMs;
      if (waitMs > 0) return Math.ceil(waitMs / 1_000);
      // Deleted first, so that the order of the map is the order of the last call.
      givenUntil.delete(key);
      givenUntil.set(key, from + intervalMs);
      for (const oldest of givenUntil.keys()) {
        if (givenUntil.size <= keys) break;
        givenUntil.delete(oldest);
      }
      return 0;
    },
  };
}
