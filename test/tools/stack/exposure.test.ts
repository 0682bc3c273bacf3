import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from '../../../tools/stack/root';
import type { StackFile } from '../../../tools/stack/stackFile';

/** What other users of this machine, and programs that are not ours, see of a stack. */
const secrets = {
  SECRETS_KEY: 'um segredo de teste com mais de 32 letras',
  OIDC_CLIENT_SECRET: 'outro segredo de teste',
  API_KEY_OF_SOMETHING_ELSE: 'de quem abriu o terminal',
};

let dataDir: string;
let child: ChildProcess;
let pids: StackFile['pids'];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'exposure-'));
  // As a version before left it.
  mkdirSync(join(dataDir, 'start', 'logs'), { recursive: true, mode: 0o755 });
  child = spawn(process.execPath, ['--import', 'tsx', 'test/tools/stack/programs/stack.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ...secrets, DATA_DIR: dataDir },
  });
  const [told] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
    { up?: boolean; pids: StackFile['pids'] },
  ];
  if (!told?.up) throw new Error('the stack did not start');
  ({ pids } = told);
});

afterAll(async () => {
  if (child.exitCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(dataDir, { recursive: true, force: true });
});

const onLinux = existsSync('/proc/self/environ') ? it : it.skip;

function environmentOf(pid: number): Record<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return Object.fromEntries(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.replace(/^[^=]*=/, '')]));
}

onLinux('Temporal, PostgreSQL and the simulators are given no secret, nor anything else of the terminal', () => {
  const others = { temporal: pids.temporal, postgres: pids.postgres, ...pids.gateways };
  expect(Object.keys(others)).toEqual(['temporal', 'postgres', 'banco-do-brasil']);
  for (const [name, pid] of Object.entries(others)) {
    const given = environmentOf(pid as number);
    expect({ name, values: Object.values(given) }).toEqual({
      name,
      values: expect.not.arrayContaining(Object.values(secrets)) as unknown,
    });
    const unexpected = Object.keys(given).filter(
      (each) =>
        !/^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH|NODE_\w+|SIMULATOR_\w+)$/.test(each),
    );
    expect({ name, unexpected }).toEqual({ name, unexpected: [] });
    expect(given['PATH']).toBe(process.env.PATH);
  }
});

onLinux('the worker is given the key, or it could open nothing', () => {
  expect(environmentOf(pids.worker[0] as number)).toMatchObject({ SECRETS_KEY: secrets.SECRETS_KEY });
});

it('nobody but its owner enters a folder of a stack, or reads a file in it', () => {
  const folder = join(dataDir, 'start');
  const seen = [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))];
  const open = seen.flatMap((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found || found.isSymbolicLink() || (found.mode & 0o077) === 0) return [];
    return [`${relative(dataDir, path)} ${(found.mode & 0o777).toString(8)}`];
  });
  expect(open).toEqual([]);
  expect(seen.map((path) => relative(folder, path))).toEqual(
    expect.arrayContaining(['temporal.db', 'stack.json', 'logs/temporal.log', 'gateways/banco-do-brasil']),
  );
});
