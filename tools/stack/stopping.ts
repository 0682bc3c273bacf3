import { isAlive } from './identity';
import { until } from './waiting';

const KILL_TAKES_AT_MOST_MS = 5_000;

/** Asks a process to end and, after `graceMs`, ends it. @returns false when it had to be killed. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  send(pid, signal);
  if (await isGone(pid, graceMs)) return true;
  send(pid, 'SIGKILL');
  await isGone(pid, KILL_TAKES_AT_MOST_MS);
  return false;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile, which is what we want.
  }
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  return (await until(() => (isAlive(pid) ? undefined : true), withinMs, 20)) ?? false;
}
