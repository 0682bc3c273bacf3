import type { Writable } from 'node:stream';
import { daysBetween, formatDate, localDate, type LocalDate } from '../../domain/kinds/dates';
import { exportColumns, type ExportColumn, type ExportedItem } from './columns';
import { createZip } from './zip';

/** Rows of one sheet of Excel, less its head. */
const MOST_ROWS = 1_048_575;
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
/** Their order in `styles`: nothing said, amounts, whole numbers, dates. */
const styleOf = { text: 0, code: 0, amount: 1, id: 2, date: 3 } as const;
/** The digits of a number that a spreadsheet keeps; a longer one stays text. */
const MOST_EXACT = 999_999_999_999_999;
/** Its day 0; before March of 1900 its calendar has a day that never was. */
const DAY_0 = localDate('1899-12-30');
const FIRST_DAY = 61;
/** Of the first column; there are fewer than letters. */
const A = 65;

/** Anything but what XML 1.0 may hold, for which a spreadsheet would refuse the whole file. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
/** Read by Excel as the character of this code: as text it is written with its own underscore escaped. */
const LIKE_ESCAPE = /_(?=x[0-9a-f]{4}_)/gi;

/**
 * Writes one row an item, as ECMA-376 has it: text is text, whatever it begins with, each in its own cell, since a
 * table of all texts would be held until the end. Memory does not grow with the number of items.
 *
 * @param mostRows of one sheet, without its head; what is more stands in another
 */
export async function writeXlsx(
  pages: AsyncIterable<ExportedItem[]>,
  output: Writable,
  mostRows = MOST_ROWS,
): Promise<void> {
  const zip = createZip(output);
  const source = pages[Symbol.asyncIterator]();
  let waiting: ExportedItem[] = [];
  const next = async (most: number): Promise<ExportedItem[] | null> => {
    while (waiting.length === 0) {
      const page = await source.next();
      if (page.done) return null;
      waiting = page.value;
    }
    return waiting.splice(0, most);
  };
  let first = await next(mostRows);
  let sheets = 0;
  do {
    sheets += 1;
    await zip.file(`xl/worksheets/sheet${sheets}.xml`, async (write) => {
      await write(SHEET_HEAD);
      let rows = 0;
      for (let items = first; items; items = rows < mostRows ? await next(mostRows - rows) : null) {
        const lines = items.map((item, index) =>
          row(
            rows + index + 2,
            exportColumns.map((column) => cell(column, item)),
          ),
        );
        rows += items.length;
        await write(lines.join(''));
      }
      await write('</sheetData></worksheet>');
    });
    first = await next(mostRows);
  } while (first);
  for (const [path, xml] of Object.entries(otherParts(sheets))) await zip.file(path, (write) => write(HEAD + xml));
  zip.end();
}

const SHEET_HEAD = [
  `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">`,
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>',
  ...exportColumns.map(
    ({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  ),
  `</cols><sheetData>${row(
    1,
    exportColumns.map(({ title }) => textCell(title)),
  )}`,
].join('');

/** A cell is what stands between its name and its end; readers go by names. */
function row(nth: number, cells: readonly string[]): string {
  const named = cells.map((rest, index) => `<c r="${String.fromCharCode(A + index)}${nth}"${rest}`);
  return `<row r="${nth}">${named.join('')}</row>`;
}

function cell({ kind, value }: ExportColumn, item: ExportedItem): string {
  const given = value(item);
  if (kind === 'date') {
    const day = daysBetween(DAY_0, given as LocalDate);
    return day < FIRST_DAY ? textCell(formatDate(given as LocalDate)) : numberCell(day, kind);
  }
  return typeof given === 'number' && given <= MOST_EXACT ? numberCell(given, kind) : textCell(String(given));
}

function numberCell(value: number, kind: ExportColumn['kind']): string {
  return ` s="${styleOf[kind]}"><v>${value}</v></c>`;
}

function textCell(text: string): string {
  return text === '' ? '/>' : ` t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
}

function escaped(text: string): string {
  return text
    .replace(FORBIDDEN, '')
    .replace(LIKE_ESCAPE, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** What makes a workbook of the sheets. */
function otherParts(sheets: number): Record<string, string> {
  const each = (xml: (nth: number) => string) => Array.from({ length: sheets }, (_, index) => xml(index + 1)).join('');
  const type = (part: string, name: string) =>
    `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${name}+xml"/>`;
  const relation = (id: string, name: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${name}" Target="${target}"/>`;
  const relations = (inner: string) => `<Relationships xmlns="${PACKAGE}/relationships">${inner}</Relationships>`;
  return {
    '[Content_Types].xml':
      `<Types xmlns="${PACKAGE}/content-types">` +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      type('/xl/workbook.xml', 'sheet.main') +
      type('/xl/styles.xml', 'styles') +
      `${each((nth) => type(`/xl/worksheets/sheet${nth}.xml`, 'worksheet'))}</Types>`,
    '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml':
      `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>` +
      `${each((nth) => `<sheet name="Títulos ${nth}" sheetId="${nth}" r:id="rId${nth}"/>`)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      each((nth) => relation(`rId${nth}`, 'worksheet', `worksheets/sheet${nth}.xml`)) +
        relation(`rId${sheets + 1}`, 'styles', 'styles.xml'),
    ),
    'xl/styles.xml':
      `<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>` +
      '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>' +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
      '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
      '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">' +
      // Nothing said; #,##0.00; 0; dd/mm/yyyy.
      [0, 4, 1, 164]
        .map((id) => `<xf numFmtId="${id}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`)
        .join('') +
      '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
  };
}
