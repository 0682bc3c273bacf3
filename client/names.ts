/** Names under which a batch lives in Temporal: the same for this client, the worker and the stock `temporal` CLI. */
export const WORKFLOW_TYPE = 'boletoBatch';
export const TASK_QUEUE = 'boletos';

export function workflowId(batchId: string): string {
  return `boletos/${batchId}`;
}

export const BATCH_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Opaque: it tells who acted, without a name. */
export const LOGIN = /^[A-Za-z0-9._@-]{1,64}$/;
