import type { SavedFilter } from '../../../contract/filters';
import { contradictions, type BatchFilters } from '../../../domain/batch/filters';
import { parseCents } from '../../../domain/kinds/money';
import { formatDate, parseLocalDate, type LocalDate } from '../../../domain/kinds/dates';
import { amount } from '../../parts/format';
import { tidyDate } from '../../parts/tidyDate';

/** The filters as a person types them; '' = any. */
export interface FilterForm {
  filialId: string;
  customerIds: string;
  personType: string;
  contractKind: string;
  contractId: string;
  issuedFrom: string;
  issuedTo: string;
  dueFrom: string;
  dueTo: string;
  amountFrom: string;
  amountTo: string;
  chargeType: string;
  lote: string;
  city: string;
  district: string;
  cep: string;
}
export type FilterName = keyof FilterForm;

/** In `contractKind`: neither kind is meant, but the contract in `contractId`. */
export const ONE_CONTRACT = 'numero';

export const emptyForm: FilterForm = {
  ...{ filialId: '', customerIds: '', personType: '', contractKind: '', contractId: '' },
  ...{ issuedFrom: '', issuedTo: '', dueFrom: '', dueTo: '', amountFrom: '', amountTo: '' },
  ...{ chargeType: '', lote: '', city: '', district: '', cep: '' },
};

export interface ReadForm {
  filters: BatchFilters;
  errors: Partial<Record<FilterName, string>>;
  /** Of filters against each other. */
  contradictions: string[];
}

/** What the API is asked with; a field with an error is left out. */
export function readForm(form: FilterForm): ReadForm {
  const errors: ReadForm['errors'] = {};
  const filters: BatchFilters = {};
  const text = (name: FilterName) => form[name].trim();

  for (const name of ['issuedFrom', 'issuedTo', 'dueFrom', 'dueTo'] as const) {
    if (!text(name)) continue;
    const day = parseLocalDate(tidyDate(text(name)));
    if (day) filters[name] = day;
    else errors[name] = 'Uma data que existe, dd/mm/aaaa';
  }
  for (const name of ['chargeType', 'lote', 'city', 'district'] as const) if (text(name)) filters[name] = text(name);
  for (const [name, target] of [
    ['amountFrom', 'amountFromCents'],
    ['amountTo', 'amountToCents'],
  ] as const) {
    if (!text(name)) continue;
    const cents = parseCents(text(name));
    if (cents === null || cents < 0) errors[name] = 'Um valor como 1.234,56';
    else filters[target] = cents;
  }
  if (text('cep')) {
    const digits = text('cep').replace(/\D/g, '');
    if (/^\d{5,8}$/.test(digits)) filters.cep = digits;
    else errors.cep = 'Os 8 dígitos, ou pelo menos os 5 primeiros';
  }
  if (text('filialId')) filters.filialIds = [Number(text('filialId'))];
  const customers = text('customerIds')
    .split(/[\s,;]+/)
    .filter(Boolean);
  if (customers.some((id) => !/^[1-9]\d{0,14}$/.test(id)))
    errors.customerIds = 'IDs de clientes, separados por vírgula';
  else if (customers.length > 0) filters.customerIds = customers.map(Number);
  const kind = text('contractKind');
  if (kind === ONE_CONTRACT && text('contractId')) {
    if (/^[1-9]\d{0,14}$/.test(text('contractId'))) filters.contractId = Number(text('contractId'));
    else errors.contractId = 'O ID de um contrato';
  }
  if (kind === 'recorrente' || kind === 'avulso' || kind === 'sem-contrato') filters.contractKind = kind;
  const person = text('personType');
  if (person === 'F' || person === 'J') filters.personType = person;
  return { filters, errors, contradictions: contradictions(filters) };
}

/** The other way: saved filters back into the form. */
export function fillForm(filters: SavedFilter['filters']): FilterForm {
  const money = (cents: number | undefined) => (cents === undefined ? '' : amount(cents));
  // The API checked it when it was saved.
  const day = (date: string | undefined) => (date === undefined ? '' : formatDate(date as LocalDate));
  return {
    filialId: String(filters.filialIds?.[0] ?? ''),
    customerIds: filters.customerIds?.join(', ') ?? '',
    personType: filters.personType ?? '',
    contractKind: filters.contractId === undefined ? (filters.contractKind ?? '') : ONE_CONTRACT,
    contractId: String(filters.contractId ?? ''),
    issuedFrom: day(filters.issuedFrom),
    issuedTo: day(filters.issuedTo),
    dueFrom: day(filters.dueFrom),
    dueTo: day(filters.dueTo),
    amountFrom: money(filters.amountFromCents),
    amountTo: money(filters.amountToCents),
    chargeType: filters.chargeType ?? '',
    lote: filters.lote ?? '',
    city: filters.city ?? '',
    district: filters.district ?? '',
    cep: filters.cep ?? '',
  };
}
