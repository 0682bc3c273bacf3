import type { Knex } from 'knex';
import { isTaken, refuseLines } from './problems';
import type { ImportType } from '../../domain/receivable/imports';
import { keyColumns } from './staging';
import { references, tables, typeWords } from './tables';

/*
 * What may not be taken: each function refuses lines, one by one, and leaves the others.
 */

/** A key is taken from the first well-formed line that has it. */
export async function refuseRepeated(trx: Knex.Transaction): Promise<void> {
  const word = `case type ${Object.entries(typeWords)
    .map(([type, words]) => `when '${type}' then '${words}'`)
    .join(' ')} end`;
  await refuseLines(
    trx,
    { code: 'linha_repetida', kind: 'form' },
    `select line, key, 'id', ${word} || ' ' || key || ' já está na linha ' || first
     from (select line, type, key, min(line) over (partition by type, key) as first from staged
           where data is not null) s
     where line > first`,
  );
}

/** A row belongs to others that must exist, in the record or on a line that is taken. */
export async function missingReferences(trx: Knex.Transaction, type: ImportType): Promise<void> {
  for (const { from, field, column, to } of references) {
    if (from !== type) continue;
    const target = `s.${keyColumns[to]}`;
    const found = `from keyed k join staged s on s.line = k.line
       cross join lateral (select min(o.line) as line from staged o where o.type = '${to}' and o.key = ${target}) brings
       where k.type = '${type}' and ${target} is not null and k.${column} is null`;
    await refuseLines(
      trx,
      { code: 'referencia_inexistente', kind: 'reference' },
      `select k.line, k.key, '${field}', '${typeWords[to]} ' || ${target} || ' não existe no registro nem neste arquivo'
       ${found} and brings.line is null`,
    );
    await refuseLines(
      trx,
      { code: 'referencia_recusada', kind: 'reference' },
      `select k.line, k.key, '${field}', '${typeWords[to]} ' || ${target}
         || ' não existe no registro, e a linha ' || brings.line || ', que o traria, foi recusada'
       ${found} and brings.line is not null`,
    );
  }
}

/** SQL over `customer c`: no título of it, or one that whoever asks sees. */
const customerIsSeen = `(not exists (select from receivable o where o.customer_id = c.id)
  or exists (select from receivable o where o.customer_id = c.id and o.filial_id = any(:filiais::bigint[])))`;

/** Of other filiais nothing is said, not even that it exists. */
export async function refuseForeignRows(
  trx: Knex.Transaction,
  type: ImportType,
  filiais: readonly number[],
): Promise<void> {
  const refuse = (code: 'fora_da_filial' | 'referencia_inexistente', query: string) =>
    refuseLines(trx, { code, kind: code === 'fora_da_filial' ? 'refused' : 'reference' }, query, {
      filiais: [...filiais],
    });
  const outside = (column: string) => `(${column} is null or ${column} <> all(:filiais::bigint[]))`;
  const unseen = `'${typeWords[type]} ' || k.key || ' não existe, ou não é das suas filiais'`;
  if (type === 'filial')
    await refuse(
      'fora_da_filial',
      `select k.line, k.key, 'id', ${unseen} from keyed k
       where k.type = 'filial' and (not k.known or ${outside('k.id')})`,
    );
  if (type === 'carteira')
    await refuse(
      'fora_da_filial',
      `select k.line, k.key, 'id', ${unseen} from keyed k
       join staged s on s.line = k.line left join carteira c on c.id = k.id
       where k.type = 'carteira' and ${isTaken('k')} and ((k.known and ${outside('c.filial_id')})
         or ((not k.known or jsonb_exists(s.data, 'filial_id') or s.filial_key is not null) and ${outside('k.filial_id')}))`,
    );
  if (type === 'cliente')
    await refuse(
      'fora_da_filial',
      `select k.line, k.key, 'id', ${unseen} from keyed k join customer c on c.id = k.id
       where k.type = 'cliente' and not ${customerIsSeen}`,
    );
  if (type !== 'titulo') return;
  await refuse(
    'fora_da_filial',
    `select k.line, k.key, 'id', ${unseen} from keyed k join receivable r on r.id = k.id
     where k.type = 'titulo' and ${isTaken('k')} and ${outside('r.filial_id')}`,
  );
  const missing = (to: 'filial' | 'carteira' | 'cliente') =>
    `'${typeWords[to]} ' || s.${keyColumns[to]} || ' não existe no registro nem neste arquivo'`;
  await refuse(
    'referencia_inexistente',
    `select k.line, k.key, 'filial_id', ${missing('filial')} from keyed k join staged s on s.line = k.line
     where k.type = 'titulo' and ${isTaken('k')} and ${outside('k.filial_id')}`,
  );
  // What a título already has it may keep; what this file brings has been judged by its own line.
  const changed = (column: string, to: 'carteira' | 'cliente', is: string) => `
     from keyed k join staged s on s.line = k.line join ${tables[to]} c on c.id = k.${column}
     left join receivable r on r.id = k.id
     where k.type = 'titulo' and ${isTaken('k')} and r.${column} is distinct from k.${column} and ${is}`;
  await refuse(
    'referencia_inexistente',
    `select k.line, k.key, 'id_carteira_cobranca', ${missing('carteira')}
     ${changed('carteira_id', 'carteira', outside('c.filial_id'))}`,
  );
  await refuse(
    'referencia_inexistente',
    `select k.line, k.key, 'id_cliente', ${missing('cliente')}
     ${changed('customer_id', 'cliente', `not ${customerIsSeen}`)}`,
  );
}
