import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestBankName } from './banks';
import type { BankScene } from './bankScene';

/** On the path of a boleto, in this order. */
export type Point =
  | 'beforeIntent'
  /** The intent is committed and the connection is there; the turn is not asked for yet. */
  | 'waitingForItsTurn'
  | 'withItsTurn'
  /** Between the check and the first byte: the one place that no check can guard. */
  | 'pastTheLastCheck'
  | 'requestLeft'
  /** The head of the answer is there, its body is not. */
  | 'headRead'
  | 'beforeFlush';

export interface SliceArguments {
  bank: TestBankName;
  databaseUrl: string;
  accountId: number;
  batchId: string;
  sendWindowMs: number;
  /** Run slices until nothing is left to do; otherwise one. */
  settles?: boolean;
  /** What happens to it at this point of its first boleto. */
  halt?: { at: Point; by: 'SIGSTOP' | 'SIGKILL' };
  clockStep?: { at: Point; byMs: number };
}

/** A worker as a process, with one slice to run (../activities/programs/slice.ts). */
export interface SliceProcess {
  /** Resolves when the kernel shows it as stopped. */
  stopped(): Promise<void>;
  wake(): void;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Whatever state it is in. */
  kill(): Promise<void>;
}

/** Longer than a machine under load needs from the intent to the first byte. */
const SEND_WINDOW_MS = 4_000;
const PROGRAM = join(__dirname, '../activities/programs/slice.ts');
const CLOCK = join(__dirname, '../activities/programs/wrongClock.ts');

/** @param clockOffMs how far its wall clock is ahead of this machine's; its monotonic clock is right. */
export function startSlice(
  scene: BankScene,
  batchId: string,
  { clockOffMs = 0, ...what }: Pick<SliceArguments, 'settles' | 'halt' | 'clockStep'> & { clockOffMs?: number } = {},
): SliceProcess {
  const { bankName: bank, databaseUrl, accountId } = scene;
  const given: SliceArguments = { bank, databaseUrl, accountId, batchId, sendWindowMs: SEND_WINDOW_MS, ...what };
  const child = spawn(process.execPath, ['--import', 'tsx', '--import', CLOCK, PROGRAM, JSON.stringify(given)], {
    cwd: join(__dirname, '../..'),
    env: { ...process.env, CLOCK_OFF_MS: String(clockOffMs) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return {
    ended,
    async stopped() {
      while (stateOf(child) !== 'T') {
        if (isOver(child)) throw new Error('the process ended before the point at which it stops');
        await sleep(5);
      }
    },
    wake: () => void child.kill('SIGCONT'),
    async kill() {
      if (!isOver(child)) child.kill('SIGKILL');
      await ended;
    },
  };
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** The kernel's letter: R, S, T … */
function stateOf({ pid }: ChildProcess): string {
  try {
    if (!existsSync('/proc/self/stat'))
      return execFileSync('ps', ['-o', 'state=', '-p', String(pid)]).toString()[0] ?? '';
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before it, in parentheses, may hold anything.
    return stat[stat.lastIndexOf(')') + 2] ?? '';
  } catch {
    // It has just ended.
    return '';
  }
}
