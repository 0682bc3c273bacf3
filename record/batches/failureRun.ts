import type { Knex } from 'knex';
import { failureStates } from '../../domain/boleto/states';
import { causeKey } from './items';
import { isCorrected } from '../engine/verdicts';

/** Where a person is who goes through what was rejected, one título after another in the order of the batch. */
export interface FailureRun {
  /** null: after this one nothing is left to mend. */
  next: { ordinal: number; receivableId: number; position: number } | null;
  /** The first that is left, wherever one is; null = all are mended. */
  first: { ordinal: number; receivableId: number; position: number } | null;
  /** Rejected, mended or not. */
  total: number;
  corrected: number;
}

/**
 * What is mended already, by whomever, is passed over.
 * @param after the ordinal of the present one; 0 = from the start
 * @param cause only those of one FailureCause.key
 */
export async function failureRun(
  knex: Knex,
  batchId: string,
  { after, cause }: { after: number; cause?: string | undefined },
): Promise<FailureRun> {
  const { rows } = await knex.raw<{ rows: FailureRun[] }>(
    `with rejected as materialized (
       select i.ordinal, i.receivable_id, row_number() over (order by i.ordinal) as position, ${isCorrected()} as corrected
       from batch_item i join receivable r on r.id = i.receivable_id
       where i.batch_id = :batchId and i.state = 'rejected' and i.closed_at is null
         ${cause === undefined ? '' : `and i.state = any(:failures::text[]) and ${causeKey} = :cause`}),
     waiting as (select ordinal, receivable_id, position from rejected where not corrected)
     select (select count(*) from rejected) as total, (select count(*) from rejected where corrected) as corrected,
       (select ${place} from waiting where ordinal > :after order by ordinal limit 1) as next,
       (select ${place} from waiting order by ordinal limit 1) as first`,
    { batchId, after, ...(cause === undefined ? {} : { failures: [...failureStates], cause }) },
  );
  return rows[0] as FailureRun;
}

const place = `jsonb_build_object('ordinal', ordinal, 'receivableId', receivable_id, 'position', position)`;
