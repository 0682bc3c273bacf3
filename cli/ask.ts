import { randomUUID } from 'node:crypto';
import { recordRequest } from '../record/engine/actionRequests';
import { recordReason } from '../record/batches/reasons';
import { actionParts } from '../domain/batch/batch';
import { getBatch, type BatchHandle } from '../client/batchClient';
import type { CliContext } from './context';
import { CliError } from './error';
import { existingBatch } from './readBatch';

/** What an action is about. */
interface Wish {
  batchId: string;
  /** The action: `discard`, `resolve` … */
  kind: string;
  receivableIds?: readonly number[] | undefined;
  /** In the person's words. */
  reason?: string | undefined;
}

/**
 * Writes down who wishes what, and why, before Temporal hears of it: the record believes no message.
 * @returns the batch, and what its action is sent with
 * @throws CliError exit 1 for an unknown batch
 */
export async function ask(
  context: CliContext,
  { batchId, kind, receivableIds, reason }: Wish,
): Promise<{ batch: BatchHandle; told: { by: string; actionId: string } }> {
  // Nothing is written down that could not be sent.
  const batch = getBatch(await context.temporal(), batchId);
  const knex = await context.database();
  await existingBatch(knex, batchId);
  const [by, actionId] = [await context.by(), randomUUID()];
  const actionIds = actionParts(actionId, receivableIds ?? []).map((part) => part.actionId);
  const refused = await recordRequest(knex, { batchId, actionIds, kind, by });
  if (refused) throw new CliError(1, 'acao_recusada', refused.message, 'repita o comando');
  if (reason !== undefined)
    await recordReason(knex, {
      ...{ by, batchId, actionId, action: kind, words: reason },
      ...(receivableIds ? { receivableIds } : {}),
    });
  return { batch, told: { by, actionId } };
}
