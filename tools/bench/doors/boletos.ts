import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { root } from '../../stack/root';
import type { Stack } from '../../stack/stack';

export interface Said {
  code: number;
  out: string;
  err: string;
}

/** The command line, as a person types it: a process of its own. @param input for its standard input */
export async function boletos(stack: Stack, args: readonly string[], input = ''): Promise<Said> {
  const child = spawn(process.execPath, ['bin/boletos.js', ...args], {
    cwd: root,
    env: { ...process.env, ...stack.variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exit = once(child, 'close') as Promise<[number | null]>;
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code: code ?? 1, out, err };
}
