import { modulo11 } from '../checkDigits';
import { digits, digitsOr, type BankLayout, type LayoutFields } from './layout';

/** Sicoob. Source: "Layout de Boletos e Código de Barras Sicoob", campo livre and cálculo do dígito do nosso número. */
export const compe756: BankLayout = {
  code: '756',
  freeField: (fields) =>
    digits(fields, 'carteira', 1) +
    digits(fields, 'agencia', 4) +
    (fields.modalidade ? digits(fields, 'modalidade', 2) : digitsOr(fields, 'variacao', 2, '01')) +
    clientOf(fields) +
    digits(fields, 'nosso_numero', 7) +
    compe756.ourNumberDigit(fields) +
    digitsOr(fields, 'parcela', 3, '001'),
  ourNumberDigit: (fields) =>
    modulo11(
      'sicoob_3197',
      digits(fields, 'agencia', 4) + clientOf(fields).padStart(10, '0') + digits(fields, 'nosso_numero', 7),
    ),
  beneficiary: (freeField) => `cooperativa ${freeField.slice(1, 5)}, cliente ${freeField.slice(7, 14)}`,
};

/** The client's number ends in its own check digit: the convênio has it, the beneficiário's code has it beside. */
function clientOf(fields: LayoutFields): string {
  const { codigo_beneficiario: code, codigo_beneficiario_dv: digit } = fields;
  if (fields.convenio || !code || !digit) return digits(fields, ['convenio', 'codigo_beneficiario', 'conta'], 7);
  return digits(fields, 'codigo_beneficiario', 6) + digits(fields, 'codigo_beneficiario_dv', 1);
}
