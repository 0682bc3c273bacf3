const [LF, CR, TAB, SPACE, QUOTE, COMMA, SEMICOLON] = [0x0a, 0x0d, 0x09, 0x20, 0x22, 0x2c, 0x3b];

export interface RowCounter {
  take(bytes: Uint8Array): void;
  /** Of what was taken so far, the last row also without an end. */
  rows(): number;
}

/**
 * Counts the rows of a body over any cutting into chunks: lines that are not blank, and of a CSV records behind its
 * header, whose quoted fields may hold line breaks.
 */
export function createRowCounter(format: 'jsonl' | 'csv'): RowCounter {
  let rows = format === 'csv' ? -1 : 0;
  let isBlank = true;
  let isQuoted = false;
  let atCellStart = true;
  return {
    take(bytes) {
      for (const byte of bytes) {
        if (byte === LF && !isQuoted) {
          if (!isBlank) rows += 1;
          isBlank = true;
          atCellStart = true;
          continue;
        }
        if (byte !== CR && byte !== SPACE && byte !== TAB) isBlank = false;
        if (format === 'jsonl') continue;
        // A doubled quote closes and opens again.
        if (byte === QUOTE && (isQuoted || atCellStart)) isQuoted = !isQuoted;
        atCellStart = byte === COMMA || byte === SEMICOLON || (byte === QUOTE && !isQuoted);
      }
    },
    rows: () => Math.max(0, rows + (isBlank ? 0 : 1)),
  };
}
