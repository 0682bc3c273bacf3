import type { ImportType } from './schemas';

/** A line with more characters is no line of a cadastro: it is read past, and told. */
export const MAX_LINE = 100_000;

export interface Line {
  /** Counted from 1, as an editor shows it. */
  number: number;
  text: string;
  tooLong: boolean;
}

/** Cuts text into lines (LF or CRLF), holding at most one line in memory. */
export async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<Line> {
  let number = 1;
  let rest = '';
  let tooLong = false;

  function line(text: string): Line {
    const ended = { number, text: tooLong ? '' : text.replace(/\r$/, ''), tooLong };
    number += 1;
    tooLong = false;
    return ended;
  }

  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      const text = rest + piece.slice(from, end);
      if (text.length > MAX_LINE) tooLong = true;
      rest = '';
      from = end + 1;
      yield line(text);
    }
    rest += piece.slice(from);
    if (rest.length > MAX_LINE) {
      tooLong = true;
      rest = '';
    }
  }
  if (rest !== '' || tooLong) yield line(rest);
}

/** One record of a file, before its fields are read. */
export type RawRecord =
  | { line: number; type: ImportType; fields: Record<string, unknown> }
  | { line: number; problem: string; field: string | null };

export function lineTooLong(line: number): RawRecord {
  return { line, field: null, problem: `tem mais de ${MAX_LINE} caracteres` };
}
