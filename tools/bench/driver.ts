import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../examples/random';
import type { Say } from '../stack/say';
import type { Stack } from '../stack/stack';

export type Prey = 'worker' | 'temporal' | 'postgres' | 'gateway';

/** One process is killed (SIGKILL), or frozen (SIGSTOP) and woken (SIGCONT). */
export interface Blow {
  /** Milliseconds from the beginning. */
  atMs: number;
  prey: Prey;
  /** Among several of a kind. */
  which: number;
  /** Absent: killed. */
  freezeMs?: number;
}

export interface BlowOdds {
  kills: number;
  /** Of workers only: a frozen server is a slow one, which the simulator's faults already are. */
  freezes: number;
  /** Blows are spread evenly over this time. */
  withinMs: number;
  freezeMs: readonly [from: number, to: number];
}

/** Workers do the work, so they are hit as often as all the others together. */
const prey: readonly Prey[] = ['worker', 'worker', 'worker', 'temporal', 'postgres', 'gateway'];

/** The same blows for the same `random`, in order of time. */
export function planBlows(random: Random, { kills, freezes, withinMs, freezeMs }: BlowOdds): Blow[] {
  const at = () => ({ atMs: random.between(0, withinMs), which: random.between(0, 63) });
  const blows: Blow[] = [
    ...Array.from({ length: kills }, () => ({ ...at(), prey: random.pick(prey) })),
    ...Array.from({ length: freezes }, () => ({
      ...at(),
      prey: 'worker' as const,
      freezeMs: random.between(...freezeMs),
    })),
  ];
  return blows.sort((one, other) => one.atMs - other.atMs);
}

/** Deals the blows at their moments; resolves when the last frozen process was woken. One that is down is spared. */
export async function deal(
  stack: Pick<Stack, 'pids'>,
  blows: readonly Blow[],
  { say, signal, onKill }: { say: Say; signal: AbortSignal; onKill?: (prey: Prey) => void },
): Promise<void> {
  const began = performance.now();
  const woken: Promise<void>[] = [];
  try {
    for (const blow of blows) {
      await sleep(Math.max(0, began + blow.atMs - performance.now()), undefined, { signal });
      const pid = pidOf(stack, blow);
      if (!pid) continue;
      say(`  ⚡ ${(blow.atMs / 1_000).toFixed(1)} s: ${describe(blow)} (${pid})`);
      if (blow.freezeMs === undefined) {
        if (send(pid, 'SIGKILL')) onKill?.(blow.prey);
      } else woken.push(freeze(pid, blow.freezeMs, signal));
    }
  } finally {
    await Promise.all(woken);
  }
}

function describe({ prey: what, freezeMs }: Blow): string {
  return freezeMs === undefined ? `SIGKILL ${what}` : `SIGSTOP ${what} for ${(freezeMs / 1_000).toFixed(1)} s`;
}

/** Stops a process for so long; it is woken also when `signal` ends the wait. */
async function freeze(pid: number, ms: number, signal: AbortSignal): Promise<void> {
  if (!send(pid, 'SIGSTOP')) return;
  try {
    await sleep(ms, undefined, { signal });
  } finally {
    send(pid, 'SIGCONT');
  }
}

function pidOf(stack: Pick<Stack, 'pids'>, { prey: what, which }: Blow): number | undefined {
  const { worker, temporal, postgres, gateways } = stack.pids();
  const pids = { worker, temporal: [temporal], postgres: [postgres], gateway: Object.values(gateways) }[what];
  return pids[which % Math.max(1, pids.length)];
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
    return false;
  }
}
