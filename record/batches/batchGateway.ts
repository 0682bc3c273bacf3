import type { Knex } from 'knex';

/** Where a batch's new numbers come from, as the record has it now. */
export interface RecordNumbering {
  convenio: string;
  nextNumber: number;
  /** Monotonic milliseconds at which the record was asked. */
  readAt: number;
  /** Another one after the record was restored or its server started anew. */
  recordId: string;
}

export interface BatchGateway {
  carteiraId: number;
  accountId: number;
  /** Milliseconds that a call may take. */
  timeoutMs: number;
  numbering: RecordNumbering;
}

/** The gateway account that a batch communicates with, the time a call may take, and its numbers. */
export async function readGatewayOf(knex: Knex, batchId: string): Promise<BatchGateway> {
  const readAt = performance.now();
  const { rows } = await knex.raw<{
    rows: ({ accountId: number | null; carteiraId: number; timeoutMs: number } & Omit<RecordNumbering, 'readAt'>)[];
  }>(
    `select c.account_id as "accountId", c.id as "carteiraId", c.timeout_seconds * 1000 as "timeoutMs",
       coalesce(c.convenio, '') as convenio, coalesce(n.next_number, 1) as "nextNumber",
       'boleto'::regclass::oid || '/' || pg_postmaster_start_time() as "recordId"
     from batch b join carteira c on c.id = b.carteira_id
     left join gateway_account a on a.id = c.account_id
     left join numbering_space n on n.gateway = a.gateway and n.convenio = c.convenio
     where b.id = ?`,
    [batchId],
  );
  const row = rows[0];
  if (!row || row.accountId === null) throw new Error(`batch ${batchId} has no gateway account`);
  const { accountId, carteiraId, timeoutMs, ...numbering } = row;
  return { accountId, carteiraId, timeoutMs, numbering: { ...numbering, readAt } };
}
