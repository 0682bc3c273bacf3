import { modulo11 } from '../checkDigits';
import { digits, digitsOr, given, plain, type BankLayout, type LayoutFields } from './layout';

/** From this beneficiário on the code has seven digits and no check digit in the campo livre. */
const FIRST_OF_SEVEN = '1100000';

/** Caixa Econômica Federal, SIGCB. Source: "Especificação de Boleto" (2020), Anexos I to III. */
export const compe104: BankLayout = {
  code: '104',

  freeField(fields) {
    const ourNumber = ourNumberOf(fields);
    const part = (from: number, to: number) => ourNumber.slice(from - 1, to);
    const all = beneficiaryOf(fields) + part(3, 5) + part(1, 1) + part(6, 8) + part(2, 2) + part(9, 17);
    return all + modulo11('2a9', all);
  },

  ourNumberDigit: (fields) => modulo11('2a9', ourNumberOf(fields)),

  beneficiary(freeField) {
    const sevenDigits = freeField.slice(0, 7);
    const [code, digit] = [freeField.slice(0, 6), freeField.charAt(6)];
    // Six digits and their check digit look like seven, unless the digit is wrong.
    return modulo11('2a9', code) === digit || sevenDigits < FIRST_OF_SEVEN
      ? `beneficiário ${code}-${digit}`
      : `beneficiário ${sevenDigits}`;
  },
};

function beneficiaryOf(fields: LayoutFields): string {
  const names = ['convenio', 'codigo_beneficiario', 'conta'] as const;
  const seven = digits(fields, names, 7);
  if (seven >= FIRST_OF_SEVEN) return seven;
  const six = digits(fields, names, 6);
  return six + modulo11('2a9', six);
}

/** 17 digits: 1 registered or 2 not, 4 issued by the beneficiário or 1 by the bank, and 15 of the client. */
function ourNumberOf(fields: LayoutFields): string {
  const [field, text] = given(fields, ['nosso_numero_17d', 'nosso_numero_completo', 'nosso_numero']);
  if (plain(text).length === 17) return digits(fields, field, 17);
  return modeOf(fields) + digits(fields, field, 15);
}

/** Carteiras are written RG and SR, 1 and 2, or with who issues: 14, 24, SIG14. */
function modeOf(fields: LayoutFields): string {
  const [field, text] = given(fields, 'carteira');
  const written = text.toUpperCase().replace(/^SIG(CB)?/, '');
  const match = /^(RG|SR|[12])([14])?$/.exec(written);
  if (!match) throw new RangeError(`${field}: esperado RG (1) ou SR (2), com a emissão (14, 24) ou sem`);
  const registered = match[1] === 'RG' || match[1] === '1' ? '1' : '2';
  return registered + (match[2] ?? digitsOr(fields, 'emissao', 1, '4'));
}
