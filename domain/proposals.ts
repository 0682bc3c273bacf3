import { ufOfCep } from './cep';
import type { Payer } from './charge';
import { isCnpj, isCpf } from './documents';
import { garbled } from './garbledText';

/** Fields of the payer for which a repair can be told from what stands there. */
const proposedFields = [
  'payer.document',
  'payer.name',
  'payer.street',
  'payer.complement',
  'payer.district',
  'payer.city',
  'payer.cep',
] as const;
type ProposedField = (typeof proposedFields)[number];

/** What a repair is told from. */
export type Repairable = Pick<
  Payer,
  'personType' | 'document' | 'name' | 'street' | 'complement' | 'district' | 'city' | 'uf' | 'cep'
>;

/**
 * The value that a field of the payer was meant to have, where that can be told: a person confirms it.
 * @param field in domain words
 * @returns null where nothing is wrong with it, or more than one value would do
 */
export function proposalFor(field: string | null, payer: Repairable): string | null {
  return isProposed(field) ? repairs[field](payer) : null;
}

/** Of these, what a customer has once for each of two addresses. */
const ofAddress: readonly string[] = ['payer.street', 'payer.complement', 'payer.district', 'payer.city', 'payer.cep'];
const erpNames: Record<ProposedField, string> = {
  'payer.document': 'cnpj_cpf',
  'payer.name': 'razao',
  'payer.street': 'endereco',
  'payer.complement': 'complemento',
  'payer.district': 'bairro',
  'payer.city': 'cidade',
  'payer.cep': 'cep',
};

/**
 * The same as a correction takes it.
 * @param address which of the customer's two addresses the payer has
 */
export function proposedChange(
  field: string | null,
  payer: Repairable,
  address: 'main' | 'billing',
): { field: string; value: string } | null {
  const value = proposalFor(field, payer);
  if (value === null || !isProposed(field)) return null;
  return { field: erpNames[field] + (address === 'billing' && ofAddress.includes(field) ? '_cob' : ''), value };
}

function isProposed(field: string | null): field is ProposedField {
  return proposedFields.some((known) => known === field);
}

const repairs: Record<ProposedField, (payer: Repairable) => string | null> = {
  'payer.document': documentWithZeros,
  'payer.name': ({ name }) => garbled(name)?.repaired ?? null,
  'payer.street': ({ street }) => garbled(street)?.repaired ?? null,
  'payer.complement': ({ complement = '' }) => garbled(complement)?.repaired ?? null,
  'payer.district': ({ district }) => garbled(district)?.repaired ?? null,
  'payer.city': ({ city }) => garbled(city)?.repaired ?? null,
  'payer.cep': cepWithZero,
};

/** Spreadsheets drop zeros in front; check digits prove them. */
function documentWithZeros({ personType, document }: Repairable): string | null {
  const [length, isRight] = personType === 'F' ? ([11, isCpf] as const) : ([14, isCnpj] as const);
  // Of shorter ones too many would fit by chance.
  if (!/^\d+$/.test(document) || document.length >= length || document.length < length - MOST_ZEROS) return null;
  const whole = document.padStart(length, '0');
  return isRight(whole) ? whole : null;
}

const MOST_ZEROS = 3;

/**
 * Seven digits: a zero is missing. In front, as spreadsheets drop it, where the UF has CEPs that begin so; else at the
 * end of the CEP geral of a city (…000), where the UF has that.
 */
function cepWithZero({ uf, cep }: Repairable): string | null {
  if (!/^\d{7}$/.test(cep)) return null;
  const candidates = [`0${cep}`, ...(cep.endsWith('00') ? [`${cep}0`] : [])];
  return candidates.find((whole) => ufOfCep(whole) === uf.trim().toUpperCase()) ?? null;
}
