import { modulo11 } from '../checkDigits';
import { digits, type BankLayout } from './layout';

/** Bradesco. Source: "Especificação do Boleto" (agosto de 2015), campo livre and cálculo do dígito do nosso número. */
export const compe237: BankLayout = {
  code: '237',
  freeField: (fields) =>
    digits(fields, 'agencia', 4) +
    digits(fields, 'carteira', 2) +
    digits(fields, 'nosso_numero', 11) +
    digits(fields, 'conta', 7) +
    '0',
  ourNumberDigit: (fields) => modulo11('2a7_P', digits(fields, 'carteira', 2) + digits(fields, 'nosso_numero', 11)),
  beneficiary: (freeField) => `agência ${freeField.slice(0, 4)}, conta ${freeField.slice(17, 24)}`,
};
