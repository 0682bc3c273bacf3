import type { Knex } from 'knex';

const FIRST_ID = 70_000_001;

/**
 * A communication of `count` títulos that ended, straight in the record: one in a hundred was refused, the others are
 * registered.
 * @returns the ID da cobrança of the first; the others follow it
 */
export async function insertConcludedBatch(
  knex: Knex,
  { batchId, carteira, count }: { batchId: string; carteira: { id: number; filialId: number }; count: number },
): Promise<number> {
  const values = { batchId, count, carteiraId: carteira.id, filialId: carteira.filialId, before: FIRST_ID - 1 };
  await knex.raw(
    `insert into customer (id, person_type, name, document, cep, street, number, district, city, uf)
     select :before::bigint + n, 'F', 'Pagador Inventado ' || n, '52998224725', '01310100', 'Avenida Inventada', '100',
       'Centro', 'São Paulo', 'SP' from generate_series(1, least(1000, :count::int)) n`,
    values,
  );
  await knex.raw(
    `insert into receivable (id, filial_id, carteira_id, customer_id, issue_date, due_date, amount_cents, open_amount_cents)
     select :before::bigint + n, :filialId, :carteiraId, :before::bigint + 1 + (n - 1) % 1000, '2030-01-02', '2030-02-10',
       9990, 9990 from generate_series(1, :count::int) n`,
    values,
  );
  await knex.raw(
    `insert into batch (id, carteira_id, filters, requested_by, phase, round, selected, left_out, selected_at, filiais,
       concluded_at)
     values (:batchId, :carteiraId, '{}', 'operador.1', 'concluded', 1, :count, 0, clock_timestamp(),
       array[:filialId::bigint], clock_timestamp())`,
    values,
  );
  await knex.raw(
    `insert into batch_item (batch_id, receivable_id, ordinal, receivable_version, round, state, failure_kind,
       provider_code, provider_message, field, closed_at)
     select :batchId, :before::bigint + n, n, 1, 1, case when refused then 'rejected' else 'registered' end,
       case when refused then 'data' end, case when refused then 'SR0050014' end,
       case when refused then 'CEP do pagador invalido.' end, case when refused then 'payer.cep' end, clock_timestamp()
     from (select n, n % 100 = 0 as refused from generate_series(1, :count::int) n) numbers`,
    values,
  );
  await knex.raw('analyze receivable, customer, batch_item');
  return FIRST_ID;
}
