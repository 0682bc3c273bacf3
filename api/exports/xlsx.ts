import type { Writable } from 'node:stream';
import type { stream } from 'exceljs';
import { exportColumns, type ExportedItem } from './columns';
import { roomIn } from './roomIn';

/** Rows of one sheet of Excel, less its head. */
const MOST_ROWS = 1_048_575;
const REAIS = '#,##0.00';

/** Writes one row an item; text is text, whatever it begins with. Memory does not grow with the number of items. */
export async function writeXlsx(pages: AsyncIterable<ExportedItem[]>, output: Writable): Promise<void> {
  // Loaded at first use: half a second that nothing else needs.
  const { default: excel } = await import('exceljs');
  const workbook = new excel.stream.xlsx.WorkbookWriter({
    stream: output,
    useStyles: true,
    // Each text stands in its cell: a table of all texts would be held until the end.
    useSharedStrings: false,
  });
  let sheets = 1;
  let sheet = addSheet(workbook, sheets);
  let rows = 0;
  for await (const page of pages) {
    for (const item of page) {
      if (rows === MOST_ROWS) {
        sheet.commit();
        sheets += 1;
        sheet = addSheet(workbook, sheets);
        rows = 0;
      }
      sheet.addRow(exportColumns.map(({ value }) => cell(value(item)))).commit();
      rows += 1;
    }
    await roomIn(output, packedFrom(sheet));
  }
  sheet.commit();
  await workbook.commit();
}

/** Anything but what XML 1.0 may hold, for which a spreadsheet would refuse the whole file. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function cell(value: string | number): string | number {
  return typeof value === 'number' ? value : value.replace(FORBIDDEN, '');
}

/** What the packer reads the sheet from: rows come faster than they are packed, and would wait there in memory. */
function packedFrom(sheet: object): Writable[] {
  return (sheet as { stream?: { pipes?: Writable[] } }).stream?.pipes ?? [];
}

function addSheet(workbook: stream.xlsx.WorkbookWriter, nth: number) {
  const sheet = workbook.addWorksheet(`Títulos ${nth}`, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = exportColumns.map(({ title, width }) => ({
    header: title,
    width,
    ...(title === 'Valor' ? { style: { numFmt: REAIS } } : {}),
  }));
  return sheet;
}
