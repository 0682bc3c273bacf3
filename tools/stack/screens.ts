import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from './errors';
import { plainEnvironment } from './plainEnvironment';
import { root } from './root';
import { step, type Say } from './say';

const BUILDS = join(root, '.cache', 'web');
/** What the screens are made of: their own files, the words of domain/, and the versions of what builds them. */
const SOURCES = ['web', 'domain', 'words', 'package-lock.json'];
/** An API that just started may not have read an older build yet. */
const KEPT_MS = 60 * 60_000;

/**
 * Builds the screens when their sources have changed since.
 * @returns the folder with index.html; named for its sources, so that two runs at once do not disturb each other.
 */
export async function buildScreens(say: Say): Promise<string> {
  const folder = join(BUILDS, fingerprint());
  if (existsSync(join(folder, 'index.html'))) return folder;
  mkdirSync(BUILDS, { recursive: true });
  await step(say, 'telas construídas', async () => {
    const draft = `${folder}.${process.pid}`;
    await vite(draft);
    try {
      renameSync(draft, folder);
    } catch (error) {
      // Another run was as fast.
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(join(folder, 'index.html'))) throw error;
    }
    removeOldBuilds(folder);
  });
  return folder;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesOf)) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`));
}

function vite(outDir: string): Promise<void> {
  const program = join(root, 'node_modules/vite/bin/vite.js');
  if (!existsSync(program)) throw new StackError('As telas não podem ser construídas: falta o vite (npm ci).');
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [program, 'build', 'web', '--config', 'web/vite.config.mjs', '--outDir', outDir],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...plainEnvironment(/^NODE_/), NODE_ENV: 'production' } },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new StackError(`As telas não puderam ser construídas:\n${output.trim()}`)),
    );
  });
}

function removeOldBuilds(current: string): void {
  for (const name of readdirSync(BUILDS)) {
    const build = join(BUILDS, name);
    if (build === current || Date.now() - statSync(build).mtimeMs < KEPT_MS) continue;
    rmSync(build, { recursive: true, force: true });
  }
}
