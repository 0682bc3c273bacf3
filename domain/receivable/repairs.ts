import { ufOfCep } from '../kinds/cep';
import type { Payer } from '../boleto/charge';
import { isCnpj, isCpf } from '../kinds/taxIds';
import { fieldName } from './erpNames';
import { garbled } from '../kinds/garbledText';

/** Fields of the payer for which a repair can be told from what stands there. */
const repairableFields = [
  'payer.document',
  'payer.name',
  'payer.street',
  'payer.complement',
  'payer.district',
  'payer.city',
  'payer.cep',
] as const;
type RepairableField = (typeof repairableFields)[number];

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
export function repairFor(field: string | null, payer: Repairable): string | null {
  return isRepairable(field) ? repairs[field](payer) : null;
}

/**
 * The same as a correction takes it, by the ERP's name of the field.
 * @param address which of the customer's two addresses the payer has
 */
export function repairOf(
  field: string | null,
  payer: Repairable,
  address: 'main' | 'billing',
): { field: string; value: string } | null {
  const value = repairFor(field, payer);
  if (field === null || value === null) return null;
  return { field: fieldName(field, address), value };
}

function isRepairable(field: string | null): field is RepairableField {
  return repairableFields.some((known) => known === field);
}

const repairs: Record<RepairableField, (payer: Repairable) => string | null> = {
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
