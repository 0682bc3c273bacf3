import { errorTable } from '../../../domain/catalogue/catalogue';
import type { CodeLayout } from '../../../domain/boleto/registrationCheck';
import { foldToUpperCase, type SendingLimits } from '../../../domain/boleto/sending';
import type { GatewayCodec } from '../../../domain/gateway';
import { MAX_BARCODE_CENTS } from '../../../domain/kinds/money';

const anything = { pattern: /^/, words: 'qualquer coisa' };

const sending: SendingLimits = {
  // An account is all there is: the carteira says nothing more.
  convenio: { pattern: /^$/, words: 'nada' },
  carteira: anything,
  variation: anything,
  ourNumber: null,
  ownReference: { max: 20, pattern: /^[0-9-]+$/, shortened: false },
  especies: { DM: 1, DS: 2 },
  especiesWithoutCharges: [],
  amount: { minCents: 1, maxCents: MAX_BARCODE_CENTS },
  cutOffHour: null,
  percent: { decimals: 2, interestBelow: 100, fineBelow: 100, discountBelow: 100 },
  terms: { discountSteps: 1, interestGrace: false },
  issueDate: { yearsBack: null },
  writeOffDays: { min: 0, max: 365 },
  documents: ['cpf', 'cnpj', 'alphanumericCnpj'],
  fold: foldToUpperCase,
  characters: /^[A-Z0-9 .,;:/()'&*=+!?_-]*$/,
  texts: {
    name: { max: 60, whenLonger: 'refuse', required: true },
    street: { max: 60, whenLonger: 'shorten', required: true },
    district: { max: 60, whenLonger: 'shorten', required: true },
    city: { max: 60, whenLonger: 'shorten', required: true },
  },
};

export const inventedCodec: GatewayCodec = {
  name: 'banco-inventado',
  sending,
  errors: errorTable([]),
  ownReference: (receivableId, generation) => (generation > 1 ? `${receivableId}-${generation}` : String(receivableId)),
  ourNumber: () => null,
  receivableOf(ownReference) {
    const [, id, generation = '1'] = /^([1-9]\d{0,14})(?:-([1-9]\d{0,3}))?$/.exec(ownReference) ?? [];
    return id === undefined ? null : { receivableId: Number(id), generation: Number(generation) };
  },
  sequenceOf: () => null,
};

/** Twelve digits of the nosso número at the end of the campo livre. */
export const inventedLayout: CodeLayout = {
  banks: ['988'],
  carriesOurNumber: (freeField, ourNumber) => freeField === ourNumber.padStart(25, '0'),
};
