import { toDecimal, type Cents } from '../../domain/kinds/money';
import { fieldsOf } from '../importing/schemas';

type ErpValue = string | number | boolean | null;

/**
 * A row of the record by the ERP's names, each value as an import or a correction takes it: amounts `99.90`, flags S
 * or N; of other rows their ids. Columns without a name in the ERP are left out.
 */
export function erpFields(type: 'cliente' | 'titulo', row: Record<string, unknown>): Record<string, ErpValue> {
  const named: Record<string, ErpValue> = {};
  for (const {
    name,
    info: { column },
  } of fieldsOf(type))
    if (column === 'id') named[name] = (row['erp_key'] ?? row['id']) as ErpValue;
    else if (column !== null && column in row) named[name] = written(column, row[column]);
  return named;
}

/** One value, by the column that keeps it. */
export function written(column: string, value: unknown): ErpValue {
  if (typeof value === 'boolean') return value ? 'S' : 'N';
  if (value !== null && column.endsWith('_cents')) return toDecimal(value as Cents);
  return value as ErpValue;
}
