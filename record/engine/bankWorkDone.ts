import type { Knex } from 'knex';
import { fieldsTakenByBank, type BankField } from '../../domain/receivable/bankWork';

/** A person altered the boleto at the bank: what was wanted of these fields is what the bank has from now on. */
export async function noteAltered(
  trx: Knex.Transaction,
  boletoId: number,
  fields: Record<string, BankField>,
): Promise<void> {
  await trx.raw(
    `update boleto set bank_terms = coalesce(bank_terms, '{}') || (
       select jsonb_object_agg(known.at_bank, f.value->'wanted')
       from jsonb_each(:fields::jsonb) f join jsonb_each_text(:names::jsonb) known(name, at_bank) on known.name = f.key)
     where id = :boletoId`,
    { boletoId, fields: JSON.stringify(fields), names: JSON.stringify(fieldsTakenByBank) },
  );
}

/** A person wrote the boleto off at the bank. */
export async function noteWrittenOff(trx: Knex.Transaction, boletoId: number): Promise<void> {
  await trx('boleto').where({ id: boletoId }).update({ state: 'cancelled' });
}
