import { drawField } from './field';
import { fitText } from './fitText';
import { drawHeader, drawLine, FORM, type FormValues } from './form';
import { BLACK, BOLD, type Pdf } from './paper';
import { drawQrCode } from './symbols';
import { isAllShowable } from './words';

const TOP = 9;
const QR_MM = 44;

/** The upper part of the page, which the payer keeps, with the Pix where the bank made one. */
export function drawRecibo(pdf: Pdf, values: FormValues, pixEmv: string | null): void {
  let y = drawHeader(pdf, values, TOP);
  y = drawLine(pdf, y, 12, [values.beneficiary], values.dueDate);
  y = drawLine(pdf, y, 14, [values.payer], values.beneficiaryCode);
  y = drawLine(
    pdf,
    y,
    8,
    [
      { ...values.issueDate, width: 27 },
      { ...values.documentNumber, width: 40 },
      { ...values.especie, width: 18 },
      { ...values.acceptance, width: 12 },
      { ...values.processedAt, width: 27 },
      values.carteira,
    ],
    values.ourNumber,
  );
  y = drawLine(pdf, y, 8, [{ label: 'Referente a', value: values.subject }], values.amount);
  drawField(
    pdf,
    { x: FORM.x, y, width: FORM.width, height: 22 },
    { label: 'Instruções (texto de responsabilidade do beneficiário)', value: values.instructions },
  );
  y += 22;
  pdf.fillColor(BLACK);
  const closing = { x: FORM.x, y: y + 0.8, width: FORM.width, height: 3 };
  fitText(pdf, 'Recibo do pagador', closing, { font: BOLD, size: 7 });
  fitText(pdf, 'Autenticação mecânica', closing, { size: 6, align: 'right' });
  if (pixEmv !== null) drawPix(pdf, pixEmv, y + 18);
}

function drawPix(pdf: Pdf, emv: string, y: number): void {
  const [text, gap] = [FORM.x + QR_MM + 6, 5];
  const width = FORM.x + FORM.width - text;
  // The quiet zone of a QR code is four of its modules: nothing else is near.
  drawQrCode(pdf, emv, { x: FORM.x + 1, y, side: QR_MM });
  pdf.fillColor(BLACK);
  fitText(pdf, 'Pague com Pix', { x: text, y, width, height: 6 }, { font: BOLD, size: 13 });
  const how = 'Aponte a câmera do aplicativo do seu banco para o código ao lado, ou copie e cole o texto abaixo.';
  fitText(pdf, how, { x: text, y: y + 6.5, width, height: 8 }, { size: 8.5 });
  fitText(pdf, 'Pix copia e cola', { x: text, y: y + 11 + gap, width, height: 4 }, { font: BOLD, size: 8.5 });
  const room = { x: text, y: y + 15 + gap, width, height: QR_MM - 15 - gap };
  // A text that the fonts cannot show would be another one when it is pasted.
  if (isAllShowable(emv)) fitText(pdf, emv, room, { size: 8, verbatim: true });
  else fitText(pdf, 'Não pode ser impresso aqui: use o código ao lado.', room, { size: 8 });
}
