import { z } from '@hono/zod-openapi';
import { leftOutReasons } from '../domain/batch/filters';
import { batchPhases } from '../domain/batch/phases';
import { itemStates } from '../domain/boleto/states';
import type { Answer } from './answer';
import {
  batchIdParam,
  cursorParam,
  dateSchema,
  flagParam,
  idParam,
  idSchema,
  instantSchema,
  limitParam,
  pageOf,
  searchParam,
} from './basics';
import { filtersSchema } from './filters';

const count = z.number().int().min(0);

const batchSummarySchema = z
  .object({
    batchId: batchIdParam,
    carteiraId: idSchema,
    carteira: z.string(),
    gateway: z.string().nullable(),
    phase: z.enum(batchPhases),
    phaseLabel: z.string(),
    round: count,
    paused: z.boolean(),
    pauseReason: z.string().nullable().openapi({ description: 'Um código' }),
    concluding: z.boolean(),
    selected: count.nullable().openapi({ description: 'null enquanto seleciona' }),
    leftOut: count.nullable(),
    registered: count,
    failures: count,
    requestedBy: z.string().openapi({ description: 'Login opaco' }),
    requestedByName: z.string().nullable(),
    createdAt: instantSchema,
    concludedAt: instantSchema.nullable(),
    concludedBy: z.string().nullable(),
    concludedByName: z.string().nullable(),
  })
  .openapi('Comunicacao');

const countsSchema = z.object({
  total: count,
  byState: z.record(z.enum(itemStates), count),
  corrected: count,
  reconciled: count,
  unresolved: count,
  withoutPix: count.optional().openapi({ description: 'Registrados sem o Pix que a carteira pede: é buscado depois' }),
});

const leftOutGroupSchema = z.object({
  reason: z.enum(leftOutReasons),
  label: z.string(),
  count,
  otherBatchIds: z.array(batchIdParam).openapi({ description: 'Só as que quem pede pode ver' }),
});

export const batchViewSchema = batchSummarySchema
  .extend({
    filters: filtersSchema.openapi({ description: 'Os filtros com que foi iniciada' }),
    filtersText: z.array(z.string()).openapi({ description: 'Os filtros, uma frase cada' }),
    counts: countsSchema,
    stateLabels: z.record(z.enum(itemStates), z.string()),
    alerts: z.array(z.object({ kind: z.string(), day: dateSchema, message: z.string() })),
    leftOutByReason: z.array(leftOutGroupSchema),
    pauseText: z.string().nullable(),
    nextStep: z.string().openapi({ description: 'O que uma pessoa pode fazer agora' }),
    allowance: z
      .object({ calls: count, windowMs: count })
      .nullable()
      .openapi({ description: 'Registros que a conta pode pedir ao banco por janela' }),
    ratePerMinute: count.openapi({ description: 'Resultados do último minuto' }),
    estimatedEndAt: instantSchema.nullable(),
    idleSince: instantSchema
      .nullable()
      .openapi({ description: 'Desde quando nada anda embora haja o que enviar; null: nada vence agora' }),
    unregistered: z
      .object({ count, pastDue: count })
      .openapi({ description: 'Títulos em aberto que ficaram sem registro, e quantos deles já venceram' }),
    temporalUrl: z.string().nullable(),
  })
  .openapi('ComunicacaoDetalhes');

export const USUAL_PAGE = 50;
const LARGEST_PAGE = 200;
export const batchesQuery = z.object({
  open: flagParam.optional(),
  carteiraId: idParam.optional(),
  q: searchParam.optional(),
  cursor: cursorParam,
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});
export const batchPageSchema = pageOf(batchSummarySchema);

export const exportQuery = z.object({
  formato: z.enum(['csv', 'xlsx']).default('csv'),
  somente: z.enum(['falhas', 'todos']).default('falhas'),
});

export type BatchSummary = Answer<typeof batchSummarySchema>;
export type Batch = Answer<typeof batchViewSchema>;
