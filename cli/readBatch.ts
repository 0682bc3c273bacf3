import type { Knex } from 'knex';
import { readBatch, type BatchView } from '../record/batches/batches';
import { CliError } from './error';

/** @throws CliError exit 1 when the record has no such batch. */
export async function existingBatch(knex: Knex, batchId: string): Promise<BatchView> {
  const batch = await readBatch(knex, batchId);
  if (batch) return batch;
  throw new CliError(
    1,
    'comunicacao_desconhecida',
    `não há comunicação ${batchId} no registro`,
    'confira o número com: boletos comunicacoes (uma recém-pedida aparece quando um worker a inicia)',
  );
}
