import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Runs jest, whose own set-up starts the servers, and closes with the line `N passed, N failed`.
 * @param beforeLastLine may print something above it
 * @param others what was proven beside jest, added to its counts
 * @returns the exit code
 */
export async function runTests(
  args: readonly string[],
  beforeLastLine = () => {},
  others: Counts = { passed: 0, failed: 0, skipped: 0 },
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'boletos-test-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const code = await jest(args, countsFile);
    const counts = readCounts(countsFile);
    const passed = counts.passed + others.passed;
    const failed = counts.failed + others.failed;
    const skipped = counts.skipped + others.skipped;
    beforeLastLine();
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    // A run that found no test proves nothing.
    return code === 0 && failed === 0 && counts.passed > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function jest(args: readonly string[], countsFile: string): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [require.resolve('jest/bin/jest'), ...args], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, TEST_COUNTS_FILE: countsFile },
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Without counts jest ended before the first test: that is a failure, and says so. */
function readCounts(file: string): Counts {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
