import type { Writable } from 'node:stream';
import { formatLine } from '../../domain/codes/barcode';
import { formatDate, type LocalDate } from '../../domain/kinds/dates';
import { exportColumns, type ExportColumn, type ExportedItem } from './columns';
import { roomIn } from './roomIn';

/** Excel reads UTF-8 only with a mark of it. */
const BOM = '\uFEFF';
const SEPARATOR = ';';

/**
 * Writes one line an item, as a spreadsheet of Brazil reads it; waits while the output does not take more. What it would
 * take for a number or a date, and change, it is given in a form that every one keeps as text: codes in groups of
 * digits with spaces (a linha digitável as it is printed), other text behind an apostrophe. Without spaces, dots and
 * that apostrophe it is what the record has.
 */
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
  if (kind === 'code') return textCell(grouped(String(given)));
  return textCell(kind === 'date' ? formatDate(given as LocalDate) : String(given), kind === 'text');
}

function textCell(given: string, isText = false): string {
  const text = isText && LIKE_NUMBER.test(given) ? `'${given}` : safe(given);
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A number that a spreadsheet shows otherwise than it is written (zeros in front, more than eleven digits, an exponent,
 * separators), or a date. A plain small number stays one.
 */
const LIKE_NUMBER = /^(?!(?:0|[1-9]\d{0,10})$)\d[\d.,/:\s-]*(?:e\+?\d+)?$/i;

/** `00031 28557 00000 00001`; 47 digits of a linha digitável as banks print them. */
function grouped(code: string): string {
  if (/^\d{47}$/.test(code)) return formatLine(code);
  return /^\d{6,}$/.test(code) ? code.replace(/\d{5}(?=\d)/g, '$& ') : code;
}

/**
 * A cell that begins like a formula would be run by the spreadsheet; an apostrophe makes it text (OWASP, CSV injection).
 * What cannot be seen before it (a mark of order, a zero-width space) some of them drop.
 */
function safe(text: string): string {
  return /^[\s\p{C}\p{Default_Ignorable_Code_Point}]*[=+\-@\t\r＝＋－＠]/u.test(text) ? `'${text}` : text;
}
