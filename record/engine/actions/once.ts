import type { Knex } from 'knex';
import type { ActionResult } from '../../../domain/batch/batch';
import { refusal, type Refusal } from '../../../domain/batch/refusals';
import { repeatedId, requestedBy } from '../actionRequests';

/** What a message asks for. `details` go to the audit entry: ids and codes, no free text. */
interface Message {
  batchId: string;
  actionId: string;
  kind: string;
  reasonCode?: string;
  details?: Record<string, unknown>;
}

/**
 * Runs an operator's action once, in one transaction with the batch locked: repeated, it answers what it answered
 * then, and its id for anything else is refused. A batch that has ended takes no action.
 * @param act is told who asked, as the record knows it
 */
export async function once<Result extends ActionResult>(
  knex: Knex,
  request: Message,
  act: (trx: Knex.Transaction, by: string) => Promise<Result>,
): Promise<Result | Refusal> {
  return knex.transaction(async (trx) => {
    const batch = await trx('batch')
      .where({ id: request.batchId })
      .forUpdate()
      .first<{ concluded_at: Date | null } | undefined>('concluded_at');
    if (!batch) return refusal('comunicacaoDesconhecida', `A comunicação ${request.batchId} não existe.`);
    const { batchId, kind, reasonCode = null, details = {} } = request;
    const by = await requestedBy(trx, request);
    const asked = JSON.stringify({ reasonCode, ...details });
    const earlier = await trx('operator_action')
      .where({ action_id: request.actionId })
      .first<{ same: boolean; result: Result } | undefined>(
        'result',
        trx.raw(`batch_id = ? and kind = ? and (asked is null or (requested_by = ? and asked = ?::jsonb)) as same`, [
          batchId,
          kind,
          by,
          asked,
        ]),
      );
    if (earlier) {
      if (earlier.same) return earlier.result;
      return repeatedId();
    }
    if (batch.concluded_at !== null)
      return refusal(
        'comunicacaoEncerrada',
        `A comunicação ${request.batchId} já foi concluída e não aceita mais ações.`,
      );
    const result = await act(trx, by);
    await trx('operator_action').insert({
      action_id: request.actionId,
      batch_id: batchId,
      kind,
      requested_by: by,
      asked,
      result: JSON.stringify(result),
    });
    await trx('audit_entry').insert({
      actor: by,
      action: kind,
      entity: 'batch',
      entity_id: batchId,
      after: JSON.stringify({ ...details, changed: result.changed, refused: result.refused.length }),
      reason: reasonCode,
    });
    return result;
  });
}
