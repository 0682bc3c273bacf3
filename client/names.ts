/** Names under which a batch lives in Temporal: the same for this client, the worker and the stock `temporal` CLI. */
export const WORKFLOW_TYPE = 'boletoBatch';
export const TASK_QUEUE = 'boletos';

export function workflowId(batchId: string): string {
  return `boletos/${batchId}`;
}
