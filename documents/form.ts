import { formatDate, saoPauloDate } from '../domain/kinds/dates';
import { formatReais } from '../domain/kinds/money';
import type { PrintableBoleto } from '../domain/receivable/printable';
import { bankOf, printedOurNumber } from './banks';
import { drawField, drawRow, type Field } from './field';
import { fitText } from './fitText';
import { BLACK, BOLD, mm, type Pdf, type Place } from './paper';
import { instructions, maskedLine, personLines, subject } from './words';

/** Both parts of the page have the same two columns: what describes the charge, and what is paid. */
export const FORM = { x: 10, width: 190, right: 48 };
const LEFT = FORM.width - FORM.right;

/** What is written in the fields of both parts. */
export interface FormValues {
  bank: { name: string; code: string };
  line: string;
  payableAt: Field;
  dueDate: Field;
  beneficiary: Field;
  beneficiaryCode: Field;
  issueDate: Field;
  documentNumber: Field;
  especie: Field;
  acceptance: Field;
  processedAt: Field;
  ourNumber: Field;
  carteira: Field;
  amount: Field;
  payer: Field;
  subject: string;
  instructions: string[];
}

export function formValues(boleto: PrintableBoleto): FormValues {
  const { charge, beneficiary } = boleto;
  const bank = bankOf(boleto.barcode || boleto.linhaDigitavel);
  const paid = { align: 'right', bold: true } as const;
  return {
    bank,
    line: maskedLine(boleto.linhaDigitavel),
    payableAt: { label: 'Local de pagamento', value: 'Pagável em qualquer banco' },
    dueDate: { label: 'Vencimento', value: formatDate(charge.dueDate), ...paid, size: 10 },
    beneficiary: { label: 'Beneficiário', value: personLines(beneficiary) },
    beneficiaryCode: {
      label: 'Agência / Código do beneficiário',
      value: boleto.beneficiaryCode ?? charge.convenio,
      align: 'right',
    },
    issueDate: { label: 'Data do documento', value: formatDate(charge.issueDate) },
    documentNumber: { label: 'Nº do documento', value: charge.ownReference },
    especie: { label: 'Espécie doc.', value: charge.especie },
    acceptance: { label: 'Aceite', value: charge.acceptance ? 'A' : 'N' },
    processedAt: { label: 'Data do processamento', value: formatDate(saoPauloDate(boleto.registeredAt)) },
    ourNumber: { label: 'Nosso número', value: printedOurNumber(bank, boleto.ourNumber), align: 'right' },
    carteira: { label: 'Carteira', value: [charge.carteira, charge.variation].filter(Boolean).join('/') },
    amount: { label: '(=) Valor do documento', value: formatReais(charge.amountCents), ...paid, size: 10 },
    payer: { label: 'Pagador', value: personLines(charge.payer) },
    subject: subject(boleto),
    instructions: instructions(charge),
  };
}

const HEADER_MM = 8;

/** Bank, its code and the linha digitável, in the sizes of FEBRABAN: digits of 5 mm and of 3.5 mm. @returns where it ends */
export function drawHeader(pdf: Pdf, { bank, line }: FormValues, y: number): number {
  const [name, code] = [31, 20];
  const at = (x: number, width: number): Place => ({ x, y: y + 1.2, width, height: HEADER_MM - 1.2 });
  pdf.fillColor(BLACK);
  fitText(pdf, bank.name, { ...at(FORM.x, name - 1), y: y + 2.6 }, { font: BOLD, size: 10.5, smallest: 6 });
  fitText(pdf, bank.code, at(FORM.x + name, code), { font: BOLD, size: 19.7, align: 'center' });
  const lineX = FORM.x + name + code;
  fitText(pdf, line, { ...at(lineX, FORM.x + FORM.width - lineX), y: y + 3 }, { size: 13.8, align: 'right' });
  pdf.lineWidth(1.2);
  for (const x of [FORM.x + name, lineX]) pdf.moveTo(mm(x), mm(y + 1.5)).lineTo(mm(x), mm(y + HEADER_MM));
  pdf.stroke(BLACK);
  return y + HEADER_MM;
}

/** A row of both columns. @returns where it ends */
export function drawLine(
  pdf: Pdf,
  y: number,
  height: number,
  left: readonly (Field & { width?: number })[],
  right: Field,
): number {
  drawRow(pdf, { x: FORM.x, y, width: LEFT, height }, left);
  drawField(pdf, { x: FORM.x + LEFT, y, width: FORM.right, height }, right);
  return y + height;
}
