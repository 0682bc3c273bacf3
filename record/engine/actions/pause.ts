import type { Knex } from 'knex';
import type { ActionResult, SimpleAction } from '../../../domain/batch/batch';
import type { Refusal } from '../../../domain/batch/refusals';
import { once } from './once';

const BY_A_PERSON = 'operator';

/** Nothing more is sent; calls under way end. `changed` is 0 when it was paused already. */
export async function pause(knex: Knex, action: SimpleAction & { batchId: string }): Promise<ActionResult | Refusal> {
  return once(knex, { ...action, kind: 'pause' }, async (trx) => {
    const changed = await trx('batch')
      .where({ id: action.batchId, paused: false })
      .update({ paused: true, pause_reason: action.reasonCode ?? BY_A_PERSON });
    return { changed, refused: [] };
  });
}

/** `changed` is 0 when it was not paused. */
export async function resume(knex: Knex, action: SimpleAction & { batchId: string }): Promise<ActionResult | Refusal> {
  return once(knex, { ...action, kind: 'resume' }, async (trx) => {
    const changed = await trx('batch')
      .where({ id: action.batchId, paused: true })
      .update({
        paused: false,
        pause_reason: null,
        phase: trx.raw(`case phase when 'paused' then 'communicating' else phase end`),
      });
    return { changed, refused: [] };
  });
}
