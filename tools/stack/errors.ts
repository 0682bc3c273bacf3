import { existsSync, readFileSync, statSync } from 'node:fs';

/** A piece of the stack cannot be had. `message` is for the operator: what was tried, what was said, what to do. */
export class StackError extends Error {
  override name = 'StackError';
}

const LAST_WORDS_LINES = 6;

/** The end of a program's own log, written after `from` (bytes). */
export function lastWords(logFile: string, from = 0): string {
  if (!existsSync(logFile)) return '(sem registro)';
  const lines = readFileSync(logFile).subarray(from).toString('utf8').trimEnd().split('\n').slice(-LAST_WORDS_LINES);
  return lines.join('\n').trim() ? lines.map((line) => `  | ${line}`).join('\n') : '(nada escreveu)';
}

/** Bytes of a log so far: what a program writes from now on comes after. */
export function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
