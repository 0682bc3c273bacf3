import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { plainEnvironment } from './plainEnvironment';

/** True while the process exists; a zombie, which nobody can stop any more, does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || !isZombie(pid);
}

/** The command line with its arguments; empty when the process is gone or belongs to somebody who hides it. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    if (process.platform === 'win32') {
      const query = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`;
      return run('powershell', ['-NoProfile', '-NonInteractive', '-Command', query]);
    }
    return run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  } catch {
    return '';
  }
}

/**
 * Tells this process from a later one that was given the same number: numbers come round, in a container after every
 * start. Empty when the process is gone.
 */
export function identity(pid: number): string {
  try {
    if (process.platform === 'linux') {
      // Dead, and only not yet taken note of by its parent: it holds nothing any more.
      if (isZombie(pid)) return '';
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return `${pid} ${boot} ${statFields(pid)[START_TIME_FIELD]}`;
    }
    if (process.platform === 'win32') {
      const query = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CreationDate.Ticks`;
      return `${pid} ${run('powershell', ['-NoProfile', '-NonInteractive', '-Command', query])}`;
    }
    return `${pid} ${run('ps', ['-o', 'lstart=', '-p', String(pid)])}`;
  } catch {
    return '';
  }
}

// Counted from the field after the command's name, which may hold spaces and brackets itself (proc(5): 3 and 22).
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isZombie(pid: number): boolean {
  try {
    return statFields(pid)[STATE_FIELD] === 'Z';
  } catch {
    return true;
  }
}

function run(command: string, args: string[]): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  }).trim();
}
