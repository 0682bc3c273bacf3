import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { deal, planBlows, type Blow } from '../../../tools/bench/driver';
import { createRandom } from '../../../examples/random';

const odds = { kills: 6, freezes: 2, withinMs: 1_000, freezeMs: [10, 20] as const };
const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

function prey(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  return child;
}

function stackOf(...workers: ChildProcess[]) {
  return { pids: () => ({ worker: workers.map(({ pid }) => pid ?? 0), gateways: {} }) };
}

/** Of /proc: T = stopped. */
function state({ pid }: ChildProcess): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2)[0] ?? '';
}

async function reaches(child: ChildProcess, wanted: (state: string) => boolean): Promise<void> {
  while (!wanted(state(child))) await sleep(5);
}

test('the same seed plans the same blows, in order of time; another seed others', () => {
  const blows = planBlows(createRandom(7), odds);
  expect(blows).toHaveLength(8);
  expect(planBlows(createRandom(7), odds)).toEqual(blows);
  expect(planBlows(createRandom(8), odds)).not.toEqual(blows);
  expect(blows.map(({ atMs }) => atMs)).toEqual(blows.map(({ atMs }) => atMs).sort((a, b) => a - b));
});

test('a kill kills the one it names, and tells; what is down is spared', async () => {
  const [spared, victim] = [prey(), prey()];
  const killed: string[] = [];
  const blows: Blow[] = [
    { atMs: 0, prey: 'worker', which: 1 },
    { atMs: 0, prey: 'postgres', which: 0 },
  ];
  const dead = once(victim, 'exit');
  await deal(stackOf(spared, victim), blows, {
    say: () => undefined,
    signal: new AbortController().signal,
    onKill: (what) => killed.push(what),
  });
  expect((await dead)[1]).toBe('SIGKILL');
  expect(killed).toEqual(['worker']);
  expect(spared.exitCode).toBeNull();
});

(process.platform === 'linux' ? test : test.skip)(
  'a frozen process stands still and is woken, also when the run is interrupted',
  async () => {
    const child = prey();
    const interrupt = new AbortController();
    const dealing = deal(stackOf(child), [{ atMs: 0, prey: 'worker', which: 0, freezeMs: 600_000 }], {
      say: () => undefined,
      signal: interrupt.signal,
    });
    await reaches(child, (now) => now === 'T');
    interrupt.abort();
    await expect(dealing).rejects.toThrow('aborted');
    await reaches(child, (now) => now !== 'T');
  },
);
