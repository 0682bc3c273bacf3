import { createHash } from 'node:crypto';
import { MAX_BYTES_A_CALL, MAX_ROWS_A_CALL } from '../../domain/receivable/imports';
import { createRowCounter } from './countRows';
import { createUtf8Check } from './utf8Check';

/** Stored at once: large enough that a body is some hundred rows of the record, small enough to be nothing in memory. */
const PIECE_BYTES = 256 * 1024;
/** Whoever sends nothing for so long has gone, or holds a place for nothing. */
const SILENT_MS = 30_000;

export type ReceivedBody =
  | { kind: 'whole'; sha256: Buffer; bytes: number; rows: number }
  | { kind: 'tooLarge' | 'tooManyRows' | 'empty' | 'cut' }
  | { kind: 'silent'; seconds: number }
  /** `line` is the first that is no UTF-8. */
  | { kind: 'notUtf8'; line: number };

export interface BodyRules {
  format: 'jsonl' | 'csv';
  /** false: it may be Windows-1252, which the import finds out. */
  utf8: boolean;
  /** What Content-Length promised; absent: chunked. */
  length?: number;
  silentMs?: number;
}

/**
 * Reads a body to its end, one piece in memory at a time, and hands each on; the sender waits while one is stored.
 * @param store awaited before more is read; absent = the body is only counted and hashed
 */
export async function receiveBody(
  body: ReadableStream<Uint8Array> | null,
  { format, utf8, length, silentMs = SILENT_MS }: BodyRules,
  store: (ordinal: number, piece: Buffer) => Promise<void> = () => Promise.resolve(),
): Promise<ReceivedBody> {
  if (length !== undefined && length > MAX_BYTES_A_CALL) return { kind: 'tooLarge' };
  if (body === null) return { kind: 'empty' };
  const reader = body.getReader();
  const hash = createHash('sha256');
  const counter = createRowCounter(format);
  const check = utf8 ? createUtf8Check() : null;
  let [bytes, ordinal, gathered]: [number, number, number] = [0, 0, 0];
  let pieces: Uint8Array[] = [];
  const flush = async () => {
    if (gathered === 0) return;
    await store(ordinal, Buffer.concat(pieces, gathered));
    ordinal += 1;
    [pieces, gathered] = [[], 0];
  };
  try {
    for (;;) {
      const chunk = await readWithin(reader, silentMs);
      if (chunk === 'cut') return { kind: 'cut' };
      if (chunk === 'silent') return { kind: 'silent', seconds: silentMs / 1_000 };
      if (chunk === 'end') break;
      bytes += chunk.length;
      if (bytes > MAX_BYTES_A_CALL) return { kind: 'tooLarge' };
      hash.update(chunk);
      counter.take(chunk);
      if (counter.rows() > MAX_ROWS_A_CALL) return { kind: 'tooManyRows' };
      const line = check?.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)) ?? null;
      if (line !== null) return { kind: 'notUtf8', line };
      pieces.push(chunk);
      gathered += chunk.length;
      if (gathered >= PIECE_BYTES) await flush();
    }
    if (length !== undefined && bytes < length) return { kind: 'cut' };
    const line = check?.end() ?? null;
    if (line !== null) return { kind: 'notUtf8', line };
    if (counter.rows() === 0) return { kind: 'empty' };
    await flush();
    return { kind: 'whole', sha256: hash.digest(), bytes, rows: counter.rows() };
  } finally {
    // What nobody reads any more keeps no sender waiting.
    reader.cancel().catch(() => undefined);
  }
}

async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  silentMs: number,
): Promise<Uint8Array | 'cut' | 'silent' | 'end'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silent'>((resolve) => {
    timer = setTimeout(() => resolve('silent'), silentMs);
  });
  try {
    const read = reader.read().then(
      ({ done, value }) => (done ? ('end' as const) : value),
      () => 'cut' as const,
    );
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
