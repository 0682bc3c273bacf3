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
 * then. A batch that has ended takes no action.
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
    const earlier = await trx('operator_action')
      .where({ action_id: request.actionId })
      .first<{ batch_id: string; kind: string; result: Result } | undefined>('batch_id', 'kind', 'result');
    if (earlier) {
      if (earlier.batch_id === request.batchId && earlier.kind === request.kind) return earlier.result;
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
      batch_id: request.batchId,
      kind: request.kind,
      requested_by: request.by,
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
