import type { Knex } from 'knex';

/** The first look at a number that was given up; each further one waits as long as it has been given up, to a day. */
const FIRST_LOOK_MIN = 5;

/**
 * Gives numbers up: their títulos get others. One that was ever sent is looked for from now on, since a call that
 * nobody heard of may have registered it after all.
 */
export async function giveUp(trx: Knex.Transaction, boletoIds: readonly number[]): Promise<void> {
  if (boletoIds.length === 0) return;
  await trx.raw(
    `update boleto b set state = 'superseded', given_up_at = clock_timestamp(),
       watch_at = case when exists (
           select from attempt a where a.boleto_id = b.id and coalesce(a.resolution, '') not in ('notSent', 'refused')
             and a.kind is distinct from 'duplicate')
         then clock_timestamp() + :first * interval '1 minute' end
     where id = any(:boletoIds)`,
    { boletoIds: [...boletoIds], first: FIRST_LOOK_MIN },
  );
}
