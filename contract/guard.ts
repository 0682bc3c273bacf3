import { z } from '@hono/zod-openapi';
import { guardResults } from '../domain/guard/results';
import { MOST_DAYS_BEFORE } from '../domain/guard/rule';
import type { Answer, Asked } from './answer';
import { batchIdParam, dateSchema, instantSchema } from './basics';

/* The guard of a carteira: communicates by itself before vencimento. */

export const RUNS_SHOWN = 30;

const HOUR = 'Hora cheia, de São Paulo';

export const guardRuleSchema = z.strictObject({
  daysBefore: z
    .number()
    .int()
    .min(0)
    .max(MOST_DAYS_BEFORE)
    .openapi({ description: 'Dias antes do vencimento em que o boleto deve estar registrado; 0 = no próprio dia' }),
  fromHour: z.number().int().min(0).max(23).openapi({ description: HOUR }),
  toHour: z
    .number()
    .int()
    .min(1)
    .max(24)
    .openapi({ description: `${HOUR}; a partir dela nada mais é enviado` }),
  businessDays: z.boolean().openapi({
    description: 'Só em dias úteis: o que cairia em sábado, domingo ou feriado é comunicado antes',
  }),
});

export const guardRunSchema = z
  .object({
    day: dateSchema,
    slot: z.number().int().openapi({ description: '1 = a do dia; as outras levam o que veio depois dela' }),
    startedAt: instantSchema,
    finishedAt: instantSchema.nullable(),
    result: z.enum(guardResults).nullable().openapi({ description: 'null = em andamento' }),
    resultLabel: z.string(),
    text: z.string(),
    advice: z.string().openapi({ description: 'O que fazer; vazio = nada' }),
    batchId: batchIdParam.nullable(),
    registered: z.number().int(),
    failed: z.number().int(),
    uncertain: z.number().int(),
    notSent: z.number().int(),
    elsewhere: z.number().int().openapi({ description: 'Títulos destes vencimentos que estão em outra comunicação' }),
  })
  .openapi('ExecucaoDaGuarda');

export const guardSchema = z
  .object({
    rule: guardRuleSchema
      .extend({ updatedAt: instantSchema, updatedBy: z.string(), updatedByName: z.string().nullable() })
      .nullable()
      .openapi({ description: 'null = a carteira não tem guarda' }),
    scheduled: z.boolean().openapi({ description: 'false = o Temporal ainda não recebeu a regra' }),
    nextRunAt: instantSchema.nullable(),
    runs: z.array(guardRunSchema).openapi({ description: `As últimas ${RUNS_SHOWN}, da mais nova à mais antiga` }),
  })
  .openapi('Guarda');

export type GuardRule = Asked<typeof guardRuleSchema>;
export type Guard = Answer<typeof guardSchema>;
