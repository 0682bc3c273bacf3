import type { Knex } from 'knex';
import type { ActionResult } from '../../domain/batch';
import { refusal, type Refusal } from '../../domain/refusals';

/** Who asks for what. `details` go to the audit entry: ids and codes, no free text. */
export interface ActionRequest {
  batchId: string;
  actionId: string;
  by: string;
  kind: string;
  reasonCode?: string;
  details?: Record<string, unknown>;
}

/**
 * Runs an operator's action once, in one transaction with the batch locked: repeated, it answers what it answered
 * then, and its id for anything else is refused. A batch that has ended takes no action.
 */
export async function once<Result extends ActionResult>(
  knex: Knex,
  request: ActionRequest,
  act: (trx: Knex.Transaction) => Promise<Result>,
): Promise<Result | Refusal> {
  return knex.transaction(async (trx) => {
    const batch = await trx('batch')
      .where({ id: request.batchId })
      .forUpdate()
      .first<{ concluded_at: Date | null } | undefined>('concluded_at');
    if (!batch) return refusal('comunicacaoDesconhecida', `A comunicação ${request.batchId} não existe.`);
    const { batchId, kind, by, reasonCode = null, details = {} } = request;
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
      return refusal(
        'acaoRepetida',
        'Este actionId já foi usado em outra ação: cada ação precisa de um identificador próprio.',
      );
    }
    if (batch.concluded_at !== null)
      return refusal(
        'comunicacaoEncerrada',
        `A comunicação ${request.batchId} já foi concluída e não aceita mais ações.`,
      );
    const result = await act(trx);
    await trx('operator_action').insert({
      action_id: request.actionId,
      batch_id: batchId,
      kind,
      requested_by: by,
      asked,
      result: JSON.stringify(result),
    });
    await trx('audit_entry').insert({
      actor: request.by,
      action: request.kind,
      entity: 'batch',
      entity_id: request.batchId,
      after: JSON.stringify({ ...request.details, changed: result.changed, refused: result.refused.length }),
      reason: request.reasonCode ?? null,
    });
    return result;
  });
}
