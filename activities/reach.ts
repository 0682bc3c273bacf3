/** Whether the bank of an account can be reached, as this worker last saw it. */
export interface Reach {
  /** Milliseconds for which nobody should try, 0 = try. While the bank is away one call at a time asks again. */
  awayForMs(): number;
  /** A call found no connection. */
  failed(): void;
  reached(): void;
}

/** So many in a row, and it is not a matter of one connection. */
const FAILURES = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** What the call that asks again may take before another does. */
const ASKING_MS = 10_000;

/** A bank that is down is not asked by every boleto: each would cost the record an intent and an outcome, and others their turn. */
export function createReach(): Reach {
  let inARow = 0;
  let waits = 0;
  let asking = false;
  let awayUntil = 0;
  return {
    awayForMs() {
      const now = performance.now();
      if (inARow < FAILURES) return 0;
      if (now < awayUntil) return awayUntil - now;
      asking = true;
      awayUntil = now + ASKING_MS;
      return 0;
    },
    failed() {
      inARow += 1;
      const now = performance.now();
      // Those that were on their way already say nothing new.
      if (inARow < FAILURES || (now < awayUntil && !asking)) return;
      asking = false;
      awayUntil = now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** waits);
      waits += 1;
    },
    reached() {
      [inARow, waits, asking, awayUntil] = [0, 0, false, 0];
    },
  };
}
