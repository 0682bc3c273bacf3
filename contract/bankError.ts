import { z } from '@hono/zod-openapi';
import { instantSchema, listOf } from './basics';

const errorSchema = z
  .object({
    gateway: z.string(),
    code: z.string(),
    httpStatus: z.number().int().nullable(),
    example: z.string().openapi({ description: 'As palavras do banco, sem números longos nem endereços' }),
    count: z.number().int(),
    firstSeen: instantSchema,
    lastSeen: instantSchema,
  })
  .openapi('ErroDesconhecido');

export const bankErrorsSchema = listOf(errorSchema);
