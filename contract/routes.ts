import { z } from '@hono/zod-openapi';
import {
  accountTestSchema,
  carteiraSchema,
  carteirasQuery,
  carteirasSchema,
  definitionSchema,
  limitsSchema,
} from './account';
import { actionBodies, actionResultSchema } from './actions';
import type { Answer, Asked } from './answer';
import { auditPageSchema, auditQuery } from './audit';
import { bankErrorsSchema } from './bankError';
import { bankWorkPageSchema, bankWorkQuery, workDoneRequest, workDoneSchema } from './bankWork';
import { batchesQuery, batchPageSchema, batchViewSchema } from './batch';
import {
  batchCorrectionsSchema,
  bulkPreviewSchema,
  bulkRequestSchema,
  bulkResultSchema,
  checkedSchema,
  checkRequestSchema,
  correctedSchema,
  correctionSchema,
  undoneSchema,
} from './correction';
import { filiaisSchema } from './filial';
import { newFilterSchema, savedFilterSchema, savedFiltersSchema } from './filters';
import { gatewaysSchema } from './gateway';
import { guardRuleSchema, guardSchema } from './guard';
import { healthSchema } from './health';
import { holidaySchema, holidaysQuery, holidaysSchema, newHolidaySchema } from './holiday';
import {
  acceptedImportSchema,
  importHeaders,
  importLinePageSchema,
  importLinesQuery,
  importPageSchema,
  importQuery,
  importSchema,
  importsQuery,
} from './import';
import {
  causesSchema,
  failureRunQuery,
  failureRunSchema,
  itemPageSchema,
  itemsQuery,
  leftOutPageSchema,
  leftOutQuery,
} from './item';
import { nearDuePageSchema, nearDueQuery } from './nearDue';
import { confirmedSchema, notPayableSchema, payablePageSchema, payableQuery } from './payable';
import {
  conflictDecidedSchema,
  conflictDecisionSchema,
  earlierDecidedSchema,
  earlierDecisionSchema,
  pixAskedSchema,
  receivablePageSchema,
  receivablesQuery,
  receivableViewSchema,
} from './receivable';
import { registrosQuery, registrosSchema } from './registro';
import {
  findingPageSchema,
  findingsQuery,
  reviewBegunSchema,
  reviewHeaders,
  reviewRequestSchema,
  reviewSchema,
  reviewsSchema,
} from './review';
import {
  confirmationSchema,
  confirmingSchema,
  openSessionsSchema,
  ownPasswordSchema,
  sessionSchema,
  signInSchema,
  waysInSchema,
} from './session';
import { dryRunSchema, startedSchema, startHeaders, startSchema } from './start';
import { putRowSchema, storedRowSchema } from './storedRow';
import { storySchema } from './story';
import { settledSchema, settlementSchema, todaySchema } from './today';
import { madeTokenSchema, newTokenSchema, tokensSchema } from './token';
import { newUserSchema, userChangesSchema, userSchema, usersSchema } from './user';
import {
  changedWebhookSchema,
  deliveriesQuery,
  deliveryPageSchema,
  madeWebhookSchema,
  newWebhookSchema,
  queuedSchema,
  webhookChangesSchema,
  webhooksSchema,
} from './webhook';

const nothing = z.undefined();
/** By the ERP's names; the API knows which a type has, and takes them as an import of one line. */
const row = { body: z.record(z.string(), z.unknown()), answer: putRowSchema };
const action = <Body extends z.ZodType>(body: Body) => ({ body, answer: actionResultSchema });

/**
 * What each route that answers with JSON takes and gives, by method and path as the OpenAPI document names them. That
 * the routes of the API have these very schemas: test/api/contract.test.ts.
 */
