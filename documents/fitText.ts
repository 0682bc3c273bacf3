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
  /** Every character as it is, spaces too, and broken anywhere: what is copied has to be what it was. */
  verbatim?: boolean;
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
  const given = typeof text === 'string' ? [text] : text;
  const paragraphs = style.verbatim ? given : given.map(showable).filter((line) => line !== '');
  if (paragraphs.length === 0) return;
  pdf.font(style.font ?? REGULAR);
  const [width, height] = [mm(place.width), mm(place.height)];
  const smallest = Math.min(style.size, style.smallest ?? SMALLEST);
  let size = style.size;
  const wrapped = () => wrapAll(pdf.fontSize(size), paragraphs, width, style.verbatim ?? false);
  let lines = wrapped();
  while (size > smallest && lines.length * size * LEADING > height) {
    size = Math.max(smallest, size - STEP);
    lines = wrapped();
  }
  const room = Math.max(1, Math.floor(height / (size * LEADING) + 0.01));
  if (lines.length > room) lines = shortened(pdf, lines.slice(0, room), width);
  if (style.colour) pdf.fillColor(style.colour);
  lines.forEach((line, index) => {
    pdf.text(line, mm(place.x) + indentOf(pdf, line, width, style.align), mm(place.y) + index * size * LEADING, {
      lineBreak: false,
    });
  });
}

/** Measuring is what a page costs most: a line that begins at the left needs none. */
function indentOf(pdf: Pdf, line: string, width: number, align: TextStyle['align'] = 'left'): number {
  if (align === 'left') return 0;
  const slack = width - pdf.widthOfString(line);
  return align === 'right' ? slack : slack / 2;
}

function wrapAll(pdf: Pdf, paragraphs: readonly string[], width: number, verbatim: boolean): string[] {
  return paragraphs.flatMap((paragraph) => (verbatim ? chop(pdf, paragraph, width) : wrap(pdf, paragraph, width)));
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
    const pieces = chop(pdf, word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return line === '' ? lines : [...lines, line];
}

/** Breaks wherever a line is full. */
function chop(pdf: Pdf, text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (pdf.widthOfString(rest) > width) {
    const length = fitting(pdf, rest, width);
    lines.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...lines, rest];
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
