import type { FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 256 * 1024;

export type Encoding = { name: 'utf-8' | 'windows-1252'; start: number };

/**
 * Tells how the file is encoded by reading it once: UTF-8 when every byte fits, else Windows-1252.
 * @returns a Portuguese problem for UTF-16 and for a file that mixes the two.
 */
export async function detectEncoding(file: FileHandle): Promise<Encoding | { problem: string }> {
  const scan = scanUtf8();
  let start = 0;
  for await (const bytes of readBytes(file, 0)) {
    if (scan.bytes() === 0) {
      if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
        return { problem: 'o arquivo está em UTF-16: salve-o como UTF-8 (ou CSV do Windows) e importe de novo' };
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) start = 3;
    }
    scan.take(bytes);
  }
  const { valid, invalid, firstInvalidLine } = scan.end();
  if (invalid === 0) return { name: 'utf-8', start };
  // Read as Windows-1252, every accent of the UTF-8 part would be stored as two wrong letters.
  if (start > 0 || valid >= invalid)
    return {
      problem: `o arquivo mistura UTF-8 com outra codificação (primeiro caractere estranho na linha ${firstInvalidLine}): salve-o inteiro em UTF-8`,
    };
  return { name: 'windows-1252', start: 0 };
}

/** The file's text in pieces, without the byte order mark. */
export async function* readText(file: FileHandle, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  for await (const bytes of readBytes(file, encoding.start))
    yield encoding.name === 'utf-8' ? decoder.write(bytes) : fromWindows1252(bytes);
}

async function* readBytes(file: FileHandle, start: number): AsyncGenerator<Buffer> {
  for (let position = start; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** 0x80 to 0x9F, where Windows-1252 differs from Latin-1. (TextDecoder of some Node versions reads Latin-1 instead.) */
const HIGH_CONTROLS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function fromWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (control) => HIGH_CONTROLS[control.charCodeAt(0) - 0x80] ?? '');
}

/** Counts the well-formed and the broken multi-byte sequences of UTF-8 over any cutting into chunks. */
function scanUtf8() {
  let valid = 0;
  let invalid = 0;
  let firstInvalidLine = 0;
  let line = 1;
  let total = 0;
  // Of the sequence under way: bytes still to come, and the range of the next one.
  let missing = 0;
  let low = 0x80;
  let high = 0xbf;

  function broken() {
    if (invalid === 0) firstInvalidLine = line;
    invalid += 1;
    missing = 0;
  }
  function lead(byte: number) {
    low = 0x80;
    high = 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) missing = 1;
    else if (byte >= 0xe0 && byte <= 0xef) missing = 2;
    else if (byte >= 0xf0 && byte <= 0xf4) missing = 3;
    else return broken();
    // Overlong forms, surrogates and what lies beyond U+10FFFF are no UTF-8.
    if (byte === 0xe0) low = 0xa0;
    if (byte === 0xed) high = 0x9f;
    if (byte === 0xf0) low = 0x90;
    if (byte === 0xf4) high = 0x8f;
  }

  return {
    take(bytes: Uint8Array) {
      total += bytes.length;
      for (const byte of bytes) {
        if (missing > 0) {
          if (byte >= low && byte <= high) {
            low = 0x80;
            high = 0xbf;
            missing -= 1;
            if (missing === 0) valid += 1;
            continue;
          }
          broken();
        }
        if (byte === 0x0a) line += 1;
        else if (byte >= 0x80) lead(byte);
      }
    },
    bytes: () => total,
    end() {
      if (missing > 0) broken();
      return { valid, invalid, firstInvalidLine };
    },
  };
}
