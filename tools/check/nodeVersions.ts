import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { network, plainEnvironment } from '../stack/plainEnvironment';
import { root } from '../stack/root';

/** The major versions that the README names, and the one before that goes on working. */
export const nodeMajors = [20, 24, 26] as const;

const PINNED = join(root, 'tools/check/nodes');
const FILES = ['package.json', 'package-lock.json'];

/**
 * Fetches the pinned Nodes from the npm registry; npm compares each with the integrity in the lock. Where one cannot be
 * had, or is not built for this machine, it is absent.
 * @returns executables by major version
 */
export async function fetchNodes(): Promise<Partial<Record<number, string>>> {
  const lock = readFileSync(join(PINNED, 'package-lock.json'));
  const folder = join(root, '.cache', `nodes-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`);
  if (Object.keys(executables(folder)).length < nodeMajors.length) {
    mkdirSync(folder, { recursive: true });
    for (const file of FILES) copyFileSync(join(PINNED, file), join(folder, file));
    await npmCi(folder);
  }
  return executables(folder);
}

function executables(folder: string): Partial<Record<number, string>> {
  const found = nodeMajors.map((major) => {
    const path = join(folder, 'node_modules', `node-${major}-${process.platform}-${process.arch}`, 'bin/node');
    return [major, path] as const;
  });
  return Object.fromEntries(found.filter(([, path]) => existsSync(path)));
}

/** What it could not fetch is optional: it ends well all the same. */
function npmCi(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=optional'], {
      cwd: folder,
      stdio: 'ignore',
      shell: process.platform === 'win32',
      env: plainEnvironment(network, /^npm_config_/i),
    });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}

/** This process's environment, with this Node first wherever a program looks for one. */
export function environmentOf(executable: string, variables: Record<string, string>): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, npm_execpath: _npm, ...rest } = process.env;
  return { ...rest, PATH: `${dirname(executable)}:${process.env.PATH ?? ''}`, NO_COLOR: '1', ...variables };
}
