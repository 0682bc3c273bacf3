import type { GatewayCodec } from '../../domain/gateway';
import { MAX_BARCODE_CENTS } from '../../domain/kinds/money';
import { foldToUpperCase, type SendingLimits } from '../../domain/boleto/sending';
import { errors } from './errorTable';

const LAST_SEQUENCE = 9_999_999_999;

/** What the registration endpoint takes (README.md, "What is ours" and "Assumed"). */
export const sending: SendingLimits = {
  // A JSON number: no leading zero.
  convenio: { pattern: /^[1-9]\d{6}$/, words: '7 dígitos, sem zero à esquerda' },
  carteira: { pattern: /^0*17$/, words: '17' },
  variation: { pattern: /^(?!0+$)\d{1,3}$/, words: 'de 1 a 3 dígitos' },
  ourNumber: (number, convenio) => /^\d{20}$/.test(number) && number.startsWith(`000${convenio}`),
  ownReference: { max: 15, pattern: /^[A-Z0-9 '-]+$/, shortened: false },
  // codigoTipoTitulo of the registration endpoint.
  especies: { CH: 1, DM: 2, DS: 4, NP: 12, RC: 17, FAT: 18, ND: 19, CC: 31, BP: 32, BDP: 33, OU: 99 },
  especiesWithoutCharges: ['BP', 'BDP'],
  amount: { minCents: 1, maxCents: MAX_BARCODE_CENTS },
  // None is published.
  cutOffHour: null,
  percent: { decimals: 2, interestBelow: 100, fineBelow: 100, discountBelow: 100 },
  // jurosMora has no date of its own.
  terms: { discountSteps: 3, interestGrace: false },
  issueDate: { yearsBack: 1 },
  writeOffDays: { min: 0, max: 999 },
  // Alphanumeric as text: unverified, the bank has published nothing.
  documents: ['cpf', 'cnpj', 'alphanumericCnpj'],
  fold: foldToUpperCase,
  // Assumed: what other registration services of banks take.
  characters: /^[A-Z0-9 .,;:/()'&*=+!?_-]*$/,
  texts: {
    name: { max: 60, whenLonger: 'refuse', required: true },
    street: { max: 60, whenLonger: 'shorten', required: true },
    district: { max: 30, whenLonger: 'shorten', required: true },
    city: { max: 30, whenLonger: 'shorten', required: true },
  },
};

export const bancoDoBrasilCodec: GatewayCodec = {
  name: 'banco-do-brasil',
  sending,
  errors,
  ownReference: (receivableId, generation) => (generation > 1 ? `${receivableId}-${generation}` : String(receivableId)),
  ourNumber(convenio, sequence) {
    if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > LAST_SEQUENCE)
      throw new RangeError(`the numbers of convênio ${convenio} are used up`);
    return `000${convenio}${String(sequence).padStart(10, '0')}`;
  },
  receivableOf(ownReference) {
    const [, id, generation = '1'] = /^([1-9]\d{0,14})(?:-([2-9]|[1-9]\d{1,3}))?$/.exec(ownReference) ?? [];
    return id === undefined ? null : { receivableId: Number(id), generation: Number(generation) };
  },
  sequenceOf(convenio, ourNumber) {
    const [, sequence] = new RegExp(`^000${convenio}(\\d{10})$`).exec(ourNumber) ?? [];
    return sequence === undefined || Number(sequence) === 0 ? null : Number(sequence);
  },
};
