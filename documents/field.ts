import { fitText, type TextStyle } from './fitText';
import { BLACK, BOLD, mm, REGULAR, type Pdf, type Place } from './paper';

const LABEL_SIZE = 5.5;
/** From the upper line to the value, and from a side line to the text. */
const LABEL_MM = 2.6;
const INSET_MM = 0.8;
const LINE_POINTS = 0.5;

export interface Field {
  label: string;
  value?: string | readonly string[];
  align?: TextStyle['align'];
  bold?: boolean;
  /** Points; default 8.5. */
  size?: number;
}

/** One box of a form: its border, its small label, and the value in the room below, as large as it fits. */
export function drawField(pdf: Pdf, place: Place, { label, value = '', align, bold, size = 8.5 }: Field): void {
  pdf.lineWidth(LINE_POINTS).rect(mm(place.x), mm(place.y), mm(place.width), mm(place.height)).stroke(BLACK);
  const inner = { x: place.x + INSET_MM, width: place.width - 2 * INSET_MM };
  pdf.fillColor(BLACK);
  // Labels are ours, and fit.
  pdf.font(REGULAR).fontSize(LABEL_SIZE);
  pdf.text(label, mm(inner.x), mm(place.y + 0.5), { lineBreak: false });
  const room = { ...inner, y: place.y + LABEL_MM, height: place.height - LABEL_MM - 0.2 };
  fitText(pdf, value, room, { font: bold ? BOLD : REGULAR, size, ...(align ? { align } : {}) });
}

/** Boxes side by side: each takes its width; the last one what is left. */
export function drawRow(pdf: Pdf, row: Place, fields: readonly (Field & { width?: number })[]): void {
  let { x } = row;
  for (const { width = row.x + row.width - x, ...field } of fields) {
    drawField(pdf, { ...row, x, width }, field);
    x += width;
  }
}
