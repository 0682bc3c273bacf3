import { modulo11 } from '../checkDigits';
import { digits, given, plain, type BankLayout, type LayoutFields } from './layout';

/** Digits of the sequence by those of the convênio. */
const sequenceSizes: Readonly<Record<number, number>> = { 4: 7, 6: 5, 7: 10, 8: 9 };
// "Carteira 21" is how some systems ask for the 17-digit number of carteiras 16 and 18.
const LONG_NUMBER_CARTEIRAS = ['16', '18', '21'];

/**
 * Banco do Brasil. The convênio's size decides the layout.
 * Source: "Especificações Técnicas para Confecção de Boleto de Pagamento" (janeiro de 2016), Anexos VI to XI.
 */
export const compe001: BankLayout = {
  code: '001',

  freeField(fields) {
    const { convenio, sequence } = numbers(fields);
    if (sequence.length === 17) return `${convenio}${sequence}21`;
    const carteira = digits(fields, 'carteira', 2);
    if (convenio.length >= 7) return `000000${convenio}${sequence}${carteira}`;
    return convenio + sequence + digits(fields, 'agencia', 4) + digits(fields, 'conta', 8) + carteira;
  },

  /** Printed for convênios of 4 and 6 digits only. */
  ourNumberDigit(fields) {
    const { convenio, sequence } = numbers(fields);
    return modulo11('2a9_X', sequence.length === 17 ? sequence : convenio + sequence);
  },

  /** Kept with 20 digits, of which the first three are always zeros and are not printed. */
  printedOurNumber: (ourNumber) => ourNumber.replace(/^000(?=\d{17}$)/, ''),

  beneficiary(freeField) {
    // Carteira 11: the bank gives the numbers, and until then there are only zeros.
    return /^0{6}[1-9]/.test(freeField) ? `convênio ${freeField.slice(6, 13)}` : null;
  },
};

function numbers(fields: LayoutFields): { convenio: string; sequence: string } {
  const [field, text] = given(fields, ['convenio', 'codigo_beneficiario']);
  const convenio = plain(text);
  const size = sequenceSizes[convenio.length];
  if (!/^\d+$/.test(convenio) || size === undefined) throw new RangeError(`${field}: esperados 4, 6, 7 ou 8 dígitos`);
  if (convenio.length === 6 && isLong(fields)) return { convenio, sequence: longNumber(fields) };
  return { convenio, sequence: shortNumber(fields, convenio, size) };
}

/** The nosso número may come whole, with its convênio, and at the bank's API after three zeros. */
function shortNumber(fields: LayoutFields, convenio: string, size: number): string {
  const [field, text] = given(fields, ['nosso_numero', 'nosso_numero_completo']);
  const number = plain(text).replace(/^000(?=\d{17}$)/, '');
  const whole = number.length === convenio.length + size && number.startsWith(convenio);
  return digits({ [field]: whole ? number.slice(convenio.length) : number }, field, size);
}

function longNumber(fields: LayoutFields): string {
  const carteira = digits(fields, 'carteira', 2);
  if (!LONG_NUMBER_CARTEIRAS.includes(carteira))
    throw new RangeError(`carteira: nosso número de 17 dígitos só com ${LONG_NUMBER_CARTEIRAS.join(', ')}`);
  return digits(fields, ['nosso_numero_17d', 'nosso_numero', 'nosso_numero_completo'], 17);
}

function isLong(fields: LayoutFields): boolean {
  return (
    isYes(fields.nosso_numero_17) ||
    isYes(fields.codigo_servico) ||
    fields.nosso_numero_17d !== undefined ||
    plain(fields.nosso_numero ?? fields.nosso_numero_completo ?? '').length === 17
  );
}

function isYes(text: string | undefined): boolean {
  return text !== undefined && !['', '0', 'false', 'nao', 'não', 'n'].includes(text.toLowerCase());
}
