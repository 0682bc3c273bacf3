/** What an ERP needs: see README.md. */
export { getBatch, type BatchHandle } from './batchClient';
export { BatchError, type BatchErrorCode } from './batchError';
export { connect, type ConnectOptions } from './connect';
export { startBatch, type StartedBatch, type StartRequest } from './startBatch';
export type { ActionResult, BatchProgress, BatchReport, CauseCount } from '../domain/batch/batch';
export type { BatchFilters } from '../domain/batch/filters';
export { phaseLabels, type BatchPhase } from '../domain/batch/phases';
export { itemLabels, type ItemState } from '../domain/boleto/states';
export type {
  HttpBatchProgress,
  HttpCorrection,
  HttpPutRow,
  HttpStoredRow,
  ItemEvent,
  ProgressEvent,
} from './http/answers';
export { ApiError } from './http/apiError';
export {
  connectHttp,
  type HttpBatch,
  type HttpBoletos,
  type HttpStartRequest,
  type StartedHttpBatch,
} from './http/connectHttp';
export type { BatchEvent, FollowOptions } from './http/follow';
export type {
  HttpImportOptions,
  HttpImportProgress,
  HttpImportReport,
  HttpImportRow,
  HttpImportType,
  HttpRefusedLine,
} from './http/imports';
export type { HttpOptions } from './http/request';
export type { HttpRowFields } from './http/rows';
export { verifyWebhook, WebhookError, type VerifiedWebhook, type WebhookErrorCode } from './webhooks';
