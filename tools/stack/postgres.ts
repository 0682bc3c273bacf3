import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { StackError } from './errors';
import { keptSecret } from './files';
import { commandLine, isAlive } from './identity';
import { freePort } from './ports';
import { choosePostgresAccount, handOver, rememberedPlace, type PostgresAccount } from './postgresAccount';
import { findPostgres, postgresProgram } from './postgresBinaries';
import { plainEnvironment } from './plainEnvironment';
import type { Launch, Program } from './processes';
import type { Say } from './say';
import { stopProcess } from './stopping';

const SUPERUSER = 'postgres';
/** Lets transactions finish; PostgreSQL's "fast" shutdown takes far less. */
const GRACE_MS = 20_000;

export interface PostgresOptions {
  /** The stack's folder: password, data and logs live below it. */
  folder: string;
  /** Taken when it is free, else another one. */
  port: number;
  /**
   * false for tests only: their record may be lost with the machine, and a commit that waits for the disk makes a run
   * several times longer.
   */
  durable: boolean;
  say: Say;
  /** false: as where the system does not permit user namespaces. */
  userNamespace?: boolean;
}

export interface EmbeddedPostgres {
  program: Program<true>;
  /** With the password: never for a log. The port is known once the program is ready. */
  url(database: string): string;
}

/**
 * A PostgreSQL of this folder: TCP on loopback only, with a password, since loopback is shared with other users.
 * Nothing runs before the program is started.
 */
export function embeddedPostgres(options: PostgresOptions): EmbeddedPostgres {
  let { port } = options;
  let wasReady = false;
  let account: PostgresAccount | undefined;
  const password = keptSecret(join(options.folder, 'postgres.password'));
  const url = (database: string) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;

  async function launch(): Promise<Launch> {
    account ??= choosePostgresAccount(options.folder, findPostgres(), options.say, {
      userNamespace: options.userNamespace ?? true,
    });
    const data = join(account.place, 'pgdata');
    await stopStalePostmaster(data, options.say);
    if (!existsSync(join(data, 'PG_VERSION'))) createCluster(account, data, password);
    // Once others know the address, it stays.
    if (!wasReady) port = await freePort(port).catch(() => freePort());
    return run(account, 'postgres', ['-D', data, '-p', String(port), ...settings(options.durable)]);
  }

  return {
    url,
    program: {
      name: 'postgres',
      kind: 'postgres',
      label: 'PostgreSQL',
      launch,
      ready: {
        async ask() {
          const answers = (await accepts(url('postgres'))) || undefined;
          wasReady ||= answers === true;
          return answers;
        },
      },
      // Recovery after a kill replays the log first.
      readyWithinMs: 60_000,
      // "Fast" shutdown: rolls open transactions back. SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
      graceMs: GRACE_MS,
    },
  };
}

function settings(durable: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    // A socket's path may have about 100 bytes, fewer than the path of many a clone.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function run(account: PostgresAccount, program: string, args: readonly string[]): Launch {
  const { prefix, native, place: _, ...user } = account;
  const [command, ...rest] = [...prefix, postgresProgram(native, program), ...args] as [string, ...string[]];
  // Its words are read by us, and the messages of a translated server by nobody.
  return { command, args: rest, ...user, env: { ...plainEnvironment(), LC_ALL: 'C', TZ: 'UTC' } };
}

function createCluster(account: PostgresAccount, data: string, password: string): void {
  // What a killed initdb left is of no use: nothing was ever stored in it.
  rmSync(data, { recursive: true, force: true });
  const passwordFile = join(account.place, 'initdb.password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  handOver(passwordFile, account);
  try {
    const { command, args, env, ...user } = run(account, 'initdb', [
      ...['-D', data, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      // The same order and case on every machine, whatever locales it has.
      ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
      // There is nothing to lose yet; the server syncs from its first commit on.
      ...['--no-sync', '--no-instructions'],
    ]);
    const done = spawnSync(command, args, { ...user, cwd: '/', env, encoding: 'utf8' });
    if (done.status !== 0)
      throw new StackError(
        `O PostgreSQL não conseguiu criar sua pasta de dados ${data}: ` +
          (done.error?.message ?? (done.stderr.trim() || `initdb terminou com ${done.status ?? done.signal}`)),
      );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Removes a cluster whose folder is locked for us and of which nothing is to be kept, with the server on it. */
export async function discardPostgres(folder: string, say: Say): Promise<void> {
  const places = [folder, join(folder, 'postgres'), rememberedPlace(folder)].filter((place) => place !== undefined);
  for (const place of places) {
    const data = join(place, 'pgdata');
    await stopStalePostmaster(data, say);
    rmSync(place === folder ? data : place, { recursive: true, force: true });
  }
}

/** The folder is locked for us, so that a server on its data is what a killed run left. */
async function stopStalePostmaster(data: string, say: Say): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!(pid > 0) || !isAlive(pid)) return;
  if (commandLine(pid).includes(data)) {
    say(`… um PostgreSQL de uma execução interrompida (processo ${pid}) é parado antes`);
    await stopProcess(pid, 'SIGINT', GRACE_MS);
  } else {
    // The number was given to another program meanwhile. PostgreSQL would take that one for itself.
    rmSync(pidFile, { force: true });
  }
}

async function accepts(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
