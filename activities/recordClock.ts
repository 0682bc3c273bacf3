/** Two clocks may drift apart by this share of the time: what NTP corrects at most, without a step. */
const DRIFT = 0.0005;

/** Where the instants of the record's clock lie on this process's monotonic one; milliseconds on both. */
export interface RecordClock {
  /** The record said that it was `now`, at some moment between `asked` and `answered`. */
  learn(now: number, asked: number, answered: number): void;
  /** From when on the record's clock has certainly reached `instant`. */
  reachedBy(instant: number): number;
  /** Until when it has certainly not passed it. */
  notPassedBefore(instant: number): number;
}

/**
 * Each answer bounds the difference between the clocks by the time that it took, and the bounds of all answers hold
 * together: the quickest ones decide, so that a slow one costs no precision.
 */
export function createRecordClock(): RecordClock {
  let [least, most, at] = [-Infinity, Infinity, 0];
  return {
    learn(now, asked, answered) {
      const drift = Math.max(0, answered - at) * DRIFT;
      at = answered;
      least = Math.max(least - drift, now - answered);
      most = Math.min(most + drift, now - asked);
      // A clock was set, or this machine slept: what was known is of no use any more.
      if (least > most) [least, most] = [now - answered, now - asked];
    },
    reachedBy: (instant) => instant - least,
    notPassedBefore: (instant) => instant - most,
  };
}
