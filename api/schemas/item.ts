import { z } from '@hono/zod-openapi';
import { leftOutReasons } from '../../domain/filters';
import { itemStates } from '../../domain/states';
import { batchIdParam, centsSchema, dateSchema, erpKeySchema, idSchema, instantSchema } from './basics';

/** What failed in words; all null for what has not failed. */
export const failureWordsShape = {
  cause: z.string().nullable(),
  known: z.boolean().nullable().openapi({ description: 'false: o catálogo não conhece este erro' }),
  whoFixes: z.string().nullable(),
  advice: z.string().nullable(),
  fieldName: z.string().nullable().openapi({ description: 'Nome do campo no ERP' }),
  bankWords: z.string().nullable(),
};
const asRecorded = {
  gateway: z.string().nullable(),
  failureKind: z.string().nullable(),
  providerCode: z.string().nullable(),
  providerMessage: z.string().nullable(),
  httpStatus: z.number().int().nullable(),
  field: z.string().nullable().openapi({ description: 'Em palavras do domínio' }),
};

const lastLookSchema = z
  .object({
    at: instantSchema,
    answer: z.enum(['found', 'notFound', 'stillProcessing', 'unusable']),
    evidence: z.enum(['registered', 'conflict', 'absent', 'none']).nullable(),
    status: z.string().nullable().openapi({ description: 'Nas palavras do banco' }),
    amountCents: centsSchema.nullable(),
    dueDate: dateSchema.nullable(),
  })
  .openapi('UltimaConsulta');

export const itemSchema = z
  .object({
    ordinal: z.number().int(),
    receivableId: idSchema,
    erpKey: erpKeySchema,
    customerId: idSchema,
    customerName: z.string(),
    document: z.string(),
    dueDate: dateSchema,
    amountCents: centsSchema,
    state: z.enum(itemStates),
    stateLabel: z.string(),
    round: z.number().int(),
    dueAt: instantSchema.nullable(),
    addressSource: z.enum(['main', 'billing']),
    ...asRecorded,
    ...failureWordsShape,
    corrected: z.boolean(),
    reconciled: z.boolean(),
    ourNumber: z.string().nullable(),
    linhaDigitavel: z.string().nullable(),
    olderData: z.boolean(),
    divergence: z.array(z.string()).nullable(),
    homologation: z.boolean(),
    withoutPix: z.boolean(),
    lastLook: lastLookSchema.nullable().openapi({ description: 'null = o banco nunca foi consultado sobre ele' }),
  })
  .openapi('TituloDaComunicacao');

export const causeSchema = z
  .object({
    key: z.string().openapi({ description: 'Para o parâmetro cause de itens' }),
    addressSource: z.enum(['main', 'billing']),
    state: z.enum(itemStates),
    stateLabel: z.string(),
    ...asRecorded,
    ...failureWordsShape,
    count: z.number().int(),
    corrected: z.number().int(),
    receivableIds: z.array(idSchema).openapi({ description: 'Os primeiros' }),
  })
  .openapi('Causa');

export const leftOutSchema = z
  .object({
    receivableId: idSchema,
    erpKey: erpKeySchema,
    customerName: z.string(),
    dueDate: dateSchema,
    amountCents: centsSchema,
    reason: z.enum(leftOutReasons),
    label: z.string(),
    otherBatchId: batchIdParam.nullable().openapi({ description: 'Só a que quem pede pode ver' }),
  })
  .openapi('DeixadoDeFora');
