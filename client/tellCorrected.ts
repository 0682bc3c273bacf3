import type { Client } from '@temporalio/client';
import { getBatch } from './batchClient';
import { BatchError } from './batchError';

/**
 * Wakes the batches that wait for these corrections.
 * @param connection asked for only when there is a batch to tell
 * @returns the batches that could not be told: the corrections stand, they see them at their next step
 */
export async function tellCorrected(
  connection: () => Promise<Client>,
  batches: readonly { batchId: string; receivableId: number }[],
): Promise<string[]> {
  const untold: string[] = [];
  let away = false;
  for (const { batchId, receivableId } of batches) {
    try {
      // Where Temporal is away for one, nobody waits for each of the others.
      if (away) untold.push(batchId);
      else await getBatch(await connection(), batchId).corrected(receivableId);
    } catch (error) {
      untold.push(batchId);
      away = !(error instanceof BatchError) || error.code === 'temporal_inacessivel';
    }
  }
  return untold;
}
