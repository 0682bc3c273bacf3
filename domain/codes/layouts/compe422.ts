import { modulo11 } from '../checkDigits';
import { digits, type BankLayout } from './layout';

/** Safra. Source: "Cobrança Safra" (2010), §10.3. The last 2 says: registered. */
export const compe422: BankLayout = {
  code: '422',
  freeField: (fields) =>
    '7' +
    digits(fields, 'agencia', 4) +
    digits(fields, 'agencia_dv', 1) +
    digits(fields, 'conta', 8) +
    digits(fields, 'conta_dv', 1) +
    digits(fields, 'nosso_numero', 8) +
    compe422.ourNumberDigit(fields) +
    '2',
  ourNumberDigit(fields) {
    // Unlike elsewhere, 11 becomes 1; only 10 becomes 0.
    const digit = modulo11('2a9', digits(fields, 'nosso_numero', 8), '10');
    if (digit === '0') return '1';
    return digit === '10' ? '0' : digit;
  },
  beneficiary: (freeField) => `agência ${freeField.slice(1, 6)}, conta ${freeField.slice(6, 15)}`,
};
