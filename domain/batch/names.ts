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

/** Imports what came over HTTP. */
export const IMPORT_WORKFLOW_TYPE = 'importRows';

export function importWorkflowId(importId: string): string {
  return `importacao/${importId}`;
}

/** Delivers notices to one webhook. */
export const WEBHOOK_WORKFLOW_TYPE = 'deliverWebhook';

export function webhookWorkflowId(webhookId: string): string {
  return `webhooks/${webhookId}`;
}
/** The schedule that looks after batches and guards; triggered, it does so at once. */
export const SWEEP_SCHEDULE = 'boletos-sweep';

/** Communicates a carteira by itself; one schedule each. */
export const GUARD_WORKFLOW_TYPE = 'guardCarteira';
export const GUARD_SCHEDULES = 'guarda/';

export function guardScheduleId(carteiraId: number): string {
  return `${GUARD_SCHEDULES}${carteiraId}`;
}

/** One for each run of a day, so that a run that is repeated finds its batch. */
export function guardBatchId(carteiraId: number, day: string, slot: number): string {
  return `guarda-${carteiraId}-${day.replaceAll('-', '')}${slot === 1 ? '' : `-${slot}`}`;
}

export const BATCH_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Opaque. The workflow accepts no other: an e-mail address would stay in Temporal's history. */
export const LOGIN = /^[A-Za-z0-9._-]{1,64}$/;
/** All that Temporal is told about why, where a person said it in words: those are in the record. */
export const REASON_CODE = 'operador';
