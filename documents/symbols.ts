import { encode } from 'uqr';
import { itfBars } from './itf';
import { BLACK, mm, type Pdf } from './paper';

/** Of the bars alone, without quiet zones (FEBRABAN). */
export const BARCODE_MM = { width: 103, height: 13, quiet: 5 };

/** The bars of a 44-digit barcode, as vectors. Nothing may be printed in the quiet zone on either side. */
export function drawBarcode(pdf: Pdf, barcode: string, at: { x: number; y: number }): void {
  const { bars, modules } = itfBars(barcode);
  const module = mm(BARCODE_MM.width) / modules;
  // One path, filled at once: bars that are filled one by one get seams on some screens.
  for (const bar of bars) pdf.rect(mm(at.x) + bar.at * module, mm(at.y), bar.width * module, mm(BARCODE_MM.height));
  pdf.fill(BLACK);
}

/** A QR code of medium correction, as vectors, without its quiet zone of four modules. */
export function drawQrCode(pdf: Pdf, text: string, at: { x: number; y: number; side: number }): void {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  const module = mm(at.side) / size;
  data.forEach((row, y) => {
    for (let x = 0; x < size;) {
      if (!row[x]) {
        x += 1;
        continue;
      }
      const from = x;
      while (x < size && row[x]) x += 1;
      pdf.rect(mm(at.x) + from * module, mm(at.y) + y * module, (x - from) * module, module);
    }
  });
  pdf.fill(BLACK);
}
