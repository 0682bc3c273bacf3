import { z } from '@hono/zod-openapi';
import { LONGEST_PASSWORD, roles } from '../domain/access';
import type { Answer } from './answer';
import { listOf } from './basics';
import { newPasswordSchema } from './user';

export const sessionSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    filiais: z.array(z.number().int()).nullable().openapi({ description: 'null = todas' }),
    csrfToken: z.string().nullable().openapi({ description: 'Para o cabeçalho X-CSRF-Token; null com token de API.' }),
  })
  .openapi('Sessao');

const password = z.string().min(1).max(LONGEST_PASSWORD);
export const signInSchema = z.strictObject({ login: z.string().min(1).max(100), password });
export const ownPasswordSchema = z.strictObject({ current: password, password: newPasswordSchema });
export const waysInSchema = z.object({
  password: z.boolean(),
  oidc: z.boolean().openapi({ description: 'GET /sessao/oidc' }),
  signedIn: z.boolean().openapi({ description: 'Se este pedido já traz uma sessão que vale' }),
});

export const confirmingSchema = z.strictObject({ password });
export const confirmationSchema = z
  .object({
    until: z.iso.datetime().nullable().openapi({ description: 'Até quando vale; null: é preciso confirmar' }),
    password: z.boolean().openapi({ description: 'Confirma-se com a senha: POST /sessao/confirmacao' }),
    oidc: z.boolean().openapi({ description: 'Confirma-se na conta da empresa: GET /sessao/oidc/confirmacao' }),
  })
  .openapi('Confirmacao');

const openSessionSchema = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    seenAt: z.iso.datetime().openapi({ description: 'Com a precisão de um minuto' }),
    current: z.boolean().openapi({ description: 'A que pede' }),
  })
  .openapi('SessaoAberta');

export const openSessionsSchema = listOf(openSessionSchema);

export type Session = Answer<typeof sessionSchema>;
