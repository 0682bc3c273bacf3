import { isUtf8 } from 'node:buffer';

const LF = 0x0a;
/** A line that is longer is not looked at as a whole: its number is enough. */
const LONGEST_LINE = 100_000;

/** Finds the first line that is no UTF-8, over any cutting into chunks; holds one line at most. */
export function createUtf8Check() {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let rest = Buffer.alloc(0);

  function lineOfFault(bytes: Buffer): number {
    let from = 0;
    for (let number = line; ; number += 1) {
      const end = bytes.indexOf(LF, from);
      if (end < 0 || !isUtf8(bytes.subarray(from, end))) return number;
      from = end + 1;
    }
  }

  return {
    /** @returns the number of the line that is none; null while all is well. */
    take(chunk: Buffer): number | null {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      try {
        decoder.decode(chunk, { stream: true });
      } catch {
        return lineOfFault(bytes);
      }
      const last = chunk.lastIndexOf(LF);
      for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) line += 1;
      const open = last < 0 ? bytes : chunk.subarray(last + 1);
      rest = open.length > LONGEST_LINE ? Buffer.alloc(0) : Buffer.from(open);
      return null;
    },
    /** As `take`, of what the last chunk left open. */
    end(): number | null {
      try {
        decoder.decode();
        return null;
      } catch {
        return line;
      }
    },
  };
}
