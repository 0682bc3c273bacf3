import type { Writable } from 'node:stream';
import { formatDate, type LocalDate } from '../../domain/dates';
import { exportColumns, type ExportColumn, type ExportedItem } from './columns';
import { roomIn } from './roomIn';

/** Excel reads UTF-8 only with a mark of it. */
const BOM = '\uFEFF';
const SEPARATOR = ';';

/** Writes one line an item, as a spreadsheet of Brazil reads it; waits while the output does not take more. */
export async function writeCsv(pages: AsyncIterable<ExportedItem[]>, output: Writable): Promise<void> {
  output.write(BOM + line(exportColumns.map(({ title }) => textCell(title))));
  for await (const page of pages) {
    output.write(page.map((item) => line(exportColumns.map((column) => cell(column, item)))).join(''));
    await roomIn(output);
  }
  output.end();
}

function line(cells: readonly string[]): string {
  return `${cells.join(SEPARATOR)}\r\n`;
}

function cell({ kind, value }: ExportColumn, item: ExportedItem): string {
  const given = value(item);
  if (kind === 'amount') return (given as number).toFixed(2).replace('.', ',');
  return textCell(kind === 'date' ? formatDate(given as LocalDate) : String(given));
}

function textCell(given: string): string {
  const text = safe(given);
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A cell that begins like a formula would be run by the spreadsheet; an apostrophe makes it text (OWASP, CSV injection).
 * What cannot be seen before it (a mark of order, a zero-width space) some of them drop.
 */
function safe(text: string): string {
  return /^[\s\p{C}\p{Default_Ignorable_Code_Point}]*[=+\-@\t\r＝＋－＠]/u.test(text) ? `'${text}` : text;
}
