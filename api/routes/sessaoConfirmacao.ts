import { confirmationSchema, confirmingSchema } from '../../contract/session';
import { confirmSession } from '../../record/access/sessions';
import { userById } from '../../record/access/users';
import { sessionOf } from '../access/confirmation';
import { judgeOwnPassword } from '../access/ownPassword';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

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
        request: jsonBody(confirmingSchema),
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
