import type { Knex } from 'knex';
import { nameOf, numberOfKey } from '../../domain/receivable/erpKey';
import { toDecimal, type Cents } from '../../domain/kinds/money';
import type { ImportType } from '../../domain/receivable/imports';
import { fieldsOf } from '../importing/schemas';
import { references, tables } from '../importing/tables';
import type { Filiais } from '../access/visibility';

export type ErpValue = string | number | boolean | null;

/** A row of the record as its ERP calls it. */
export interface StoredRow {
  id: number;
  key: string;
  /** By the ERP's names, each value as an import takes it. */
  fields: Record<string, ErpValue>;
}

/** SQL over the row `t`: whether somebody of these filiais sees it. */
const isSeen: Record<ImportType, string> = {
  filial: 't.id = any(:filiais::bigint[])',
  carteira: 't.filial_id = any(:filiais::bigint[])',
  // As the import has it: of nobody yet, or of a título that is seen.
  cliente: `(not exists (select from receivable o where o.customer_id = t.id)
    or exists (select from receivable o where o.customer_id = t.id and o.filial_id = any(:filiais::bigint[])))`,
  titulo: 't.filial_id = any(:filiais::bigint[])',
};

/** @returns null for a key that no row has, and for a row of another filial. */
export async function readStoredRow(
  knex: Knex,
  type: ImportType,
  key: string,
  filiais: Filiais,
): Promise<StoredRow | null> {
  const own = references.filter(({ from }) => from === type);
  const names = own.map(
    ({ field, column, to }) =>
      `'${field}', (select coalesce(o.erp_key, o.id::text) from ${tables[to]} o where o.id = t.${column})`,
  );
  const { rows } = await knex.raw<{ rows: { row: Record<string, unknown>; names: Record<string, string | null> }[] }>(
    `select to_jsonb(t) as row, jsonb_build_object(${names.join(', ')}) as names from ${tables[type]} t
     where (t.erp_key = :key or (t.id = :number::bigint and t.erp_key is null))
       and (:filiais::bigint[] is null or ${isSeen[type]})
     order by t.erp_key nulls last limit 1`,
    { key, number: numberOfKey(key), filiais: filiais === null ? null : [...filiais] },
  );
  const [found] = rows;
  if (!found) return null;
  const id = found.row['id'] as number;
  const name = nameOf({ id, erpKey: found.row['erp_key'] as string | null });
  return { id, key: name, fields: fieldsOfRow(type, name, found) };
}

function fieldsOfRow(
  type: ImportType,
  key: string,
  { row, names }: { row: Record<string, unknown>; names: Record<string, string | null> },
): Record<string, ErpValue> {
  const elsewhere = (row['imported_registration'] ?? {}) as Record<string, ErpValue>;
  const value = (name: string, column: string | null): ErpValue => {
    if (name === 'id') return key;
    if (name in names) return names[name] ?? null;
    return column === null ? (elsewhere[name] ?? null) : written(column, row[column]);
  };
  return Object.fromEntries(fieldsOf(type).map(({ name, info }) => [name, value(name, info.column)]));
}

const addressSources: Record<string, string> = { main: 'principal', billing: 'cobranca' };

function written(column: string, value: unknown): ErpValue {
  if (typeof value === 'boolean') return value ? 'S' : 'N';
  if (column === 'address_source') return addressSources[value as string] ?? null;
  if (column.endsWith('_cents')) return toDecimal(value as Cents);
  return value as ErpValue;
}
