import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../tools/stack/root';

const VERSION = '4.32.5';
const INSTALL_WITHIN_MS = 300_000;

/**
 * Schemathesis (PyPI) at the version that the test was made with: the one that SCHEMATHESIS_PATH names, or one of our
 * own below .cache, installed the first time by pip.
 *
 * @returns its path, or why there is none
 */
export function findSchemathesis(): { path: string } | { missing: string } {
  const given = process.env.SCHEMATHESIS_PATH;
  if (given) return existsSync(given) ? { path: given } : { missing: `SCHEMATHESIS_PATH=${given} não existe` };
  const folder = join(root, '.cache', `schemathesis-${VERSION}`);
  const path = join(folder, 'bin', 'schemathesis');
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore' });
    return { path };
  } catch {
    // Not there yet, or left half made by a run that was stopped.
  }
  try {
    const quietly = { stdio: 'pipe', timeout: INSTALL_WITHIN_MS } as const;
    execFileSync('python3', ['-m', 'venv', '--clear', folder], quietly);
    execFileSync(
      join(folder, 'bin', 'pip'),
      ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`],
      quietly,
    );
    execFileSync(path, ['--version'], { stdio: 'ignore' });
    return { path };
  } catch (error) {
    const { stderr, message } = error as { stderr?: Buffer; message: string };
    const words = stderr?.toString().trim() ? stderr.toString() : message;
    return { missing: `o pip não instalou schemathesis ${VERSION}: ${words.trim().split('\n').at(-1) ?? ''}` };
  }
}

/** The module of test/api/schemathesisHooks.py, which leaves nothing compiled beside it. */
const hooks = {
  SCHEMATHESIS_HOOKS: 'schemathesisHooks',
  PYTHONPATH: join(root, 'test/api'),
  PYTHONDONTWRITEBYTECODE: '1',
};

/** Its whole report, and whether it found nothing. @param config as schemathesis.toml */
export async function runSchemathesis(
  path: string,
  config: string,
  args: readonly string[],
): Promise<{ passed: boolean; report: string }> {
  // It leaves a folder of what it found where it runs.
  const folder = mkdtempSync(join(tmpdir(), 'schemathesis-'));
  const file = join(folder, 'schemathesis.toml');
  writeFileSync(file, config);
  try {
    return await new Promise((resolve) => {
      execFile(
        path,
        ['--config-file', file, 'run', ...args, '--no-color'],
        { cwd: folder, maxBuffer: 50_000_000, env: { ...process.env, ...hooks, PYTHONUTF8: '1' } },
        (error, stdout, stderr) => resolve({ passed: error === null, report: stdout + stderr }),
      );
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
