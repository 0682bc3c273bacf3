import { setTimeout as sleep } from 'node:timers/promises';
import { MARGIN } from '../record/engine/limits';

/** A turn that was late is made up for, as far as this. */
const SLACK_MS = 1_000;
const PAUSE_MS = 20;

/**
 * Waits until its share has room for one more call.
 * @param before monotonic milliseconds
 * @returns null when it has; else when it would have, later than `before`: nothing was waited for, and no room taken
 */
export type WaitForShare = (before: number) => Promise<number | null>;

/**
 * Keeps somebody to a part of an allowance: the rest stays for those who are waited for. It counts calls, not turns: one
 * that was missed and given up for another costs nothing here.
 *
 * @param spacingMs how far apart the allowance's own turns are; null = not known yet
 * @param share above 0, at most 1
 */
export function shareOf(spacingMs: () => number | null, share: number): WaitForShare {
  let next = -Infinity;
  let isFirstUnderWay = false;
  return async (before) => {
    if (spacingMs() === null && !isFirstUnderWay) {
      isFirstUnderWay = true;
      return null;
    }
    // Until the first turn told how far apart they are, there is one.
    const patience = performance.now() + SLACK_MS;
    while (spacingMs() === null && performance.now() < patience) await sleep(PAUSE_MS);
    const now = performance.now();
    const at = Math.max(next, now - SLACK_MS);
    if (at > before) return at;
    // The allowance keeps its own margin: a share of all its calls needs none.
    next = (next === -Infinity ? now : at) + (spacingMs() ?? 0) / (1 + MARGIN) / share;
    if (at > now) await sleep(at - now);
    return null;
  };
}
