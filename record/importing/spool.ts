import { randomBytes } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHUNK_BYTES = 256 * 1024;
const OWNER_ONLY = 0o600;

/** The bytes of a file, which can be read more than once: how it is encoded is known only at its end. */
export interface ReadableAgain extends AsyncIterable<Buffer> {
  readonly readableAgain: true;
}

export function bytesOf(file: FileHandle): ReadableAgain {
  return {
    readableAgain: true,
    async *[Symbol.asyncIterator]() {
      for (let position = 0; ;) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
  };
}

export interface Spooled {
  rows: ReadableAgain;
  bytes: number;
  close(): Promise<void>;
}

/**
 * Puts what comes once into a temporary file that nobody else can read and that has no name any more, so that it is
 * gone with the process.
 * @returns null when there are more bytes than `maxBytes`
 * @throws what the source throws
 */
export async function spool(source: AsyncIterable<Buffer>, maxBytes: number): Promise<Spooled | null> {
  const path = join(tmpdir(), `boletos-importar-${randomBytes(12).toString('hex')}`);
  const file = await open(path, 'wx+', OWNER_ONLY);
  try {
    await rm(path);
    let bytes = 0;
    for await (const piece of source) {
      bytes += piece.length;
      if (bytes > maxBytes) {
        await file.close();
        return null;
      }
      await file.writeFile(piece);
    }
    return { rows: bytesOf(file), bytes, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}
