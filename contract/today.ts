import { z } from '@hono/zod-openapi';
import { MOST_COUNTED, todayKinds } from '../domain/today';
import type { Answer } from './answer';
import { batchIdParam, idSchema, listOf, reasonSchema } from './basics';

const lineSchema = z
  .object({
    kind: z.enum(todayKinds),
    kindLabel: z.string(),
    count: z
      .number()
      .int()
      .openapi({ description: `Até ${MOST_COUNTED}` }),
    more: z.boolean().openapi({ description: 'São mais do que count' }),
    words: z.string(),
    to: z.string().openapi({ description: 'A tela em que se resolve', example: '/comunicacoes/20260309-ab12cd34' }),
    carteiraId: idSchema.nullable(),
    batchId: batchIdParam.nullable(),
    receivableId: idSchema.nullable(),
    alertId: idSchema.nullable().openapi({ description: 'De um alerta, que alguém pode dar por conferido' }),
  })
  .openapi('Hoje');

export const todaySchema = listOf(lineSchema);
export const settlementSchema = z.strictObject({ reason: reasonSchema.optional() });
export const settledSchema = z.object({ settled: z.literal(true) });

export type TodayLine = Answer<typeof lineSchema>;
