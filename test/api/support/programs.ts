import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { claimNamespace } from '../../kit/temporal';

const ROOT = join(__dirname, '../../..');

export interface RunningProgram<Ready> {
  ready: Ready;
  child: ChildProcess;
  stop(): Promise<void>;
}

/** A program as a process of its own, once it said `ready`. */
export async function startProgram<Ready>(
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<RunningProgram<Ready>> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error(`${args.join(' ')} ended before it was ready`)),
  );
  const [ready] = (await Promise.race([once(child, 'message'), ended])) as [Ready];
  ended.catch(() => undefined);
  return {
    ready,
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The API as a process, on a database of the test and the Temporal of the tests. */
export async function startApiProgram(
  databaseUrl: string,
  variables: Record<string, string> = {},
): Promise<RunningProgram<{ origin: string }>> {
  const { address, namespace } = await claimNamespace();
  return startProgram<{ origin: string }>(['--import', 'tsx', 'api/main.ts'], {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    SECRETS_KEY: 'a key of a test, longer than thirty-two characters',
    LOG_LEVEL: 'error',
    ...variables,
  });
}
