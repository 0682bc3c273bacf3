import { z } from '@hono/zod-openapi';
import { confirmSession } from '../../record/access/sessions';
import { userById } from '../../record/access/users';
import { sessionOf } from '../access/confirmation';
import { judgeOwnPassword } from '../access/ownPassword';
import { MAX_PASSWORD } from '../access/passwords';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const confirmationSchema = z
  .object({
    until: z.iso.datetime().nullable().openapi({ description: 'Até quando vale; null: é preciso confirmar' }),
    password: z.boolean().openapi({ description: 'Confirma-se com a senha: POST /sessao/confirmacao' }),
    oidc: z.boolean().openapi({ description: 'Confirma-se na conta da empresa: GET /sessao/oidc/confirmacao' }),
  })
  .openapi('Confirmacao');

/** Showing again who one is, for what gives access: `x-confirmacao`. */
export function sessaoConfirmacaoRoutes(deps: ApiDeps) {
  const { knex, oidc, oidcOnly } = deps;
  const ways = async (id: string) => {
    const user = await userById(knex, id);
    return {
      password: !oidcOnly && user?.hasPassword === true,
      oidc: oidc !== undefined && user?.hasProvider === true,
    };
  };
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/sessao/confirmacao',
        tags: ['Acesso'],
        summary: 'Se esta sessão já confirmou quem é, e como se confirma',
        responses: { 200: json(confirmationSchema, 'Como está; com um token, nada disto') },
      }),
      async (context) => {
        const until = context.get('confirmedUntil')?.toISOString() ?? null;
        return context.json({ until, ...(await ways(context.get('actor').id)) }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'post',
        path: '/sessao/confirmacao',
        tags: ['Acesso'],
        summary: 'Confirma com a senha quem é; vale alguns minutos para o que dá acesso',
        request: jsonBody(z.strictObject({ password: z.string().min(1).max(MAX_PASSWORD) })),
        responses: { 200: json(confirmationSchema, 'Confirmado') },
      }),
      async (context) => {
        const tokenHash = sessionOf(context);
        const { password } = context.req.valid('json');
        const { id } = await judgeOwnPassword(context, deps, password, { reason: 'confirmation', field: 'password' });
        const until = await confirmSession(knex, { tokenHash, userId: id, how: 'password' });
        // It ended meanwhile, as by a new password.
        if (!until) throw new Problem(401, 'sem_acesso', 'É preciso entrar.');
        return context.json({ until: until.toISOString(), ...(await ways(id)) }, 200);
      },
    );
}
