import { setTimeout as sleep } from 'node:timers/promises';
import { MARGIN } from '../db/limits';
import { NoTurnInTime, type Permit, type TakePermit } from './permits';

/** A turn that was late is made up for, as far as this. */
const SLACK_MS = 250;

/**
 * Turns of an allowance for somebody who may use a part of it only: the rest stays for those who are waited for.
 *
 * @param spacingMs how far apart the allowance's own turns are; null = not known yet
 * @param share above 0, at most 1
 */
export function shareOf(takePermit: TakePermit, spacingMs: () => number | null, share: number): TakePermit {
  let next = -Infinity;
  let first: Promise<Permit> | null = null;
  return async (before) => {
    // Until one turn told how far apart they are, there is one.
    if (spacingMs() === null) {
      if (!first) return (first = takePermit(before).finally(() => (first = null)));
      await first.catch(() => undefined);
    }
    const now = performance.now();
    const at = Math.max(next, now - SLACK_MS);
    if (at > before) throw new NoTurnInTime(at - now);
    // The allowance keeps its own margin: a share of all its calls needs none.
    next = at + (spacingMs() ?? 0) / (1 + MARGIN) / share;
    if (at > now) await sleep(at - now);
    return takePermit(before);
  };
}
