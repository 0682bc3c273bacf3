/** The client over HTTP alone: needs nothing but Node. */
export type {
  HttpBatchProgress,
  HttpCorrection,
  HttpFailure,
  HttpPutRow,
  HttpRegistro,
  HttpStoredRow,
  ItemEvent,
  ProgressEvent,
  RegistrosPage,
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
export type { FollowRegistrosOptions } from './http/registros';
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
export type { ActionResult, BatchReport, ConclusionBegun } from '../domain/batch/batch';
export type { BatchFilters } from '../domain/batch/filters';
export { phaseLabels, type BatchPhase } from '../domain/batch/phases';
export type { ReceivableState } from '../domain/receivable/receivableStates';
export { itemLabels, type ItemState } from '../domain/boleto/states';
