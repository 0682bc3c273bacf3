import { saoPauloDate, formatDate, type LocalDate } from '../domain/kinds/dates';
import { formatReais, type Cents } from '../domain/kinds/money';

const MARKS = /\p{M}/u;
const WIDE = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;

export interface Column<Row> {
  title: string;
  value(row: Row): string;
  /** Numbers and amounts. */
  right?: boolean;
  /** Longer text is cut and ends in `…`. */
  max?: number;
}

/**
 * An aligned table with its titles, one line a row; empty cells where there is nothing to say.
 * @param beneath lines that belong to a row and are too long for a cell; indented under it
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  beneath: (row: Row) => readonly string[] = () => [],
): string {
  const cells = rows.map((row) => columns.map(({ value, max }) => cut(oneLine(value(row)), max)));
  const all = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, index) => Math.max(...all.map((line) => width(line[index] ?? ''))));
  const rule = widths.map((cellWidth) => '─'.repeat(cellWidth));
  const aligned = (line: readonly string[]) =>
    line
      .map((cell, index) => {
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return columns[index]?.right ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  const lines = rows.flatMap((row, index) => [
    aligned(cells[index] ?? []),
    ...beneath(row).map((line) => `    ${oneLine(line)}`),
  ]);
  return [aligned(all[0] ?? []), aligned(rule), ...lines].join('\n');
}

/** Columns that a terminal gives the text. */
export function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (MARKS.test(character) ? 0 : WIDE.test(character) ? 2 : 1), 0);
}

/** Bank and cadastro text on one line, without what a terminal would obey. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

function cut(text: string, max = Infinity): string {
  return width(text) <= max ? text : `${[...text].slice(0, max - 1).join('')}…`;
}

/** `1.234` */
export function count(value: number): string {
  return value.toLocaleString('pt-BR', { useGrouping: 'always' });
}

/** `3 títulos`, `1 título`. */
export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function reais(amountCents: number): string {
  return formatReais(amountCents as Cents);
}

export function date(value: LocalDate): string {
  return formatDate(value);
}

/** `24/11/2026 09:17`, as the clocks of São Paulo show it. */
export function instant(value: Date): string {
  const time = new Intl.DateTimeFormat('pt-BR', { timeZone: 'America/Sao_Paulo', hour: '2-digit', minute: '2-digit' });
  return `${formatDate(saoPauloDate(value))} ${time.format(value)}`;
}

/** `45 s`, `3 min`, `2 h 05 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
