import type { Limit } from '../../domain/manifest';

/** Sends of one account against its allowance. */
export interface Use {
  calls: number;
  /** Windows of the allowance's length, half-open, that begin with a call and hold more than the allowance. */
  windowsOver: number;
  /** Calls sent, by what the allowance permits from the first to the last of them. */
  used: number;
}

/** @param instants milliseconds, in any order; @param share of the window's length that counts. */
export function useOf(instants: readonly number[], { calls, windowMs }: Limit, share = 1): Use {
  const sorted = [...instants].sort((one, other) => one - other);
  const windowsOver = sorted.filter((from, index) => {
    const next = sorted[index + calls];
    return next !== undefined && next - from < windowMs * share;
  }).length;
  const busyMs = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  const permitted = (busyMs / windowMs) * calls;
  return { calls: sorted.length, windowsOver, used: permitted > 0 ? (sorted.length - 1) / permitted : 0 };
}
