import { StringDecoder } from 'node:string_decoder';

/** `start`: bytes before the text, of a byte order mark. */
export type Encoding = { name: 'utf-8' | 'windows-1252'; start: number };

const MARK_BYTES = 3;
const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);
const utf16Marks = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * Tells how the file is encoded by reading it once: UTF-8 when every byte fits, else Windows-1252.
 * @returns a Portuguese problem for UTF-16 and for a file that mixes the two.
 */
export async function detectEncoding(rows: AsyncIterable<Buffer>): Promise<Encoding | { problem: string }> {
  const scan = scanUtf8();
  // A mark may come in pieces.
  let head = Buffer.alloc(0);
  for await (const bytes of rows) {
    if (head.length < MARK_BYTES) head = Buffer.concat([head, bytes.subarray(0, MARK_BYTES)]);
    if (utf16Marks.some((mark) => head.subarray(0, mark.length).equals(mark)))
      return { problem: 'o arquivo está em UTF-16: salve-o como UTF-8 (ou CSV do Windows) e importe de novo' };
    scan.take(bytes);
  }
  const start = head.subarray(0, MARK_BYTES).equals(utf8Mark) ? MARK_BYTES : 0;
  const { valid, invalid, firstInvalidLine } = scan.end();
  if (invalid === 0) return { name: 'utf-8', start };
  // Read as Windows-1252, every accent of the UTF-8 part would be stored as two wrong letters.
  if (start > 0 || valid >= invalid)
    return {
      problem: `o arquivo mistura UTF-8 com outra codificação (primeiro caractere estranho na linha ${firstInvalidLine}): salve-o inteiro em UTF-8`,
    };
  return { name: 'windows-1252', start: 0 };
}

/** The file's text in pieces, without the byte order mark; a character that its end cuts in two is a U+FFFD. */
export async function* readText(rows: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let skipped = 0;
  for await (const piece of rows) {
    const bytes = piece.subarray(Math.min(piece.length, encoding.start - skipped));
    skipped += piece.length - bytes.length;
    yield encoding.name === 'utf-8' ? decoder.write(bytes) : fromWindows1252(bytes);
  }
  yield decoder.end();
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
    end() {
      // Cut in two by the end of a file that is UTF-8 otherwise; else the last letter of one that is not.
      if (missing > 0 && valid === 0) broken();
      return { valid, invalid, firstInvalidLine };
    },
  };
}
