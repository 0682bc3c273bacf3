import type { HttpPutRow, HttpStoredRow } from './answers';
import type { HttpImportType } from './imports';
import type { Ask } from './request';

export type HttpRowFields = Record<string, string | number | boolean | null | undefined>;

const places = {
  filial: 'filiais',
  carteira: 'carteiras',
  cliente: 'clientes',
  titulo: 'titulos',
} as const satisfies Record<HttpImportType, string>;

/** Makes the row, or changes it to this; again it changes nothing. */
export function putRow(
  ask: Ask,
  type: HttpImportType,
  key: string | number,
  fields: HttpRowFields,
): Promise<HttpPutRow> {
  return ask(`PUT /${places[type]}/{id}`, { params: { id: key }, body: fields });
}

export function storedRow(ask: Ask, type: 'filial' | 'cliente', key: string | number): Promise<HttpStoredRow> {
  return ask(`GET /${places[type]}/{id}`, { params: { id: key } });
}
