import type { ImportType } from '../../domain/receivable/imports';

/** Where the rows of a type are kept. */
export const tables = {
  filial: 'filial',
  carteira: 'carteira',
  cliente: 'customer',
  titulo: 'receivable',
} as const satisfies Record<ImportType, string>;

/** A type as messages call it, with its article. */
export const typeWords: Record<ImportType, string> = {
  filial: 'a filial',
  carteira: 'a carteira',
  cliente: 'o cliente',
  titulo: 'o título',
};

/** Which rows a row belongs to: the ERP's field, the column, and the type of what is meant. */
export const references = [
  { from: 'carteira', field: 'filial_id', column: 'filial_id', to: 'filial' },
  { from: 'titulo', field: 'id_cliente', column: 'customer_id', to: 'cliente' },
  { from: 'titulo', field: 'filial_id', column: 'filial_id', to: 'filial' },
  { from: 'titulo', field: 'id_carteira_cobranca', column: 'carteira_id', to: 'carteira' },
] as const;