export const routes = {
  'GET /saude': { answer: healthSchema },
  'GET /sessao': { answer: sessionSchema },
  'POST /sessao': { body: signInSchema, answer: sessionSchema },
  'DELETE /sessao': { answer: nothing },
  'POST /sessao/senha': { body: ownPasswordSchema, answer: sessionSchema },
  'GET /sessao/entrada': { answer: waysInSchema },
  'GET /sessao/confirmacao': { answer: confirmationSchema },
  'POST /sessao/confirmacao': { body: confirmingSchema, answer: confirmationSchema },
  'GET /sessoes': { answer: openSessionsSchema },
  'DELETE /sessoes/{id}': { answer: nothing },
  'GET /usuarios': { answer: usersSchema },
  'POST /usuarios': { body: newUserSchema, answer: userSchema },
  'PATCH /usuarios/{id}': { body: userChangesSchema, answer: userSchema },
  'GET /tokens': { answer: tokensSchema },
  'POST /tokens': { body: newTokenSchema, answer: madeTokenSchema },
  'DELETE /tokens/{id}': { answer: nothing },
  'GET /auditoria': { query: auditQuery, answer: auditPageSchema },

  'GET /filiais': { answer: filiaisSchema },
  'GET /filiais/{id}': { answer: storedRowSchema },
  'PUT /filiais/{id}': row,
  'GET /clientes/{id}': { answer: storedRowSchema },
  'PUT /clientes/{id}': row,
  'PUT /carteiras/{id}': row,
  'PUT /titulos/{id}': row,
  'GET /importacoes': { query: importsQuery, answer: importPageSchema },
  'POST /importacoes': { headers: importHeaders, query: importQuery, answer: acceptedImportSchema },
  'GET /importacoes/{id}': { answer: importSchema },
  'GET /importacoes/{id}/linhas': { query: importLinesQuery, answer: importLinePageSchema },

  'GET /gateways': { answer: gatewaysSchema },
  'GET /carteiras': { query: carteirasQuery, answer: carteirasSchema },
  'GET /carteiras/{id}': { answer: carteiraSchema },
  // Which gateways there are, the API knows.
  'PUT /carteiras/{id}/conta': { body: definitionSchema([]), answer: carteiraSchema },
  'PATCH /carteiras/{id}/limites': { body: limitsSchema, answer: carteiraSchema },
  'POST /carteiras/{id}/teste': { answer: accountTestSchema },
  'GET /carteiras/{id}/guarda': { answer: guardSchema },
  'PUT /carteiras/{id}/guarda': { body: guardRuleSchema, answer: guardSchema },
  'DELETE /carteiras/{id}/guarda': { answer: guardSchema },
  'GET /feriados': { query: holidaysQuery, answer: holidaysSchema },
  'POST /feriados': { body: newHolidaySchema, answer: holidaySchema },
  'DELETE /feriados/{id}': { answer: nothing },
  'GET /carteiras/{id}/conferencias': { answer: reviewsSchema },
  'POST /carteiras/{id}/conferencias': {
    headers: reviewHeaders,
    body: reviewRequestSchema,
    answer: reviewBegunSchema,
  },
  'GET /conferencias/{id}': { answer: reviewSchema },
  'GET /conferencias/{id}/achados': { query: findingsQuery, answer: findingPageSchema },

  'GET /comunicacoes': { query: batchesQuery, answer: batchPageSchema },
  'POST /comunicacoes': { headers: startHeaders, body: startSchema, answer: startedSchema },
  'POST /comunicacoes/simulacao': { body: startSchema, answer: dryRunSchema },
  'GET /comunicacoes/{batchId}': { answer: batchViewSchema },
  'GET /comunicacoes/{batchId}/itens': { query: itemsQuery, answer: itemPageSchema },
  'GET /comunicacoes/{batchId}/causas': { answer: causesSchema },
  'GET /comunicacoes/{batchId}/fora': { query: leftOutQuery, answer: leftOutPageSchema },
  'GET /comunicacoes/{batchId}/falhas/proxima': { query: failureRunQuery, answer: failureRunSchema },
  'GET /comunicacoes/{batchId}/correcoes': { answer: batchCorrectionsSchema },
  'POST /comunicacoes/{batchId}/acoes/refazer': action(actionBodies.refazer),
  'POST /comunicacoes/{batchId}/acoes/descartar': action(actionBodies.descartar),
  'POST /comunicacoes/{batchId}/acoes/resolver': action(actionBodies.resolver),
  'POST /comunicacoes/{batchId}/acoes/reexaminar': action(actionBodies.reexaminar),
  'POST /comunicacoes/{batchId}/acoes/pausar': action(actionBodies.pausar),
  'POST /comunicacoes/{batchId}/acoes/retomar': action(actionBodies.retomar),
  'POST /comunicacoes/{batchId}/acoes/concluir': action(actionBodies.concluir),
  'GET /filtros': { answer: savedFiltersSchema },
  'POST /filtros': { body: newFilterSchema, answer: savedFilterSchema },
  'DELETE /filtros/{id}': { answer: nothing },
  'GET /erros-desconhecidos': { answer: bankErrorsSchema },

  'GET /titulos': { query: receivablesQuery, answer: receivablePageSchema },
  'GET /titulos/{id}': { answer: receivableViewSchema },
  'PATCH /titulos/{id}': { body: correctionSchema, answer: correctedSchema },
  'POST /titulos/{id}/validacao': { body: checkRequestSchema, answer: checkedSchema },
  'GET /titulos/{id}/historia': { answer: storySchema },
  'POST /titulos/{id}/correcoes/{entrada}/desfazer': { answer: correctedSchema },
  'POST /titulos/{id}/boleto-anterior': { body: earlierDecisionSchema, answer: earlierDecidedSchema },
  'POST /titulos/{id}/conflitos/{proposta}': { body: conflictDecisionSchema, answer: conflictDecidedSchema },
  'POST /titulos/{id}/pix': { answer: pixAskedSchema },
  'POST /correcoes/previa': { body: bulkRequestSchema, answer: bulkPreviewSchema },
  'POST /correcoes': { body: bulkRequestSchema, answer: bulkResultSchema },
  'POST /correcoes/{id}/desfazer': { answer: undoneSchema },
  'GET /registros': { query: registrosQuery, answer: registrosSchema },
  'GET /vencendo': { query: nearDueQuery, answer: nearDuePageSchema },
  'GET /ainda-pagaveis': { query: payableQuery, answer: payablePageSchema },
  'POST /ainda-pagaveis/conferidos': { body: notPayableSchema, answer: confirmedSchema },
  'GET /pendencias-no-banco': { query: bankWorkQuery, answer: bankWorkPageSchema },
  'POST /pendencias-no-banco/{id}/feita': { body: workDoneRequest, answer: workDoneSchema },
  'GET /hoje': { answer: todaySchema },
  'POST /hoje/alertas/{id}/conferido': { body: settlementSchema, answer: settledSchema },

  'GET /webhooks': { answer: webhooksSchema },
  'POST /webhooks': { body: newWebhookSchema, answer: madeWebhookSchema },
  'PATCH /webhooks/{id}': { body: webhookChangesSchema, answer: changedWebhookSchema },
  'DELETE /webhooks/{id}': { answer: nothing },
  'POST /webhooks/{id}/teste': { answer: queuedSchema },
  'GET /webhooks/{id}/entregas': { query: deliveriesQuery, answer: deliveryPageSchema },
  'POST /webhooks/{id}/entregas/{entrega}/reenvio': { answer: queuedSchema },
} as const;

type Routes = typeof routes;
export type Route = keyof Routes;
export type AnswerOf<Name extends Route> = Answer<Routes[Name]['answer']>;
type Part<Name extends Route, Key extends string> =
  Routes[Name] extends Record<Key, infer Schema extends z.ZodType> ? Asked<Schema> : never;
export type QueryOf<Name extends Route> = Part<Name, 'query'>;
export type BodyOf<Name extends Route> = Part<Name, 'body'>;
export type HeadersOf<Name extends Route> = Part<Name, 'headers'>;

/** The names in braces of a path, each with what stands there. */
type ParamsIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Each in Name]: string | number } & ParamsIn<Rest>
  : unknown;
export type ParamsOf<Name extends Route> = ParamsIn<Name>;
