import type { Knex } from 'knex';
import { nameOf, numberOfKey, readErpKey } from '../../domain/receivable/erpKey';

/*
 * Which row a key means. One that no row has as its `erp_key` is the id itself where it is a number and the row of that
 * id has no other key; so every row is found by what it is called (`nameOf`), and by nothing that another is called.
 */

/** SQL: the id that a key of digits has by itself, else null; as `numberOfKey`. */
export const numberOfKeySql = (key: string) => `case when ${key} ~ '^[1-9][0-9]{0,11}$' then ${key}::bigint end`;

/**
 * SQL: joins the stored row that a key means, if there is one.
 * @param number of the key, as `numberOfKey` has it
 * @param found name of the result: its column `id` is null where no row is meant
 */
export function joinByKey(table: string, key: string, number: string, found: string): string {
  return `left join ${table} ${found}_key on ${found}_key.erp_key = ${key}
     left join ${table} ${found}_number on ${found}_number.id = ${number} and ${found}_number.erp_key is null
     cross join lateral (select coalesce(${found}_key.id, ${found}_number.id) as id) ${found}`;
}

/**
 * The título that somebody means by its key, or by its ID da cobrança.
 * @returns its id; null when there is none
 */
export async function resolveReceivable(knex: Knex, name: string): Promise<number | null> {
  const [found] = await resolveReceivables(knex, [name]);
  return found ?? null;
}

/** Of several, each in its place. */
export async function resolveReceivables(knex: Knex, names: readonly string[]): Promise<(number | null)[]> {
  const keys = names.map((name) => {
    const read = readErpKey(name);
    return 'key' in read ? read.key : null;
  });
  const { rows } = await knex.raw<{ rows: { id: number | null }[] }>(
    `select coalesce(
       (select id from receivable where erp_key = n.key), (select id from receivable where id = n.number)) as id
     from unnest(:keys::text[], :numbers::bigint[]) with ordinality n (key, number, place) order by place`,
    { keys, numbers: keys.map((key) => (key === null ? null : numberOfKey(key))) },
  );
  return rows.map(({ id }) => id);
}

/** What people call these títulos by; an id that is nowhere is called by itself. */
export async function receivableNames(knex: Knex, ids: readonly number[]): Promise<(id: number) => string> {
  const keyed = await knex('receivable')
    .whereIn('id', [...new Set(ids)])
    .whereNotNull('erp_key')
    .select<{ id: number; erpKey: string }[]>('id', 'erp_key as erpKey');
  const names = new Map(keyed.map((row) => [row.id, nameOf(row)]));
  return (id) => names.get(id) ?? String(id);
}
