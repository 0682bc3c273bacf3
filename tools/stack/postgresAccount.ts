import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackError } from './errors';
import { writeAtomically } from './files';
import { plainEnvironment } from './plainEnvironment';
import { postgresProgram } from './postgresBinaries';
import type { Say } from './say';

const PASSABLE = 0o711;

/** How PostgreSQL's programs are run: they refuse root. */
export interface PostgresAccount {
  /** Goes before the program and its arguments. */
  prefix: readonly string[];
  uid?: number;
  gid?: number;
  /** Folder of the binaries. */
  native: string;
  /** Folder that the account may write to; the data folder is made below it. */
  place: string;
}

interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * As root: a user namespace in which root is a plain user (the files stay in `folder` and belong to root); where that
 * is not permitted, the user `nobody`, with binaries and data at a place that it can reach.
 * @throws StackError when there is no other user at all.
 */
export function choosePostgresAccount(
  folder: string,
  native: string,
  say: Say,
  { userNamespace = true } = {},
): PostgresAccount {
  if (process.getuid?.() !== 0) return { prefix: [], native, place: folder };
  const user = plainUser();
  const prefix = ['unshare', '--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--'];
  const asUser = { uid: user.uid, gid: user.gid };
  if (userNamespace && runs(prefix[0] as string, [...prefix.slice(1), 'true']))
    return { prefix, native, place: folder };

  const own = join(folder, 'postgres');
  mkdirSync(own, { recursive: true });
  chownSync(own, user.uid, user.gid);
  // Of a version whose folders others could enter: what is there stays there, and nobody else sees more than its name.
  if (existsSync(join(own, 'pgdata'))) chmodSync(folder, PASSABLE);
  if (runs(postgresProgram(native, 'postgres'), ['--version'], asUser) && runs('test', ['-w', own], asUser)) {
    say(`… PostgreSQL recusa o root: roda como ${user.name}, com os dados em ${own}`);
    return { prefix: [], ...asUser, native, place: own };
  }
  const elsewhere = reachablePlace(folder, user);
  const copied = copyOnce(native, elsewhere);
  say(`… PostgreSQL recusa o root e ${user.name} não entra em ${folder}: roda como ${user.name}, em ${elsewhere}`);
  return { prefix: [], ...asUser, native: copied, place: elsewhere };
}

/** Made once per stack folder, which remembers it. */
function reachablePlace(folder: string, user: SystemUser): string {
  const known = rememberedPlace(folder);
  if (known) return known;
  // Not a temporary folder where there is another: those are emptied by age.
  const parent = existsSync('/var/lib') ? '/var/lib' : tmpdir();
  const place = mkdtempSync(join(parent, 'boletos-postgres-'));
  chownSync(place, user.uid, user.gid);
  writeAtomically(memoryOf(folder), place);
  return place;
}

/** Where the cluster of this folder is when its account could not enter the folder. */
export function rememberedPlace(folder: string): string | undefined {
  const memory = memoryOf(folder);
  const known = existsSync(memory) ? readFileSync(memory, 'utf8').trim() : '';
  return known && existsSync(known) ? known : undefined;
}

function memoryOf(folder: string): string {
  return join(folder, 'postgres.place');
}

function copyOnce(native: string, place: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(place, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  // Under its name only when it is whole: the last run may have been killed while copying.
  const draft = `${copy}.${process.pid}`;
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  renameSync(draft, copy);
  return copy;
}

/** initdb looks its user up by number: it must be one that the system knows. */
function plainUser(): SystemUser {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4 && fields[2] !== '0')
    // Unsigned, as the kernel counts: on macOS nobody is -2.
    .map(([name, , uid, gid]) => ({ name: String(name), uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }));
  const user = users.find(({ name }) => name === 'nobody') ?? users[0];
  if (!user)
    throw new StackError(
      'PostgreSQL recusa rodar como root e esta máquina não tem outro usuário. ' +
        'Rode com outro usuário, ou indique um PostgreSQL seu em DATABASE_URL.',
    );
  return user;
}

function runs(command: string, args: string[], account: { uid?: number; gid?: number } = {}): boolean {
  return spawnSync(command, args, { ...account, cwd: '/', env: plainEnvironment(), stdio: 'ignore' }).status === 0;
}

/** Gives a file of root's to the account, when that is another user. */
export function handOver(file: string, account: PostgresAccount): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(file, account.uid, account.gid);
}
