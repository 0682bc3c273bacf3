import type { z } from '@hono/zod-openapi';
import type { bankWorkPageSchema, bankWorkQuery } from './schemas/bankWork';
import type { batchViewSchema } from './schemas/batch';
import type {
  batchCorrectionsSchema,
  bulkPreviewSchema,
  bulkRequestSchema,
  bulkResultSchema,
  changesSchema,
  checkedSchema,
  correctedSchema,
  correctionSchema,
  undoneSchema,
} from './schemas/correction';
import type { causesSchema, failureRunQuery, failureRunSchema, itemPageSchema, itemsQuery } from './schemas/item';
import type { receivablePageSchema, receivablesQuery, receivableViewSchema } from './schemas/receivable';
import type { storySchema } from './schemas/story';

/*
 * What the screens ask and are answered, of the very schemas that the routes check and document: a field that is
 * renamed, or a parameter that a route does not have, fails where the screens are compiled. Types only.
 */

/** As JSON carries it: instants are ISO texts. */
type Told<Value> = Value extends Date
  ? string
  : Value extends readonly (infer Each)[]
    ? Told<Each>[]
    : Value extends object
      ? { [Name in keyof Value]: Told<Value[Name]> }
      : Value;
export type Answer<Schema extends z.ZodType> = Told<z.output<Schema>>;
type Asked<Schema extends z.ZodType> = z.input<Schema>;

/** By method and path, as the OpenAPI document names them (test/api/contract.test.ts). */
export interface Contract {
  'GET /comunicacoes/{batchId}': { answer: Answer<typeof batchViewSchema> };
  'GET /comunicacoes/{batchId}/itens': { query: Asked<typeof itemsQuery>; answer: Answer<typeof itemPageSchema> };
  'GET /comunicacoes/{batchId}/causas': { answer: Answer<typeof causesSchema> };
  'GET /comunicacoes/{batchId}/correcoes': { answer: Answer<typeof batchCorrectionsSchema> };
  'GET /comunicacoes/{batchId}/falhas/proxima': {
    query: Asked<typeof failureRunQuery>;
    answer: Answer<typeof failureRunSchema>;
  };
  'GET /titulos': { query: Asked<typeof receivablesQuery>; answer: Answer<typeof receivablePageSchema> };
  'GET /titulos/{id}': { answer: Answer<typeof receivableViewSchema> };
  'PATCH /titulos/{id}': { body: Asked<typeof correctionSchema>; answer: Answer<typeof correctedSchema> };
  'POST /titulos/{id}/validacao': {
    body: { changes: Asked<typeof changesSchema> };
    answer: Answer<typeof checkedSchema>;
  };
  'GET /titulos/{id}/historia': { answer: Answer<typeof storySchema> };
  'POST /titulos/{id}/correcoes/{entrada}/desfazer': { answer: Answer<typeof correctedSchema> };
  'GET /pendencias-no-banco': { query: Asked<typeof bankWorkQuery>; answer: Answer<typeof bankWorkPageSchema> };
  'POST /correcoes/previa': { body: Asked<typeof bulkRequestSchema>; answer: Answer<typeof bulkPreviewSchema> };
  'POST /correcoes': { body: Asked<typeof bulkRequestSchema>; answer: Answer<typeof bulkResultSchema> };
  'POST /correcoes/{id}/desfazer': { answer: Answer<typeof undoneSchema> };
}

/** The names in braces of a path, each with what stands there. */
export type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Each in Name]: string | number } & ParamsOf<Rest>
  : unknown;
