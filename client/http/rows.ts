import type { HttpImportType } from './imports';
import type { Ask } from './request';

/** A row as it is stored now, by the ERP's own names. */
export interface HttpStoredRow {
  /** The id here: of a título, its ID da cobrança in every other call. */
  id: number;
  /** The ERP's key. */
  key: string;
  fields: Record<string, string | number | boolean | null>;
}

export interface HttpPutRow extends HttpStoredRow {
  /** `pending`: kept, and written once a call to the bank has its certain end. */
  outcome: 'new' | 'changed' | 'unchanged' | 'pending';
  ignoredFields: string[];
}

export type HttpRowFields = Record<string, string | number | boolean | null | undefined>;

const places: Record<HttpImportType, string> = {
  filial: 'filiais',
  carteira: 'carteiras',
  cliente: 'clientes',
  titulo: 'titulos',
};

/** Makes the row, or changes it to this; again it changes nothing. */
export function putRow(
  ask: Ask,
  type: HttpImportType,
  key: string | number,
  fields: HttpRowFields,
): Promise<HttpPutRow> {
  return ask('PUT', `/${places[type]}/${encodeURIComponent(key)}`, fields);
}

export function storedRow(ask: Ask, type: 'filial' | 'cliente', key: string | number): Promise<HttpStoredRow> {
  return ask('GET', `/${places[type]}/${encodeURIComponent(key)}`);
}
