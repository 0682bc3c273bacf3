import type { Knex } from 'knex';
import { joinByKey, numberOfKeySql } from '../receivables/erpKeys';
import { isTaken } from './problems';
import { missingReferences, refuseForeignRows } from './refusals';
import { importTypes, type ImportType } from '../../domain/receivable/imports';
import { keyColumns, numberColumns } from './staging';
import { references, tables } from './tables';

/**
 * Gives every line that may be taken the id of its row and the ids of the rows that it belongs to (the temporary table
 * `keyed`), and refuses those that belong to what is nowhere. A type comes after those that it refers to: what depends
 * on a refused line is refused with it. Only while no other import runs.
 * @param filiais of whoever asks; null = all
 */
export async function giveIds(trx: Knex.Transaction, filiais: readonly number[] | null): Promise<void> {
  await createKeyed(trx);
  for (const type of importTypes) {
    await findRows(trx, type);
    await trx.raw('analyze keyed');
    await missingReferences(trx, type);
    if (filiais !== null) await refuseForeignRows(trx, type, filiais);
    await trx.raw(`delete from keyed k where type = ? and not ${isTaken('k')}`, [type]);
    await giveNewIds(trx, type);
  }
}

/** The temporary table of which row each line that may be taken is, and of those it belongs to. */
export async function createKeyed(trx: Knex.Transaction): Promise<void> {
  await trx.raw(
    `create temporary table keyed (line int not null, type text not null, key text not null, id bigint,
       -- A row of the record already.
       known boolean not null, erp_key text, filial_id bigint, carteira_id bigint, customer_id bigint) on commit drop`,
  );
  await trx.raw('create unique index keyed_by_key on keyed (type, key)');
}

/** Which rows of the record, or of this file, the keys of the lines mean. A key of digits is its own id where that is free. */
async function findRows(trx: Knex.Transaction, type: ImportType): Promise<void> {
  const own = references.filter(({ from }) => from === type);
  const ids = (['filial_id', 'carteira_id', 'customer_id'] as const).map((column) => {
    const reference = own.find((each) => each.column === column);
    return reference ? `coalesce(${reference.to}_line.id, ${reference.to}.id)` : 'null';
  });
  const joins = own.map(
    ({ to }) => `left join keyed ${to}_line on ${to}_line.type = '${to}' and ${to}_line.key = s.${keyColumns[to]}
     ${joinByKey(tables[to], `s.${keyColumns[to]}`, `s.${numberColumns[to]}`, to)}`,
  );
  await trx.raw(
    `insert into keyed (line, type, key, id, known, erp_key, filial_id, carteira_id, customer_id)
     select s.line, s.type, s.key, coalesce(own.id, case when other.id is null then s.number end),
       own.id is not null, null, ${ids.join(', ')}
     from staged s ${joinByKey(tables[type], 's.key', 's.number', 'own')}
       left join ${tables[type]} other on other.id = s.number ${joins.join(' ')}
     where s.type = '${type}' and s.data is not null and ${isTaken('s')}`,
  );
}

/** Where the key is no id, the next of ours is. */
async function giveNewIds(trx: Knex.Transaction, type: ImportType): Promise<void> {
  await trx.raw(
    `update keyed set erp_key = key, id = nextval('erp_id') where type = '${type}' and not known and id is null`,
  );
  // Ids that are in use by another row, or that another row is called by.
  const taken = `k.type = '${type}' and not k.known and k.erp_key is not null and (
    exists (select from ${tables[type]} t where t.id = k.id)
    or exists (select from ${tables[type]} t where t.erp_key = k.id::text)
    or exists (select from keyed o where o.type = k.type and o.key = k.id::text))`;
  for (;;) {
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `update keyed k set id = nextval('erp_id') where ${taken}`,
    );
    if (rowCount === 0) return;
    await skipUsedIds(trx, type);
  }
}

const MOST_SKIPPED = 1_000_000;

/** An ERP that counts where our ids begin has them in a row: all of those are passed over at once. */
async function skipUsedIds(trx: Knex.Transaction, type: ImportType): Promise<void> {
  await trx.raw(
    `with at as (select last_value from erp_id),
     used as materialized (
       select t.id from ${tables[type]} t, at where t.id >= at.last_value
       union
       select ${numberOfKeySql('k.key')} from keyed k, at
       where k.type = '${type}' and ${numberOfKeySql('k.key')} >= at.last_value),
     -- The first one from there on that has no follower.
     last as (select u.id from used u where not exists (select from used n where n.id = u.id + 1) order by u.id limit 1)
     select count(nextval('erp_id')) from at, last,
       generate_series(1, case when exists (select from used u where u.id = at.last_value)
         then least(last.id - at.last_value, ${MOST_SKIPPED}) else 0 end)`,
  );
}
