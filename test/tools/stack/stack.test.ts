import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../../tools/stack/identity';
import { startStack, type Stack } from '../../../tools/stack/stack';
import type { StackFile } from '../../../tools/stack/stackFile';
import { until } from '../../../tools/stack/waiting';
import { root } from '../../../tools/stack/root';
import { standIns } from './programs/standIns';

const LONG_MS = 240_000;

let dataDir: string;
let variables: Record<string, string | undefined>;
let stack: Stack | undefined;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'stack-'));
  const { TEMPORAL_CLI_PATH } = process.env;
  variables = { DATA_DIR: dataDir, TEMPORAL_CLI_PATH };
});

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const start = () => startStack({ name: 'start', say: () => {}, variables, programs: standIns });
const file = () => join(dataDir, 'start', 'stack.json');
const published = () => JSON.parse(readFileSync(file(), 'utf8')) as StackFile;

describe('a stack', () => {
  it('tells in stack.json where everything is, to its owner only, and takes that back at the end', async () => {
    stack = await start();
    expect(published()).toEqual({
      temporalAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      temporalNamespace: 'default',
      temporalUi: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      databaseUrl: stack.databaseUrl,
      applicationDatabaseUrl: stack.variables['DATABASE_URL'],
      secretsKeyFile: join(dataDir, 'start', 'secrets.key'),
      gateways: { 'banco-do-brasil': expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
      pids: {
        worker: [expect.any(Number)],
        temporal: expect.any(Number),
        postgres: expect.any(Number),
        gateways: { 'banco-do-brasil': expect.any(Number) },
      },
    });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'start', 'secrets.key')).mode & 0o777).toBe(0o600);

    await expect(start()).rejects.toThrow(`já está em uso pelo processo ${process.pid}.`);
    expect(existsSync(file())).toBe(true);

    const { pids } = published();
    await stack.stop();
    expect([...pids.worker, pids.temporal as number, pids.postgres as number].filter(isAlive)).toEqual([]);
    expect(existsSync(file())).toBe(false);
  });

  it('has the addresses and the key of its last run', async () => {
    stack = await start();
    const { gateways, temporalUi, secretsKey, databaseUrl } = stack;
    await stack.stop();
    stack = await start();
    expect(stack).toMatchObject({ gateways, temporalUi, secretsKey, databaseUrl });
  });

  it('writes the new number of a worker that was started again', async () => {
    stack = await start();
    const [before] = published().pids.worker;
    process.kill(before as number, 'SIGKILL');
    const after = await until(() => published().pids.worker.find((pid) => pid !== before), LONG_MS);
    expect(after).toBeDefined();
    expect(isAlive(after as number)).toBe(true);
  });

  it('leaves nothing behind when it is killed, and starts again at once', async () => {
    const { child, pids } = await startApart();
    child.kill('SIGKILL');
    const all = [
      ...pids.worker,
      pids.temporal as number,
      pids.postgres as number,
      ...Object.values<number>(pids.gateways),
    ];
    const gone = await until(() => (all.some(isAlive) ? undefined : true), LONG_MS);
    expect(gone).toBe(true);
    stack = await start();
  });

  it('starts again when the killed run was not tidied up after', async () => {
    const { child, pids } = await startApart();
    // As after the machine's own kill: nobody is left to end the servers in order.
    process.kill(pids.postgres as number, 'SIGKILL');
    process.kill(pids.temporal as number, 'SIGKILL');
    child.kill('SIGKILL');
    await once(child, 'exit');
    stack = await start();
    expect(published().pids.postgres).not.toBe(pids.postgres);
  });

  it('ends while it is still starting', async () => {
    const interrupt = new AbortController();
    const starting = startStack({
      ...{ name: 'start', variables, programs: standIns, signal: interrupt.signal },
      say: (line) => {
        if (line.startsWith('✓ PostgreSQL')) interrupt.abort();
      },
    });
    await expect(starting).rejects.toThrow(/A parada foi pedida durante o início/);
    stack = await start();
  });

  it('refuses a database that does not answer without showing its password', async () => {
    const DATABASE_URL = 'postgres://boletos:segredo-de-teste@127.0.0.1:9/boletos';
    const starting = startStack({
      name: 'start',
      say: () => {},
      variables: { ...variables, DATABASE_URL },
      programs: standIns,
    });
    await expect(starting).rejects.toThrow(/O PostgreSQL de DATABASE_URL \(127\.0\.0\.1:9\/boletos\) não responde/);
    await expect(starting).rejects.not.toThrow(/segredo-de-teste/);
  });
});

async function startApart(): Promise<{ child: ChildProcess; pids: StackFile['pids'] }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/tools/stack/programs/stack.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ...variables },
  });
  const message = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  const [told] = message as [{ up?: boolean; pids: StackFile['pids'] }];
  if (!told?.up) throw new Error('the stack did not start');
  return { child, pids: told.pids };
}
