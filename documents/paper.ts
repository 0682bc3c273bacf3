/** PDF counts in points, forms in millimetres. */
export function mm(millimetres: number): number {
  return (millimetres * 72) / 25.4;
}

/** A place on the page, in millimetres from its upper left corner. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Pdf = PDFKit.PDFDocument;

export const REGULAR = 'Helvetica';
export const BOLD = 'Helvetica-Bold';
export const BLACK = '#000000';
