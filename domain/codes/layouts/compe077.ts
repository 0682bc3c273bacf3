import { modulo10 } from '../checkDigits';
import { digits, digitsOr, given, plain, type BankLayout, type LayoutFields } from './layout';

/** Banco Inter, whose only agência is 0001. Source: "Manual de Remessa Inter", §6.1.3. The bank gives the nosso número. */
export const compe077: BankLayout = {
  code: '077',
  freeField: (fields) =>
    agencia(fields) +
    digits(fields, 'carteira', 3) +
    digits(fields, ['operacao', 'convenio'], 7) +
    ourNumberOf(fields) +
    compe077.ourNumberDigit(fields),
  ourNumberDigit: (fields) => String(modulo10(agencia(fields) + digits(fields, 'carteira', 3) + ourNumberOf(fields))),
  beneficiary: (freeField) => `operação ${freeField.slice(7, 14)}`,
};

function agencia(fields: LayoutFields): string {
  return digitsOr(fields, 'agencia', 4, '0001');
}

/** Ten digits; eleven are those the bank gave, with their check digit. */
function ourNumberOf(fields: LayoutFields): string {
  const [field, text] = given(fields, ['nosso_numero', 'nosso_numero_completo']);
  const number = plain(text);
  return digits({ [field]: number.length === 11 ? number.slice(0, 10) : number }, field, 10);
}
