import { mm, REGULAR, type Pdf, type Place } from './paper';
import { showable } from './words';

export interface TextStyle {
  font?: string;
  /** Points: the size it has where there is room. */
  size: number;
  /** Points: the smallest that is still read. */
  smallest?: number;
  align?: 'left' | 'right' | 'center';
  colour?: string;
}

const SMALLEST = 4.5;
const STEP = 0.5;
/** Of the font's size, from one baseline to the next. */
const LEADING = 1.15;

/**
 * Writes lines of text into a place: at the largest size at which all of it fits, wrapped where that is needed. What
 * does not even fit at the smallest size ends in `…`: never cut without a sign, never over its border.
 */
export function fitText(pdf: Pdf, text: string | readonly string[], place: Place, style: TextStyle): void {
  const paragraphs = (typeof text === 'string' ? [text] : text).map(showable).filter((line) => line !== '');
  if (paragraphs.length === 0) return;
  pdf.font(style.font ?? REGULAR);
  const [width, height] = [mm(place.width), mm(place.height)];
  const smallest = Math.min(style.size, style.smallest ?? SMALLEST);
  let size = style.size;
  let lines = wrapAll(pdf, paragraphs, width, size);
  while (size > smallest && lines.length * size * LEADING > height) {
    size = Math.max(smallest, size - STEP);
    lines = wrapAll(pdf, paragraphs, width, size);
  }
  const room = Math.max(1, Math.floor(height / (size * LEADING) + 0.01));
  if (lines.length > room) lines = shortened(pdf, lines.slice(0, room), width);
  if (style.colour) pdf.fillColor(style.colour);
  lines.forEach((line, index) => {
    const slack = width - pdf.widthOfString(line);
    const indent = style.align === 'right' ? slack : style.align === 'center' ? slack / 2 : 0;
    pdf.text(line, mm(place.x) + indent, mm(place.y) + index * size * LEADING, { lineBreak: false });
  });
}

function wrapAll(pdf: Pdf, paragraphs: readonly string[], width: number, size: number): string[] {
  pdf.fontSize(size);
  return paragraphs.flatMap((paragraph) => wrap(pdf, paragraph, width));
}

/** Breaks between words, and inside one that is longer than a line. */
function wrap(pdf: Pdf, paragraph: string, width: number): string[] {
  if (pdf.widthOfString(paragraph) <= width) return [paragraph];
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (pdf.widthOfString(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (pdf.widthOfString(line) > width) {
      const length = fitting(pdf, line, width);
      lines.push(line.slice(0, length));
      line = line.slice(length);
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** How many characters of the text fit; at least one. Every showable character is one unit. */
function fitting(pdf: Pdf, text: string, width: number): number {
  let [fits, tooLong] = [1, text.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (pdf.widthOfString(text.slice(0, middle)) <= width) fits = middle;
    else tooLong = middle;
  }
  return fits;
}

function shortened(pdf: Pdf, lines: string[], width: number): string[] {
  let last = lines.at(-1) ?? '';
  while (last !== '' && pdf.widthOfString(`${last}…`) > width) last = last.slice(0, -1);
  return [...lines.slice(0, -1), `${last.trimEnd()}…`];
}
