import { modulo11 } from '../checkDigits';
import { digits, digitsOr, type BankLayout } from './layout';

/**
 * Santander. Source: "Layout de Código de Barras Santander" (janeiro de 2017, v3.1); "Especificação do Boleto"
 * (setembro de 2012). IOS: 0, but for insurers.
 */
export const compe033: BankLayout = {
  code: '033',
  freeField: (fields) =>
    '9' +
    digits(fields, ['convenio', 'codigo_beneficiario', 'conta'], 7) +
    digits(fields, 'nosso_numero', 12) +
    compe033.ourNumberDigit(fields) +
    digitsOr(fields, 'ios', 1, '0') +
    digits(fields, 'carteira', 3),
  ourNumberDigit: (fields) => modulo11('2a9', digits(fields, 'nosso_numero', 12)),
  beneficiary: (freeField) => `beneficiário ${freeField.slice(1, 8)}`,
};
