import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { isAlive } from '../../../tools/stack/identity';
import { discardPostgres, embeddedPostgres } from '../../../tools/stack/postgres';
import { Supervisor } from '../../../tools/stack/processes';

let folder: string;
let said: string[];
const say = (line: string) => void said.push(line);
let supervisor: Supervisor;

beforeEach(() => {
  said = [];
  // As mkdtemp makes it only its owner may enter, which as root shuts out every other user.
  folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  supervisor = new Supervisor(join(folder, 'logs'), say);
});

afterEach(async () => {
  await supervisor.stop();
  await discardPostgres(folder, say);
  rmSync(folder, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

function server({ userNamespace = true, durable = false, port = 0 } = {}) {
  return embeddedPostgres({ folder, port, durable, say, userNamespace });
}

describe('the embedded PostgreSQL', () => {
  it('runs in a folder that only its owner may enter, behind a password that only its owner may read', async () => {
    const postgres = server();
    await supervisor.start(postgres.program);
    expect(await query(postgres.url('postgres'), 'select 1')).toEqual([1]);
    const withoutPassword = new URL(postgres.url('postgres'));
    withoutPassword.password = 'outra';
    await expect(query(withoutPassword.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(folder, 'postgres.password')).mode & 0o777).toBe(0o600);
  });

  it('runs where user namespaces are not permitted, and keeps its data over a restart', async () => {
    const first = server({ userNamespace: false });
    await supervisor.start(first.program);
    await query(first.url('postgres'), 'create table kept as select 42 as answer');
    await supervisor.stop();

    supervisor = new Supervisor(join(folder, 'logs'), say);
    const second = server({ userNamespace: false });
    await supervisor.start(second.program);
    expect(await query(second.url('postgres'), 'select answer from kept')).toEqual([42]);
    if (process.getuid?.() === 0) expect(said.join('\n')).toMatch(/PostgreSQL recusa o root/);
  });

  it('stops a server that a killed run left on its data, and loses nothing that was committed', async () => {
    const left = server({ durable: true });
    const { command, args, env } = await left.program.launch();
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'ignore', detached: true });
    const gone = once(child, 'exit');
    const { ready } = left.program;
    while (!('ask' in ready && (await ready.ask())));
    await query(left.url('postgres'), 'create table kept as select 42 as answer');

    const postgres = server({ durable: true });
    await supervisor.start(postgres.program);
    await gone;
    expect(isAlive(child.pid as number)).toBe(false);
    expect(said.join('\n')).toContain(`processo ${child.pid}`);
    expect(await query(postgres.url('postgres'), 'select answer from kept')).toEqual([42]);
  });

  it('syncs every commit unless it is for tests', async () => {
    const postgres = server({ durable: true });
    await supervisor.start(postgres.program);
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes'];
    for (const name of settings) expect(await query(postgres.url('postgres'), `show ${name}`)).toEqual(['on']);
  });

  it('takes another port when its own is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const postgres = server({ port });
    await supervisor.start(postgres.program);
    squatter.close();
    expect(new URL(postgres.url('postgres')).port).not.toBe(String(port));
    expect(await query(postgres.url('postgres'), 'select 1')).toEqual([1]);
  });
});
