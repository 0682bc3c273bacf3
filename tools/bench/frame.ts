import type { Say } from '../stack/say';
import type { Stack, StackOptions } from '../stack/stack';

/** What a bench must reach. Its name is `BENCH.what`; exactly one of the bounds is there. */
export type Goal = { goal: string; value: number } & ({ atLeast: number } | { atMost: number });

export interface Bench {
  /** As in `npm run bench -- NAME`; also the beginning of its goals and the end of its folder below DATA_DIR. */
  name: string;
  /** One line for the person who waits. */
  title: string;
  /** What `--OPTION N` may change: whole numbers, with what they are when nobody says. */
  options?: Readonly<Record<string, { default: number; help: string }>>;
  run(context: BenchContext): Promise<Goal[]>;
}

export interface BenchContext {
  /** A line for a person; on standard error with --json. */
  say: Say;
  /** One measurement: a JSON line with --json (with the bench's name in front), readable text without. */
  measure(values: Record<string, unknown>): void;
  /** The value of a declared option. @throws Error for one that the bench did not declare. */
  option(name: string): number;
  /** `--option N …` that repeat this run with these changes. */
  replay(changes: Record<string, number>): string;
  /**
   * A whole stack in `DATA_DIR/bench-NAME`, emptied before. Several at once, or one after the other, each with a
   * `part` of its own. What the bench does not stop is stopped after it, also when it is interrupted.
   */
  startStack(
    options?: Omit<StackOptions, 'name' | 'publishedAs' | 'say' | 'signal'> & { part?: string },
  ): Promise<Stack>;
  /** Aborted when the bench is interrupted. */
  signal: AbortSignal;
}

export function isReached(goal: Goal): boolean {
  return 'atLeast' in goal ? goal.value >= goal.atLeast : goal.value <= goal.atMost;
}
