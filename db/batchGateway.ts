import type { Knex } from 'knex';

/** The gateway account that a batch communicates with, and the time a call may take. */
export async function readGatewayOf(knex: Knex, batchId: string): Promise<{ accountId: number; timeoutMs: number }> {
  const { rows } = await knex.raw<{ rows: { accountId: number | null; timeoutMs: number }[] }>(
    `select c.account_id as "accountId", c.timeout_seconds * 1000 as "timeoutMs"
     from batch b join carteira c on c.id = b.carteira_id where b.id = ?`,
    [batchId],
  );
  const row = rows[0];
  if (!row || row.accountId === null) throw new Error(`batch ${batchId} has no gateway account`);
  return { accountId: row.accountId, timeoutMs: row.timeoutMs };
}
