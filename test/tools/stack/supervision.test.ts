import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackError } from '../../../tools/stack/errors';
import { isAlive } from '../../../tools/stack/identity';
import { ourProgram, Supervisor, type Launch, type Program } from '../../../tools/stack/processes';
import { until } from '../../../tools/stack/waiting';

const LONG_MS = 120_000;

let folder: string;
let said: string[];
let changes: number;
let supervisor: Supervisor;

beforeEach(() => {
  said = [];
  changes = 0;
  folder = mkdtempSync(join(tmpdir(), 'supervision-'));
  supervisor = new Supervisor(
    folder,
    (line) => said.push(line),
    () => changes++,
  );
});

afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true, force: true });
});

function program(launch: () => Launch, others: Partial<Program<void>> = {}): Program<void> {
  return {
    name: 'worker-1',
    kind: 'worker',
    label: 'worker 1',
    launch,
    ready: { message: () => undefined },
    readyWithinMs: LONG_MS,
    stopSignal: 'SIGTERM',
    graceMs: LONG_MS,
    ...others,
  };
}

const worker = (env: Record<string, string> = {}) => ourProgram('test/tools/stack/programs/worker.ts', env);
const script = (code: string): Launch => ({ command: process.execPath, args: ['-e', code], env: {} });

describe('supervision', () => {
  it('starts a child again that was killed, says so and gives its new number', async () => {
    await supervisor.start(program(worker));
    const first = supervisor.pid('worker-1') as number;
    process.kill(first, 'SIGKILL');
    const second = await until(() => {
      const pid = supervisor.pid('worker-1');
      return pid !== undefined && pid !== first && changes === 2 ? pid : undefined;
    }, LONG_MS);
    expect(second).toBeDefined();
    expect(said).toEqual([
      '! worker 1 parou (sinal SIGKILL); inicia de novo em 0,5 s',
      `✓ worker 1 de novo no ar (processo ${second})`,
    ]);
  });

  it('starts a child again that fails while it comes back, each time later', async () => {
    let starts = 0;
    await supervisor.start(program(() => worker(++starts === 2 ? { WORKER_FAILS: '1' } : {})));
    process.kill(supervisor.pid('worker-1') as number, 'SIGKILL');
    await until(() => (said.length === 3 ? true : undefined), LONG_MS);
    expect(said[0]).toMatch(/parou \(sinal SIGKILL\); inicia de novo em 0,5 s/);
    expect(said[1]).toMatch(/não voltou: .*terminou ao iniciar \(código 7\).*; inicia de novo em 1 s/);
    expect(said[2]).toMatch(/de novo no ar/);
  });

  it('gives the last words of a child that cannot start', async () => {
    let starts = 0;
    const launch = () => {
      starts++;
      return script('console.error("porta em uso"); process.exit(3)');
    };
    const start = supervisor.start(program(launch, { ready: { ask: () => Promise.resolve(undefined) } }));
    await expect(start).rejects.toThrow(StackError);
    await expect(start).rejects.toThrow(/terminou ao iniciar \(código 3\)[^]*porta em uso/);
    expect(starts).toBe(4);
  });

  it('stops in order and starts nothing again', async () => {
    await supervisor.start(program(worker));
    await supervisor.start(program(worker, { name: 'gateway-x', kind: 'gateway', label: 'simulador' }));
    const pids = ['worker-1', 'gateway-x'].map((name) => supervisor.pid(name) as number);
    await supervisor.stop();
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(said).toEqual([]);
    expect(changes).toBe(0);
  });

  it('kills a child that does not stop within its grace', async () => {
    const deaf = script('process.on("SIGTERM", () => {}); process.send({ ready: true }); setInterval(() => {}, 1000)');
    await supervisor.start(program(() => deaf, { graceMs: 100 }));
    const pid = supervisor.pid('worker-1') as number;
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
    expect(said).toEqual(['! worker 1 não parou em 0,1 s e foi encerrado à força']);
  });
});
