import { drawField } from './field';
import { fitText } from './fitText';
import { drawHeader, drawLine, FORM, type FormValues } from './form';
import { BLACK, BOLD, mm, type Pdf } from './paper';
import { BARCODE_MM, drawBarcode } from './symbols';

const PAPER_MM = { width: 210, height: 297 };
/** From the cut to the lower edge of the paper: FEBRABAN allows 95 to 108 mm. */
const FICHA_MM = 105;
/** From the lower edge of the paper to the middle of the bars. */
const BARCODE_MIDDLE_MM = 12;

/** The lower part of the page, by which banks clear the payment. */
export function drawFicha(pdf: Pdf, values: FormValues, barcode: string): void {
  const top = PAPER_MM.height - FICHA_MM;
  drawCut(pdf, top);
  let y = drawHeader(pdf, values, top + 2.5);
  y = drawLine(pdf, y, 7, [values.payableAt], values.dueDate);
  y = drawLine(pdf, y, 10, [values.beneficiary], values.beneficiaryCode);
  y = drawLine(
    pdf,
    y,
    7,
    [
      { ...values.issueDate, width: 29 },
      { ...values.documentNumber, width: 44 },
      { ...values.especie, width: 20 },
      { ...values.acceptance, width: 16 },
      values.processedAt,
    ],
    values.ourNumber,
  );
  y = drawLine(
    pdf,
    y,
    7,
    [
      { label: 'Uso do banco', width: 29 },
      { ...values.carteira, width: 24 },
      { label: 'Espécie', value: 'R$', width: 20 },
      { label: 'Quantidade', width: 36 },
      { label: '(x) Valor' },
    ],
    values.amount,
  );
  y = drawInstructions(pdf, values, y);
  drawField(pdf, { x: FORM.x, y, width: FORM.width, height: 12.5 }, values.payer);
  y += 12.5;

  pdf.fillColor(BLACK);
  const beside = { x: FORM.x + 120, y: y + 0.6, width: FORM.width - 120, height: 3 };
  fitText(pdf, 'Autenticação mecânica – Ficha de Compensação', beside, { font: BOLD, size: 6.5, align: 'right' });
  // Codes of a sandbox may be anything; only 44 digits are a barcode.
  if (/^\d{44}$/.test(barcode)) {
    const middle = PAPER_MM.height - BARCODE_MIDDLE_MM;
    drawBarcode(pdf, barcode, { x: FORM.x + BARCODE_MM.quiet, y: middle - BARCODE_MM.height / 2 });
  }
}

const LINES_MM = 6;

/** The instructions on the left, and beside them what may be added to the value by hand. */
function drawInstructions(pdf: Pdf, values: FormValues, top: number): number {
  const sums = [
    '(-) Desconto / Abatimento',
    '(-) Outras deduções',
    '(+) Mora / Multa',
    '(+) Outros acréscimos',
    '(=) Valor cobrado',
  ];
  const left = FORM.width - FORM.right;
  drawField(
    pdf,
    { x: FORM.x, y: top, width: left, height: sums.length * LINES_MM },
    { label: 'Instruções (texto de responsabilidade do beneficiário)', value: values.instructions },
  );
  sums.forEach((label, index) => {
    drawField(pdf, { x: FORM.x + left, y: top + index * LINES_MM, width: FORM.right, height: LINES_MM }, { label });
  });
  return top + sums.length * LINES_MM;
}

function drawCut(pdf: Pdf, y: number): void {
  pdf.lineWidth(0.6).dash(2, { space: 2 });
  pdf.moveTo(0, mm(y)).lineTo(mm(PAPER_MM.width), mm(y)).stroke(BLACK);
  pdf.undash().fillColor(BLACK);
  const note = { x: FORM.x, y: y - 2.6, width: FORM.width, height: 2.4 };
  fitText(pdf, 'Corte na linha tracejada', note, { size: 5.5, align: 'right' });
}
