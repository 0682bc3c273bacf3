import type { ActionName } from '../../contract/actions';
import type { Batch } from '../../contract/batch';
import type { CorrectedEvent as Corrected, ItemEvent as Item, ProgressEvent as Progress } from '../../contract/events';
import type { AnswerOf, BodyOf, QueryOf } from '../../contract/routes';

/*
 * What the API takes and answers, as far as the client goes: of the contract's own schemas. Whoever installs the package
 * has neither contract nor zod; client/build.mjs writes these types out in full. The only file that names the contract.
 */

type Used =
  | 'POST /comunicacoes'
  | 'GET /comunicacoes/{batchId}'
  | `POST /comunicacoes/{batchId}/acoes/${ActionName}`
  | 'PATCH /titulos/{id}'
  | `PUT /${'filiais' | 'carteiras' | 'clientes' | 'titulos'}/{id}`
  | `GET /${'filiais' | 'clientes'}/{id}`
  | 'POST /importacoes'
  | 'GET /importacoes/{id}'
  | 'GET /importacoes/{id}/linhas'
  | 'GET /registros';

/** By method and path. */
export type Answers = { [Name in Used]: AnswerOf<Name> };
export type Queries = { [Name in Used]: { [Key in keyof QueryOf<Name>]?: string | number } };
export type Bodies = { [Name in Used]: BodyOf<Name> };

/** How far a batch is, between two outcomes. Instants are ISO 8601. */
export type ProgressEvent = Progress;
/** One outcome of one título; `seq` has no gaps within a batch. */
export type ItemEvent = Item;
export type CorrectedEvent = Corrected;

/** As BatchProgress over Temporal, as far as both have it. */
export type HttpBatchProgress = Pick<
  Batch,
  | 'batchId'
  | 'phase'
  | 'phaseLabel'
  | 'round'
  | 'paused'
  | 'pauseReason'
  | 'concluding'
  | 'ratePerMinute'
  | 'estimatedEndAt'
> & { counts: Pick<Batch['counts'], 'total' | 'byState' | 'corrected' | 'reconciled' | 'withoutPix'> };

/** What a correction changed; fields as the API tells them. */
export type HttpCorrection = AnswerOf<'PATCH /titulos/{id}'>;

/** The result of one título as it is now: what an ERP stores. Dates `YYYY-MM-DD`, instants ISO 8601, amounts in cents. */
export type HttpRegistro = AnswerOf<'GET /registros'>['registros'][number];
/** Why nothing is registered; `known` false: the catalogue does not know this error. */
export type HttpFailure = NonNullable<HttpRegistro['failure']>;
/** `proximo` is for `after` of the next page; `haMais` false: ask again some seconds later. */
export type RegistrosPage = AnswerOf<'GET /registros'>;

/** A row as it is stored now, by the ERP's own names; `id` is the id here, `key` the ERP's. */
export type HttpStoredRow = AnswerOf<'GET /filiais/{id}'>;
/** `pending`: kept, and written once a call to the bank has its certain end. */
export type HttpPutRow = AnswerOf<'PUT /titulos/{id}'>;
