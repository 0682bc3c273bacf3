import type { ProblemCode } from './problems';
import type { ImportType } from '../../domain/receivable/imports';

/** A line with more characters is no line of a cadastro: it is read past, and told. */
export const MAX_LINE = 100_000;

export interface Line {
  /** Counted from 1, as an editor shows it. */
  number: number;
  text: string;
  tooLong: boolean;
  /** A line break follows it; the last one of a file may lack it, also when the file was cut there. */
  ended: boolean;
}

/** Cuts text into lines (LF or CRLF), holding at most one line in memory. */
export async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<Line> {
  let number = 1;
  let rest = '';
  let tooLong = false;

  function line(text: string, ended: boolean): Line {
    const whole = { number, text: tooLong ? '' : text.replace(/\r$/, ''), tooLong, ended };
    number += 1;
    tooLong = false;
    return whole;
  }

  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      const text = rest + piece.slice(from, end);
      if (text.length > MAX_LINE) tooLong = true;
      rest = '';
      from = end + 1;
      yield line(text, true);
    }
    rest += piece.slice(from);
    if (rest.length > MAX_LINE) {
      tooLong = true;
      rest = '';
    }
  }
  if (rest !== '' || tooLong) yield line(rest, false);
}

/** One record of a file, before its fields are read. */
export type RawRecord =
  | { line: number; type: ImportType; fields: Record<string, unknown> }
  | { line: number; problem: string; field: string | null; code: ProblemCode };

export function lineTooLong(line: number): RawRecord {
  return { line, field: null, code: 'linha_ilegivel', problem: `tem mais de ${MAX_LINE} caracteres` };
}

/** The last line of what was cut off: half a row is none. */
export function lineCutOff(line: number): RawRecord {
  return { line, field: null, code: 'linha_incompleta', problem: 'o arquivo termina no meio da linha' };
}
