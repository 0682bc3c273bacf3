import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { PermitLease } from '../record/engine/limits';
import { createRecordClock } from './recordClock';

/** A turn to send one call now. Used later than `latest` (monotonic milliseconds) it is forfeited. */
export interface Permit {
  latest: number;
}

/** No turn comes before the call's own deadline. */
export class NoTurnInTime extends Error {
  constructor(
    /** Milliseconds after which asking again makes sense. */
    readonly waitMs: number,
    /** The account's quota is used up until then. */
    readonly isUsedUp = false,
  ) {
    super(`no turn within the next ${Math.round(waitMs)} ms`);
  }
}

/** @param before monotonic milliseconds. @throws NoTurnInTime as soon as it is known that the turn would come later. */
export type TakePermit = (before: number) => Promise<Permit>;

export interface PermitSource {
  /** Asks the shared allowance for up to `wanted` turns; `leadMs` is how long its answers take. */
  lease(wanted: number, leadMs: number): Promise<PermitLease>;
  /** Told with each lease how far apart turns are. */
  onSpacing?(spacingMs: number): void;
  /** Told with each lease for how long there is none, because the quota is used up; 0 = it is not. */
  onQuota?(usedUpForMs: number): void;
}

interface Waiting {
  before: number;
  resolve(permit: Permit): void;
  reject(error: unknown): void;
}

const LARGEST_LEASE = 50;
/** The allowance may be raised, or a hold lifted, while we wait for it. */
const LONGEST_SLEEP_MS = 1_000;
const LONGEST_GATHER_MS = 20;
/** The slowest answer is forgotten by and by. */
const LEAD_DECAY = 0.9;

/** A turn may be there already; a timer of less than nothing is a warning of Node's. */
export function gatherMs(untilLastTurnMs: number): number {
  return Math.min(LONGEST_GATHER_MS, Math.max(0, untilLastTurnMs / 4));
}

/**
 * Hands out turns of one account and route class in order of arrival. Waiting calls share a lease of the account's
 * allowance; a turn is never early on the record's clock, which all workers share. Who cannot have a turn in time is
 * told at once and takes none: an allowance that is used up, or held by the bank, holds nobody here.
 */
export function createPermits({ lease, onSpacing, onQuota }: PermitSource): TakePermit {
  let waiting: Waiting[] = [];
  let serving = false;
  let leadMs = 0;
  const clock = createRecordClock();

  /** Those whose time ends before `instant` leave the queue. */
  function dismiss(instant: number, waitMs: number, isUsedUp = false): void {
    const late = waiting.filter(({ before }) => before < instant);
    waiting = waiting.filter(({ before }) => before >= instant);
    for (const { reject } of late) reject(new NoTurnInTime(waitMs, isUsedUp));
  }

  async function serve(): Promise<void> {
    while (waiting.length > 0) {
      // Calls that became ready in the same turn of the event loop share a lease.
      await setImmediate();
      const asked = performance.now();
      dismiss(asked, 0);
      if (waiting.length === 0) return;
      const given = await lease(Math.min(waiting.length, LARGEST_LEASE), leadMs);
      const answered = performance.now();
      leadMs = Math.max(answered - asked, leadMs * LEAD_DECAY);
      clock.learn(given.now, asked, answered);
      onSpacing?.(given.spacingMs);
      onQuota?.(given.usedUp ? given.waitMs : 0);
      if (given.instants.length === 0) {
        dismiss(answered + given.waitMs, given.waitMs, given.usedUp);
        if (waiting.length > 0) await sleep(Math.min(given.waitMs, LONGEST_SLEEP_MS));
      }
      for (const instant of given.instants)
        hand(clock.reachedBy(instant), clock.notPassedBefore(instant) + given.toleranceMs);
      const last = given.instants.at(-1);
      // While turns are in hand, more calls come to share the next lease.
      if (last !== undefined) await sleep(gatherMs(clock.reachedBy(last) - answered));
    }
  }

  function hand(from: number, latest: number): void {
    const now = performance.now();
    // Over before anybody could use it.
    if (latest < Math.max(from, now)) return;
    dismiss(from, from - now);
    const taker = waiting.shift();
    if (taker) setTimeout(taker.resolve, Math.max(0, Math.ceil(from - now)), { latest });
  }

  function start(): void {
    serving = true;
    serve()
      .catch((error: unknown) => {
        for (const { reject } of waiting.splice(0)) reject(error);
      })
      .finally(() => {
        serving = false;
        if (waiting.length > 0) start();
      });
  }

  return (before) =>
    new Promise((resolve, reject) => {
      waiting.push({ before, resolve, reject });
      if (!serving) start();
    });
}
