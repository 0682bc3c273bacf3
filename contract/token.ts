import { z } from '@hono/zod-openapi';
import { roles } from '../domain/access';
import type { Answer } from './answer';
import { listOf, nameSchema } from './basics';
import { grantedFiliaisSchema } from './user';

const LONGEST_DAYS = 366;

export const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    filiais: z.array(z.number().int()).nullable().openapi({ description: 'null = todas' }),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    revokedAt: z.iso.datetime().nullable(),
    usedAt: z.iso.datetime().nullable().openapi({ description: 'Com a precisão de um minuto' }),
  })
  .openapi('Token');

export const newTokenSchema = z.strictObject({
  name: nameSchema(100),
  role: z.enum(roles),
  filiais: grantedFiliaisSchema,
  expiresInDays: z.number().int().min(1).max(LONGEST_DAYS),
});

export const tokensSchema = listOf(tokenSchema);
export const madeTokenSchema = tokenSchema
  .extend({ token: z.string().openapi({ description: 'Mostrado só agora' }) })
  .openapi('TokenNovo');

export type ApiToken = Answer<typeof tokenSchema>;
