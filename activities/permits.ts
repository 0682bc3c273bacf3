import { setTimeout as sleep } from 'node:timers/promises';
import type { PermitLease } from '../db/limits';

/** A turn to send one call now. Used later than `latest` (monotonic milliseconds) it is forfeited. */
export interface Permit {
  latest: number;
}

const LARGEST_LEASE = 50;

/**
 * Hands out turns of one account and route class in order of arrival. Waiting calls share a lease of the account's
 * allowance; a turn is never early, because its instant is counted from after the database's answer.
 */
export function createPermits(lease: (wanted: number) => Promise<PermitLease>): () => Promise<Permit> {
  const waiting: { resolve(permit: Permit): void; reject(error: unknown): void }[] = [];
  let leasing = false;

  async function serve(): Promise<void> {
    leasing = true;
    try {
      while (waiting.length > 0) {
        const asked = performance.now();
        const { inMs, waitMs, toleranceMs } = await lease(Math.min(waiting.length, LARGEST_LEASE));
        const answered = performance.now();
        if (inMs.length === 0) await sleep(waitMs);
        for (const instant of inMs) {
          const permit = { latest: asked + instant + toleranceMs };
          const taker = waiting.shift();
          setTimeout(() => taker?.resolve(permit), Math.max(0, Math.ceil(answered + instant - performance.now())));
        }
      }
    } catch (error) {
      for (const taker of waiting.splice(0)) taker.reject(error);
    } finally {
      leasing = false;
    }
  }

  return () =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      if (!leasing) void serve();
    });
}
