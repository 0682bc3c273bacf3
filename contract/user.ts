import { z } from '@hono/zod-openapi';
import { LONGEST_PASSWORD, roles, SHORTEST_PASSWORD } from '../domain/access';
import type { Answer } from './answer';
import { listOf, nameSchema } from './basics';

export const newPasswordSchema = z
  .string()
  .min(SHORTEST_PASSWORD, `a senha deve ter ${SHORTEST_PASSWORD} caracteres ou mais`)
  .max(LONGEST_PASSWORD, `a senha deve ter no máximo ${LONGEST_PASSWORD} caracteres`);

export const userSchema = z
  .object({
    id: z.string(),
    login: z.string(),
    name: z.string(),
    role: z.enum(roles),
    filiais: z.array(z.number().int()).nullable().openapi({ description: 'null = todas' }),
    active: z.boolean(),
    locked: z.boolean().openapi({ description: 'Errou a senha demais; passa sozinho, ou com uma senha nova' }),
    hasPassword: z.boolean().openapi({ description: 'false = entra só pelo provedor da empresa' }),
    hasProvider: z.boolean().openapi({ description: 'Entra pelo provedor da empresa' }),
    createdAt: z.iso.datetime(),
  })
  .openapi('Usuario');

const name = nameSchema(100);

export const grantedFiliaisSchema = z
  .array(z.number().int().min(1).max(Number.MAX_SAFE_INTEGER))
  .max(1_000)
  .nullable()
  .openapi({ description: 'null = todas; lista vazia = nenhuma' });

export const newUserSchema = z.strictObject({
  login: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/, 'até 100 letras, dígitos, ponto, _, @ e -'),
  name,
  role: z.enum(roles),
  filiais: grantedFiliaisSchema,
  password: newPasswordSchema.openapi({
    description: 'Quem entra pelo provedor da empresa não é criado aqui: entra uma vez, e então recebe papel e filiais',
  }),
});

export const userChangesSchema = z
  .strictObject({
    name,
    role: z.enum(roles),
    filiais: grantedFiliaisSchema,
    active: z.boolean(),
    password: newPasswordSchema,
  })
  .partial();

export const usersSchema = listOf(userSchema);

export type User = Answer<typeof userSchema>;
