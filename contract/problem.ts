import { z } from '@hono/zod-openapi';

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    status: z.number().int(),
    code: z.string().openapi({ description: 'Estável, para programas.', example: 'comunicacao_desconhecida' }),
    title: z.string().openapi({ description: 'O que aconteceu, em português.' }),
    detail: z.string().optional().openapi({ description: 'O que fazer.' }),
    fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problema');
