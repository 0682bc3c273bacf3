import type { Knex } from 'knex';
import { TEMPORAL } from '../../domain/kinds/actors';
import { refusal, type Refusal } from '../../domain/batch/refusals';

/** Somebody's wish, written down before the message about it is sent. */
export interface ActionRequest {
  batchId: string;
  /** Several where a long list goes in several messages. */
  actionIds: readonly string[];
  kind: string;
  /** Opaque id of who asks. */
  by: string;
}

/** @returns a refusal when one of the ids was given to another wish, or to somebody else's; null = written, or was. */
export async function recordRequest(knex: Knex, { actionIds, ...request }: ActionRequest): Promise<Refusal | null> {
  const values = { ...request, actionIds };
  await knex.raw(
    `insert into action_request (action_id, batch_id, kind, requested_by)
     select id, :batchId, :kind, :by from unnest(:actionIds::text[]) as id on conflict (action_id) do nothing`,
    values,
  );
  const { rows } = await knex.raw<{ rows: object[] }>(
    `select from action_request where action_id = any(:actionIds::text[])
       and (batch_id, kind, requested_by) is distinct from (:batchId::text, :kind::text, :by::text) limit 1`,
    values,
  );
  return rows.length === 0 ? null : repeatedId();
}

/** Who asked for it by the record; `temporal` when nobody did, whatever the message says. */
export async function requestedBy(
  knex: Knex,
  message: { batchId: string; actionId: string; kind: string },
): Promise<string> {
  const request = await knex('action_request')
    .where({ action_id: message.actionId, batch_id: message.batchId, kind: message.kind })
    .first<{ by: string } | undefined>('requested_by as by');
  return request?.by ?? TEMPORAL;
}

export function repeatedId(): Refusal {
  return refusal(
    'acaoRepetida',
    'Este actionId já foi usado em outra ação: cada ação precisa de um identificador próprio.',
  );
}
