import { modulo11 } from '../checkDigits';
import { digits, given, plain, type BankLayout, type LayoutFields } from './layout';

/** Banrisul. Source: "Manual de Cobrança Banrisul", código de barras. 2 = issued by the client, 1 and 40 are constant. */
export const compe041: BankLayout = {
  code: '041',
  freeField(fields) {
    const all = `21${digits(fields, 'agencia', 4)}${beneficiaryOf(fields)}${digits(fields, 'nosso_numero', 8)}40`;
    return all + modulo11('duplo_digito_banrisul', all);
  },
  ourNumberDigit: (fields) => modulo11('duplo_digito_banrisul', digits(fields, 'nosso_numero', 8)),
  beneficiary: (freeField) => `agência ${freeField.slice(2, 6)}, beneficiário ${freeField.slice(6, 13)}`,
};

/** Seven digits; the whole code has the agência (4) before and its two check digits behind them. */
function beneficiaryOf(fields: LayoutFields): string {
  const [field, text] = given(fields, ['convenio', 'codigo_beneficiario', 'conta']);
  const code = plain(text);
  return digits({ [field]: code.length === 13 ? code.slice(4, 11) : code }, field, 7);
}
