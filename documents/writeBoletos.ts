import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PrintableBoleto } from '../domain/receivable/printable';
import { drawFicha } from './ficha';
import { fitText } from './fitText';
import { formValues } from './form';
import { BOLD, mm, type Pdf } from './paper';
import { drawRecibo } from './recibo';

/**
 * Writes one A4 page a boleto: recibo do pagador above, ficha de compensação below. A page leaves as soon as it is
 * drawn, and the next one waits while the output does not take more: memory does not grow with their number.
 * @returns how many pages there are; the output has ended then
 * @throws what the source or the output throws
 */
export async function writeBoletos(
  boletos: AsyncIterable<PrintableBoleto> | Iterable<PrintableBoleto>,
  output: Writable,
): Promise<number> {
  // Loaded at first use: a third of a second that every other command can do without.
  const { default: PDFDocument } = await import('pdfkit');
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    lang: 'pt-BR',
    info: { Title: 'Boletos', Creator: 'boletos', Producer: 'boletos' },
  });
  const written = pipeline(pdf, output);
  // Whoever waits for more room is also told that there will be none.
  written.catch(() => undefined);
  let pages = 0;
  try {
    for await (const boleto of boletos) {
      pdf.addPage();
      drawBoleto(pdf, boleto);
      pages += 1;
      // Streams move between turns of the event loop; without one the pages would pile up.
      await nextTurn();
      if (output.writableNeedDrain) await Promise.race([once(output, 'drain'), written]);
      else if (output.destroyed) await written;
    }
    pdf.end();
    await written;
    return pages;
  } catch (error) {
    pdf.destroy();
    await written.catch(() => undefined);
    throw error;
  }
}

function drawBoleto(pdf: Pdf, boleto: PrintableBoleto): void {
  const values = formValues(boleto);
  if (boleto.homologation) stamp(pdf);
  drawRecibo(pdf, values, boleto.pixEmv);
  drawFicha(pdf, values, boleto.barcode);
}

const STAMP = 'SEM VALOR – HOMOLOGAÇÃO';
const STAMP_COLOUR = '#c0392b';

/** In both parts, where nothing else is: below the recibo's boxes, and at the foot of the ficha's instructions. */
function stamp(pdf: Pdf): void {
  for (const place of [
    { x: 12, y: 86, width: 186, height: 10 },
    { x: 12, y: 256, width: 138, height: 9 },
  ])
    fitText(pdf, STAMP, place, { font: BOLD, size: mm(8), align: 'center', colour: STAMP_COLOUR });
}
