import { z } from '@hono/zod-openapi';
import { leftOutReasons } from '../domain/batch/filters';
import { itemStates, type ItemState } from '../domain/boleto/states';
import type { Answer } from './answer';
import {
  batchIdParam,
  centsSchema,
  dateSchema,
  erpKeySchema,
  flagParam,
  idSchema,
  instantSchema,
  limitParam,
  pageOf,
  searchParam,
} from './basics';

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
    answer: z.enum(['found', 'notFound', 'stillProcessing', 'refused', 'unusable']),
    evidence: z.enum(['registered', 'conflict', 'refused', 'absent', 'none']).nullable(),
    status: z.string().nullable().openapi({ description: 'Nas palavras do banco' }),
    amountCents: centsSchema.nullable(),
    dueDate: dateSchema.nullable(),
  })
  .openapi('UltimaConsulta');

const itemSchema = z
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
    proposal: z
      .object({ field: z.string().openapi({ description: 'Nome do campo no ERP' }), value: z.string() })
      .nullable()
      .openapi({ description: 'O valor que o campo errado devia ter, onde se pode saber: para uma pessoa confirmar' }),
    corrected: z.boolean(),
    stillWrong: z.boolean().openapi({ description: 'Alterado desde a recusa, e ainda com pendência' }),
    reconciled: z.boolean(),
    ourNumber: z.string().nullable(),
    linhaDigitavel: z.string().nullable(),
    olderData: z.boolean(),
    divergence: z.array(z.string()).nullable(),
    homologation: z.boolean(),
    pixEmv: z.string().nullable().openapi({ description: 'Pix copia e cola' }),
    pixTxid: z.string().nullable(),
    withoutPix: z.boolean().openapi({ description: 'Registrado, sem o Pix que a carteira pede' }),
    lastLook: lastLookSchema.nullable().openapi({ description: 'null = o banco nunca foi consultado sobre ele' }),
  })
  .openapi('TituloDaComunicacao');

const causeSchema = z
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
    sameWords: z
      .boolean()
      .openapi({ description: 'false: cada título tem palavras próprias; providerMessage é o que têm em comum' }),
    oneValue: z
      .object({ serves: z.boolean(), why: z.string().nullable() })
      .nullable()
      .openapi({ description: 'Se um valor só pode servir a todos; null: o campo se corrige um a um' }),
  })
  .openapi('Causa');

const leftOutSchema = z
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

const placeInRun = z
  .object({ ordinal: z.number().int(), receivableId: idSchema, position: z.number().int() })
  .nullable();

export const failureRunQuery = z.object({
  depois: z
    .string()
    .regex(/^\d{1,9}$/, 'deve ser um número')
    .transform(Number)
    .openapi({ type: 'string', pattern: '^\\d{1,9}$', description: 'O ordinal do título em que se está' })
    .optional(),
  cause: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .openapi({ description: 'O key de uma causa' }),
});

export const failureRunSchema = z
  .object({
    next: placeInRun.openapi({ description: 'null: depois deste não falta nenhum' }),
    first: placeInRun.openapi({ description: 'O primeiro que falta, onde quer que esteja; null: todos corrigidos' }),
    total: z.number().int().openapi({ description: 'Rejeitados, corrigidos ou não' }),
    corrected: z.number().int(),
  })
  .openapi('ProximaFalha');

export const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
const names: ReadonlySet<string> = new Set(itemStates);
const statesParam = z
  .string()
  .max(200)
  .transform((text) => text.split(','))
  .refine(
    (states): states is ItemState[] => states.every((state) => names.has(state)),
    'tem uma situação que não existe',
  )
  .openapi({
    ...{ type: 'string', pattern: `^(${itemStates.join('|')})(,(${itemStates.join('|')}))*$`, maxLength: 200 },
    ...{ description: 'Uma ou mais, separadas por vírgula', example: 'rejected,conflict' },
  });
/** After an ordinal, or an ID da cobrança. A window of rows that is scrolled may begin anywhere. */
const afterParam = z
  .string()
  .regex(/^\d{1,15}$/, 'deve ser um número')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^\\d{1,15}$', description: 'O next da página anterior' })
  .optional();

/** So that a table of many rows can be looked at anywhere, whatever its filter. */
const skipParam = z
  .string()
  .regex(/^\d{1,7}$/, 'deve ser um número')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^\\d{1,7}$', description: 'Quantos dos que atendem à procura não vêm' })
  .optional();

export const itemsQuery = z.object({
  state: statesParam.optional(),
  cause: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .openapi({ description: 'O key de uma causa' }),
  q: searchParam.optional(),
  corrected: flagParam.optional(),
  withoutPix: flagParam.optional().openapi({ description: 'true: registrados sem o Pix que a carteira pede' }),
  cursor: afterParam,
  skip: skipParam,
  failuresFirst: flagParam.optional().openapi({
    description: 'O que falhou vem antes do resto. Nesta ordem só skip leva adiante: next é null',
  }),
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});

export const itemPageSchema = pageOf(itemSchema).extend({
  total: z.number().int().openapi({ description: 'Quantos atendem à procura, em todas as páginas' }),
});
export const causesSchema = z.object({ items: z.array(causeSchema) });

export const leftOutQuery = z.object({ cursor: afterParam, limit: limitParam(LARGEST_PAGE, USUAL_PAGE) });
export const leftOutPageSchema = pageOf(leftOutSchema);

export type Item = Answer<typeof itemSchema>;
export type Cause = Answer<typeof causeSchema>;
export type FailureRun = Answer<typeof failureRunSchema>;
