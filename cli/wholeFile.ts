import { randomBytes } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { CliError } from './error';

/** It names payers, and what they owe. */
const OWNER_ONLY = 0o600;

/**
 * Writes a file that is either there as a whole or not at all: under another name in the same folder, renamed at the
 * end. What is no file (a pipe, a device) is written to as it is.
 * @throws CliError when the place cannot be written to: nothing is left behind
 */
export async function writeWholeFile<T>(path: string, write: (output: Writable) => Promise<T>): Promise<T> {
  try {
    const target = await targetOf(path);
    if (!target.replaceable) return await write(createWriteStream(target.path, { flags: 'a' }));
    return await writeAndRename(target.path, write);
  } catch (error) {
    throw isFileError(error) ? refusal(path, error.code) : error;
  }
}

/** Where a link points to, and whether a rename may take its place. */
async function targetOf(path: string): Promise<{ path: string; replaceable: boolean }> {
  try {
    const real = await realpath(path);
    const found = await stat(real);
    if (found.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR', syscall: 'open' });
    return { path: real, replaceable: found.isFile() };
  } catch (error) {
    if (isFileError(error) && error.code === 'ENOENT') return { path, replaceable: true };
    throw error;
  }
}

async function writeAndRename<T>(path: string, write: (output: Writable) => Promise<T>): Promise<T> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const output = createWriteStream(unfinished, { flags: 'wx', mode: OWNER_ONLY });
  // Whoever writes is told; an error that comes after they gave up is nobody's.
  output.on('error', () => undefined);
  const stopped: Promise<never>[] = [];
  const stop = (signal: NodeJS.Signals): void => {
    stopped.push(discard(output, unfinished).then(() => process.exit(signal === 'SIGINT' ? 130 : 143)));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const result = await write(output);
    // A disk that is full may say so only now.
    const file = await open(unfinished, 'r+');
    await file.sync().finally(() => file.close());
    await rename(unfinished, path);
    return result;
  } catch (error) {
    // Whoever was told to stop ends with that, and not with what the stop broke off.
    await Promise.all(stopped);
    await discard(output, unfinished);
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Its file may just be opening: removed before that, it would come after all. */
async function discard(output: WriteStream, path: string): Promise<void> {
  const closed = output.closed ? null : new Promise<void>((resolve) => output.once('close', resolve));
  output.destroy();
  await closed;
  await rm(path, { force: true });
}

/** An error of the file system, by its shape. */
function isFileError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  if (typeof error !== 'object' || error === null) return false;
  return 'code' in error && 'syscall' in error && typeof error.code === 'string';
}

const words: Record<string, string> = {
  ENOENT: 'a pasta não existe',
  ENOTDIR: 'a pasta não existe',
  EISDIR: 'é uma pasta, não um arquivo',
  EACCES: 'sem permissão para gravar',
  EPERM: 'sem permissão para gravar',
  EROFS: 'o disco é somente para leitura',
  ENAMETOOLONG: 'o nome é longo demais',
};
const full: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

function refusal(path: string, code: string): CliError {
  if (full.includes(code))
    return new CliError(
      1,
      'disco_cheio',
      `não há espaço para gravar ${path}`,
      'nenhum arquivo ficou pela metade; libere espaço, ou grave em outro lugar, e repita',
    );
  return new CliError(
    2,
    'arquivo_nao_gravado',
    `o arquivo ${path} não pôde ser gravado: ${words[code] ?? code}`,
    'informe outro arquivo em --saida',
  );
}
