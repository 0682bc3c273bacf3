import { formatDate, type LocalDate } from '../domain/kinds/dates';
import type { BatchFilters } from '../domain/batch/filters';
import { formatReais, type Cents } from '../domain/kinds/money';

/** The filters as an operator reads them, one phrase each; Impresso = Não always comes first. */
export function describeFilters(filters: BatchFilters): string[] {
  const phrases = ['Impresso: Não'];
  const add = (label: string, value: string | null) => value !== null && phrases.push(`${label}: ${value}`);
  add(
    'Vencimento',
    range(filters.dueFrom, filters.dueTo, (date: LocalDate) => formatDate(date)),
  );
  add(
    'Emissão',
    range(filters.issuedFrom, filters.issuedTo, (date: LocalDate) => formatDate(date)),
  );
  add(
    'Valor',
    range(filters.amountFromCents, filters.amountToCents, (amount: Cents) => formatReais(amount)),
  );
  add('Filial', filters.filialIds?.join(', ') ?? null);
  add('Cliente', filters.customerIds?.join(', ') ?? null);
  add('Contrato', filters.contractId?.toString() ?? filters.contractKind ?? null);
  add('Tipo de pessoa', filters.personType ?? null);
  add('Tipo de cobrança', filters.chargeType ?? null);
  add('Lote', filters.lote ?? null);
  add('Cidade', filters.city ?? null);
  add('Bairro', filters.district ?? null);
  add('CEP', filters.cep ?? null);
  return phrases;
}

function range<T>(from: T | undefined, to: T | undefined, format: (value: T) => string): string | null {
  if (from !== undefined && to !== undefined) return `de ${format(from)} até ${format(to)}`;
  if (from !== undefined) return `a partir de ${format(from)}`;
  return to === undefined ? null : `até ${format(to)}`;
}
