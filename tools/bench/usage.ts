import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;
const KIB_PER_MIB = 1_024;

/** Processor time so far, in milliseconds, of a process and of the children it has and had; 0 where there is no /proc. */
export function cpuMsOf(pid: number): number {
  const own = ticksOf(pid);
  if (!own) return 0;
  const living = childrenOf(pid).map(cpuMsOf);
  return own * TICK_MS + living.reduce((sum, ms) => sum + ms, 0);
}

/** The most memory the process has held, in MiB; 0 where there is no /proc. */
export function peakMibOf(pid: number): number {
  return mibOf(pid, 'VmHWM');
}

/** The memory it holds now. */
export function rssMibOf(pid: number): number {
  return mibOf(pid, 'VmRSS');
}

function mibOf(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`))?.[1];
  return Math.round(Number(kib ?? 0) / KIB_PER_MIB);
}

/** utime, stime and those of children that have ended: fields 14 to 17 of proc(5), the name before them can hold anything. */
function ticksOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}

function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').map(Number).filter(Boolean);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
