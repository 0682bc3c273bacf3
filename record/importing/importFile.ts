import { open, type FileHandle } from 'node:fs/promises';
import type { Knex } from 'knex';
import { importRows, MAX_IMPORT_BYTES, type ImportRequest, type ImportResult } from './importRows';
import { newImportId } from './runs';
import { bytesOf } from './spool';

export interface FileImport extends Pick<ImportRequest, 'by' | 'type' | 'allOrNothing' | 'onProgress'> {
  path: string;
}

/**
 * Imports one file of this machine.
 * @throws as `importRows`
 */
export async function importFile(knex: Knex, { path, ...request }: FileImport): Promise<ImportResult> {
  const opened = await openFile(path);
  if ('message' in opened) return { kind: 'unreadable', message: opened.message };
  try {
    const rows = bytesOf(opened.file);
    return await importRows(knex, { ...request, rows, importId: newImportId(), source: 'cli' });
  } finally {
    await opened.file.close();
  }
}

async function openFile(path: string): Promise<{ file: FileHandle } | { message: string }> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { message: `o arquivo ${path} não existe` };
    if (code === 'EACCES') return { message: `sem permissão para ler o arquivo ${path}` };
    return { message: `o arquivo ${path} não pôde ser aberto (${code})` };
  }
  const stat = await file.stat();
  const message = !stat.isFile()
    ? `${path} não é um arquivo`
    : stat.size === 0
      ? `o arquivo ${path} está vazio`
      : stat.size > MAX_IMPORT_BYTES
        ? `o arquivo ${path} tem mais de ${MAX_IMPORT_BYTES / 1024 / 1024} MiB: divida-o e importe as partes`
        : null;
  if (message === null) return { file };
  await file.close();
  return { message };
}
