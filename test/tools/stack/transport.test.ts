import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../record/database';
import { embeddedPostgres } from '../../../tools/stack/postgres';
import { Supervisor } from '../../../tools/stack/processes';
import { startStack } from '../../../tools/stack/stack';
import { root } from '../../../tools/stack/root';
import { runCli } from '../../kit/cli';
import { selfSignedCertificate } from '../../gateways/selfSigned';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'transport-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a PostgreSQL that speaks TLS', () => {
  let supervisor: Supervisor;
  let url: string;

  beforeAll(async () => {
    const { key, cert } = selfSignedCertificate();
    writeFileSync(join(folder, 'server.key'), key, { mode: 0o600 });
    writeFileSync(join(folder, 'server.crt'), cert);
    writeFileSync(join(folder, 'other.crt'), selfSignedCertificate().cert);
    const postgres = embeddedPostgres({ folder, port: 0, durable: false, say: () => {} });
    const files = { ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' };
    const settings = Object.entries(files).flatMap(([name, file]) => ['-c', `${name}=${join(folder, file)}`]);
    supervisor = new Supervisor(join(folder, 'logs'), () => {});
    await supervisor.start({
      ...postgres.program,
      async launch() {
        const launch = await postgres.program.launch();
        return { ...launch, args: [...launch.args, '-c', 'ssl=on', ...settings] };
      },
    });
    // The certificate is for this name.
    url = postgres.url('postgres').replace('127.0.0.1', 'localhost');
  });
  afterAll(() => supervisor.stop());

  async function isEncrypted(parameters: string, host = 'localhost'): Promise<boolean | undefined> {
    const knex = openDatabase(`${url.replace('localhost', host)}?${parameters}`, 1);
    try {
      const { rows } = await knex.raw<{ rows: { ssl: boolean }[] }>(
        'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
      );
      return rows[0]?.ssl;
    } finally {
      await knex.destroy();
    }
  }
  const rootcert = (file: string) => `sslmode=verify-full&sslrootcert=${join(folder, file)}`;

  it('is refused with verify-full while nobody vouches for its certificate', async () => {
    await expect(isEncrypted('sslmode=verify-full')).rejects.toThrow(/self-signed certificate/);
    await expect(isEncrypted(rootcert('other.crt'))).rejects.toThrow(/certificate/);
  });

  it('is taken with verify-full when sslrootcert vouches for it', async () => {
    expect(await isEncrypted(rootcert('server.crt'))).toBe(true);
    expect(await isEncrypted(`${rootcert('server.crt')}&uselibpqcompat=true`)).toBe(true);
  });

  it('is refused with verify-full under a name that is not in its certificate', async () => {
    await expect(isEncrypted(rootcert('server.crt'), '127.0.0.1')).rejects.toThrow(/does not match certificate/);
    await expect(isEncrypted(`${rootcert('server.crt')}&uselibpqcompat=true`, '127.0.0.1')).rejects.toThrow(
      /does not match certificate/,
    );
  });
});

describe('a start that would reach another machine unverified', () => {
  // Reserved for examples: nothing answers there, and nothing is asked.
  const DATABASE_URL = 'postgres://boletos:segredo-de-teste@db.example/boletos?sslmode=require';
  const refusal = /DATABASE_URL não serve: o PostgreSQL está em outra máquina \(db\.example\)/;

  it.each(['worker', 'api'])('is refused by the %s in one line', async (name) => {
    const child = spawn(process.execPath, ['--import', 'tsx', `${name}/main.ts`], {
      cwd: root,
      env: { ...process.env, DATABASE_URL, SECRETS_KEY: 'x'.repeat(32) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    expect(said).toMatch(refusal);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(said).not.toContain('segredo-de-teste');
  });

  it('is refused by the CLI as bad input', async () => {
    const { exitCode, stderr } = await runCli(['comunicacoes'], { DATABASE_URL });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(refusal) });
  });

  it('is refused by the stack, before anything is started', async () => {
    const start = (variables: Record<string, string>) =>
      startStack({ name: 'start', say: () => {}, variables: { DATA_DIR: folder, ...variables } });
    await expect(start({ DATABASE_URL })).rejects.toThrow(refusal);
    await expect(start({ TEMPORAL_ADDRESS: 'temporal.example:7233' })).rejects.toThrow(
      /O Temporal está em outra máquina/,
    );
  });

  it('is refused by the stack with real banks and a Temporal that every user of the machine reaches', async () => {
    const starting = startStack({ name: 'start', say: () => {}, variables: { DATA_DIR: folder, GATEWAYS: 'real' } });
    await expect(starting).rejects.toThrow(
      /GATEWAYS=real pede um Temporal seu \(TEMPORAL_ADDRESS\).+ALLOW_INSECURE=dev-server/,
    );
  });
});
