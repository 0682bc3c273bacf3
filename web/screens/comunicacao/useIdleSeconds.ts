import { useEffect, useState } from 'preact/hooks';
import type { Batch } from '../../../contract/batch';
import { serverNow } from '../../api/client';

/** Shorter is a bank that takes its time. */
const SHORTEST_MS = 15_000;
/** Of the pace that the gateway allows. */
const MISSED_TURNS = 3;

/** How long nothing has moved though something is due; null = it moves, or has no reason to. Counts on by itself. */
export function useIdleSeconds({
  phase,
  idleSince,
  allowance,
}: Pick<Batch, 'phase' | 'idleSince' | 'allowance'>): number | null {
  const [, tick] = useState(0);
  const watched = phase === 'communicating' && idleSince !== null;
  useEffect(() => {
    if (!watched) return;
    const timer = setInterval(() => tick((before) => before + 1), 1_000);
    return () => clearInterval(timer);
  }, [watched]);
  if (!watched) return null;
  const idleMs = serverNow() - Date.parse(idleSince);
  const turnMs = allowance && allowance.calls > 0 ? allowance.windowMs / allowance.calls : 0;
  return idleMs < Math.max(SHORTEST_MS, turnMs * MISSED_TURNS) ? null : Math.floor(idleMs / 1_000);
}

/** `95 s`, `4 min`, `2 h`. */
export function waited(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`;
}
