import type { Knex } from 'knex';
import { opaque } from '../access/people';

/** A batch that has not ended, with what its workflow is started with. */
export interface LiveBatch {
  batchId: string;
  carteiraId: number;
  /** Opaque. */
  requestedBy: string;
  /** It waits for people, and has uncertain results that nobody looked for lately. */
  uncertain: boolean;
}

/** A batch younger than this is still being started by whoever asked for it. */
const SETTLED_S = 60;
/** Uncertain results are asked about again this often, until somebody decides. */
const REEXAMINE_EVERY_MIN = 30;

export async function liveBatches(knex: Knex): Promise<LiveBatch[]> {
  const { rows } = await knex.raw<{ rows: LiveBatch[] }>(
    `select b.id as "batchId", b.carteira_id as "carteiraId", b.requested_by as "requestedBy",
       b.phase = 'awaitingAdjustments' and exists (
         select from batch_item i
         where i.batch_id = b.id and i.state = 'unconfirmed' and i.closed_at is null and i.due_at is null
           and i.updated_at < clock_timestamp() - :reexamineEveryMin * interval '1 minute') as uncertain
     from batch b
     where b.concluded_at is null and b.created_at < clock_timestamp() - :settledS * interval '1 second'
     order by b.created_at`,
    { settledS: SETTLED_S, reexamineEveryMin: REEXAMINE_EVERY_MIN },
  );
  return rows.map((batch) => ({ ...batch, requestedBy: opaque(batch.requestedBy) }));
}
