import { PassThrough, Readable } from 'node:stream';
import type { ApiDeps } from './deps';

/**
 * A body that is written while it is read: the writer waits for whoever reads, and stops when they go away.
 * @param write ends the output, or throws: then the connection is cut, so that nobody takes a part for the whole
 */
export function streamed(log: ApiDeps['log'], write: (output: PassThrough) => Promise<unknown>): ReadableStream {
  const output = new PassThrough();
  write(output).catch((error: unknown) => {
    if (!output.destroyed) log.error('resposta interrompida', { error });
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  // Whoever reads sees the cut; here it has been told.
  output.on('error', () => undefined);
  return Readable.toWeb(output) as ReadableStream;
}

/** Headers of an answer that a browser saves as a file of this name. */
export function download(name: string, type: string): Record<string, string> {
  return { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"`, 'Cache-Control': 'no-store' };
}
