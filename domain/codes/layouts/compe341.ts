import { modulo10 } from '../checkDigits';
import { digits, digitsOr, type BankLayout, type LayoutFields } from './layout';

/** Fifteen positions: nosso número and seu número; agência and conta are not in the campo livre. Anexo 3. */
const FIFTEEN_POSITIONS = ['106', '107', '122', '142', '143', '195', '196', '198'];

/**
 * The digit is of carteira and nosso número alone. Anexo 4 names 126, 131, 146, 150 and 168; Nota 23 has 145 instead
 * of 146 and adds the escriturais (112), whose numbers the bank gives: there its answer counts, not this.
 */
const WITHOUT_ACCOUNT = ['112', '126', '131', '145', '146', '150', '168'];

/** Itaú. Source: "Especificação do Boleto" (março de 2015), Anexos 1 to 5 and Nota 23. */
export const compe341: BankLayout = {
  code: '341',

  freeField(fields) {
    const carteira = digits(fields, 'carteira', 3);
    const ourNumber = digits(fields, 'nosso_numero', 8);
    if (FIFTEEN_POSITIONS.includes(carteira)) {
      const ownReference = digits(fields, ['seu_numero', 'numero_documento'], 7);
      const client = digits(fields, ['convenio', 'codigo_beneficiario'], 5);
      const all = carteira + ourNumber + ownReference + client;
      return `${all}${modulo10(all)}0`;
    }
    const account = accountOf(fields);
    const accountDigit = digitsOr(fields, 'conta_dv', 1, String(modulo10(account)));
    return `${carteira}${ourNumber}${compe341.ourNumberDigit(fields)}${account}${accountDigit}000`;
  },

  ourNumberDigit(fields) {
    const carteira = digits(fields, 'carteira', 3);
    const number = carteira + digits(fields, 'nosso_numero', 8);
    return String(modulo10(WITHOUT_ACCOUNT.includes(carteira) ? number : accountOf(fields) + number));
  },

  beneficiary(freeField) {
    if (FIFTEEN_POSITIONS.includes(freeField.slice(0, 3))) return `cliente ${freeField.slice(18, 23)}`;
    return `agência ${freeField.slice(12, 16)}, conta ${freeField.slice(16, 21)}-${freeField.slice(21, 22)}`;
  },
};

/** Agência and conta, without the account's digit. */
function accountOf(fields: LayoutFields): string {
  return digits(fields, 'agencia', 4) + digits(fields, ['conta', 'codigo_beneficiario'], 5);
}
