import { z } from '@hono/zod-openapi';
import type { Answer } from './answer';
import { batchIdParam, idSchema, instantSchema } from './basics';

const text = z.string().nullable();

export const storySchema = z
  .object({
    events: z.array(
      z.object({
        at: instantSchema,
        kind: z.enum(['selected', 'attempt', 'look', 'registered', 'correction', 'action']),
        who: text.openapi({ description: 'Nome de quem fez, ou seu login opaco; null = o sistema' }),
        text: z.string(),
        batchId: batchIdParam.nullable(),
        outcome: text,
        resolution: text,
        code: text,
        message: text.openapi({ description: 'As palavras do banco' }),
        reason: text.openapi({ description: 'As palavras de quem fez' }),
        status: z.number().int().nullable().openapi({ description: 'HTTP' }),
        durationMs: z.number().int().nullable(),
        request: text.openapi({ description: 'Mascarado' }),
        response: text.openapi({ description: 'Mascarada' }),
        undo: z
          .object({
            entryId: idSchema.openapi({ description: 'Para desfazer só nesta cobrança' }),
            correctionId: idSchema
              .nullable()
              .openapi({ description: 'De uma correção em massa que quem pede pode desfazer' }),
            others: z
              .number()
              .int()
              .openapi({ description: 'Outros títulos em que a correção em massa seria desfeita' }),
          })
          .nullable()
          .openapi({ description: 'Uma correção que ninguém mudou desde então' }),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
  })
  .openapi('Historia');

export type HistoryEvent = Answer<typeof storySchema>['events'][number];
