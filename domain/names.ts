/** Names under which batches live in Temporal: the same for workers, clients and the stock `temporal` CLI. */
export const WORKFLOW_TYPE = 'boletoBatch';
export const TASK_QUEUE = 'boletos';

export function workflowId(batchId: string): string {
  return `boletos/${batchId}`;
}

/** Each gateway has its own: one bank that is down slows no other. */
export function gatewayTaskQueue(gateway: string): string {
  return `gateway-${gateway}`;
}

/** Holds what a bank registered against the record. */
export const REVIEW_WORKFLOW_TYPE = 'bankReview';

export function reviewWorkflowId(reviewId: string): string {
  return `conferencia/${reviewId}`;
}

/** Delivers notices to one webhook. */
export const WEBHOOK_WORKFLOW_TYPE = 'deliverWebhook';

export function webhookWorkflowId(webhookId: string): string {
  return `webhooks/${webhookId}`;
}

/** Opaque login id of what the system does by itself. */
export const SYSTEM = 'sistema';
