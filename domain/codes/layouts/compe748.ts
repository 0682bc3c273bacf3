import { modulo11 } from '../checkDigits';
import { parseLocalDate } from '../../kinds/dates';
import { parseCents } from '../../kinds/money';
import { digits, digitsOr, given, plain, type BankLayout, type LayoutFields } from './layout';

/** Sicredi. Source: "Manual Beneficiário Sicredi CNAB 240" (2019), §7.3. */
export const compe748: BankLayout = {
  code: '748',

  freeField(fields) {
    const all =
      chargeType(fields) +
      digitsOr(fields, 'tipo_carteira', 1, '1') +
      ourNumberOf(fields) +
      compe748.ourNumberDigit(fields) +
      account(fields) +
      // Whether the amount is in the barcode.
      (parseCents(fields.valor ?? '') === 0 ? '0' : '1') +
      '0';
    return all + modulo11('2a9', all);
  },

  ourNumberDigit: (fields) => modulo11('2a9', account(fields) + ourNumberOf(fields)),

  beneficiary: (freeField) =>
    `cooperativa ${freeField.slice(11, 15)}, posto ${freeField.slice(15, 17)}, beneficiário ${freeField.slice(17, 22)}`,
};

function account(fields: LayoutFields): string {
  return (
    digits(fields, 'agencia', 4) +
    digits(fields, 'posto', 2) +
    digits(fields, ['convenio', 'codigo_beneficiario', 'conta'], 5)
  );
}

/** 1 with, 3 without registration; the carteira says it where the field does not. */
function chargeType(fields: LayoutFields): string {
  return fields.tipo_cobranca ? digits(fields, 'tipo_cobranca', 1) : digitsOr(fields, 'carteira', 1, '1');
}

/** Eight digits: year, byte (2 to 9: the beneficiário counts), sequence of five. They may come whole or in parts. */
function ourNumberOf(fields: LayoutFields): string {
  const [field, text] = given(fields, ['nosso_numero_completo', 'nosso_numero']);
  const [number, whole] = [plain(text), digits(fields, field, 8)];
  if (number.length >= 7) return whole;
  const withByte = number.length === 6 ? number : digits(fields, 'byte', 1) + digits(fields, field, 5);
  const [dateField, date] = given(fields, 'data_processamento');
  const day = parseLocalDate(date);
  if (!day) throw new RangeError(`${dateField}: não é uma data (aaaa-mm-dd ou dd/mm/aaaa)`);
  return day.slice(2, 4) + digits({ [field]: withByte }, field, 6);
}
