/** The client over HTTP alone: needs nothing but Node. */
export { ApiError } from './http/apiError';
export {
  connectHttp,
  type HttpBatch,
  type HttpBatchProgress,
  type HttpBoletos,
  type HttpCorrection,
  type HttpStartRequest,
  type StartedHttpBatch,
} from './http/connectHttp';
export type { BatchEvent, FollowOptions, ItemEvent, ProgressEvent } from './http/follow';
export type { FollowRegistrosOptions, HttpFailure, HttpRegistro, RegistrosPage } from './http/registros';
export type {
  HttpImportOptions,
  HttpImportProgress,
  HttpImportReport,
  HttpImportRow,
  HttpImportType,
  HttpRefusedLine,
} from './http/imports';
export type { HttpOptions } from './http/request';
export type { HttpPutRow, HttpRowFields, HttpStoredRow } from './http/rows';
export { verifyWebhook, WebhookError, type VerifiedWebhook, type WebhookErrorCode } from './webhooks';
export type { ActionResult, BatchReport, ConclusionBegun } from '../domain/batch/batch';
export type { BatchFilters } from '../domain/batch/filters';
export { phaseLabels, type BatchPhase } from '../domain/batch/phases';
export type { ReceivableState } from '../domain/receivable/receivableStates';
export { itemLabels, type ItemState } from '../domain/boleto/states';
