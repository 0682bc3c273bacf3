import type { Knex } from 'knex';
import { reviewBankWork } from '../receivables/bankWork';

/** After `writeMerged`: every título that an import changed, itself or by its customer, is held against its boleto. */
export async function reviewImported(trx: Knex.Transaction, by: string): Promise<void> {
  const sql = `select id from merged_titulo where differs and not is_new
    union
    select t.id from merged_cliente m join receivable t on t.customer_id = m.id where m.differs and not m.is_new`;
  await reviewBankWork(trx, { sql }, { origin: 'import', by });
}
