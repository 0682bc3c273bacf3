import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from './faults';

const KEPT = 500_000;
const FLUSH_MS = 200;

/** When calls were received, per route: for counting what really arrived in any window. */
export interface CallLog {
  record(route: Route, at: number): void;
  /** Wall-clock milliseconds, with fractions, in order of arrival. */
  instants(route: Route): readonly number[];
  counts(): Record<string, number>;
  /** The most calls that any window of `windowMs` held. */
  busiestWindow(route: Route, windowMs: number): number;
  reset(): void;
  close(): void;
}

/** @param toFile also append each call to calls.jsonl of the folder. */
export function createCallLog(folder: string, toFile: boolean): CallLog {
  const file = join(folder, 'calls.jsonl');
  const received = new Map<Route, { total: number; instants: number[] }>();
  let pending: string[] = [];
  const flush = (): void => {
    if (pending.length > 0) appendFileSync(file, pending.join(''));
    pending = [];
  };
  const timer = toFile ? setInterval(flush, FLUSH_MS).unref() : null;

  return {
    record(route, at) {
      const log = received.get(route) ?? { total: 0, instants: [] };
      received.set(route, log);
      log.total += 1;
      log.instants.push(at);
      if (log.instants.length > 2 * KEPT) log.instants.splice(0, KEPT);
      if (toFile) pending.push(`${JSON.stringify({ route, at })}\n`);
    },
    instants: (route) => received.get(route)?.instants ?? [],
    counts: () => Object.fromEntries([...received].map(([route, { total }]) => [route, total])),
    busiestWindow(route, windowMs) {
      const instants = received.get(route)?.instants ?? [];
      let most = 0;
      for (let from = 0, to = 0; to < instants.length; to++) {
        while ((instants[to] ?? 0) - (instants[from] ?? 0) >= windowMs) from += 1;
        most = Math.max(most, to - from + 1);
      }
      return most;
    },
    reset() {
      received.clear();
      pending = [];
      rmSync(file, { force: true });
    },
    close() {
      if (timer) clearInterval(timer);
      flush();
    },
  };
}
