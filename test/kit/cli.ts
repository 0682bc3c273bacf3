import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { run } from '../../cli/run';

const root = join(__dirname, '../..');
/** Far above what any command may take without an answer. */
const NEVER_MS = 45_000;

export interface CliRun {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** The same in this process: quicker, for what needs no process. */
export async function runHere(args: string[], variables: Record<string, string> = {}): Promise<CliRun> {
  const said = { stdout: '', stderr: '' };
  const exitCode = await run(args, variables, {
    out: (text) => void (said.stdout += `${text}\n`),
    err: (text) => void (said.stderr += `${text}\n`),
  });
  return { exitCode, ...said };
}

/**
 * Runs `boletos` as a process of its own, with no other variables of ours than `variables`.
 * @param input standard input
 */
export function runCli(args: string[], variables: Record<string, string> = {}, input = ''): Promise<CliRun> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'bin/boletos.js'), ...args],
      {
        cwd: root,
        timeout: NEVER_MS,
        maxBuffer: 64 * 1024 * 1024,
        env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...variables },
      },
      (_error, stdout, stderr) => resolve({ exitCode: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** The one JSON object on standard error. */
export function errorOf({ stderr }: CliRun): { code: string; message: string; hint: string } {
  return (JSON.parse(stderr) as { error: { code: string; message: string; hint: string } }).error;
}

/** Each line of standard output, parsed. */
export function linesOf({ stdout }: CliRun): unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
