/** Milliseconds. Absent in ApiDeps: these; tests take others. */
export interface EventsPace {
  /** Between looks while outcomes come: only the first of a rush is announced (004_events). */
  busyMs: number;
  /** After the last outcome it counts as a rush for this long. */
  rushMs: number;
  /** Between looks while nothing comes, should an announcement get lost; also the beat of everything below. */
  quietMs: number;
  /** Between counts of the whole batch, at least. */
  progressMs: number;
  /** Without anything to say a comment is sent, so that nobody between takes the connection for dead. */
  silenceMs: number;
  /** Who watches is asked this often whether they still may. */
  recheckMs: number;
  /** A viewer that takes nothing for this long is let go; it resumes where it was. */
  stuckMs: number;
}

export const usualPace: EventsPace = {
  busyMs: 250,
  rushMs: 2_000,
  quietMs: 5_000,
  progressMs: 200,
  silenceMs: 10_000,
  recheckMs: 30_000,
  stuckMs: 120_000,
};
