import { z } from '@hono/zod-openapi';
import { deleteCookie, setCookie } from 'hono/cookie';
import { deleteSession, insertSession, readSession } from '../../db/sessions';
import { noteRightPassword, noteWrongPassword, userByLogin } from '../../db/users';
import { roles } from '../access/actor';
import { SESSION_COOKIE } from '../access/authenticate';
import { isPassword, MAX_PASSWORD } from '../access/passwords';
import { hashOf, newSecret } from '../access/secrets';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { router, secured } from '../route';

const meSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    filiais: z.array(z.number().int()).nullable().openapi({ description: 'null = todas' }),
    csrfToken: z.string().nullable().openapi({ description: 'Para o cabeçalho X-CSRF-Token; null com token de API.' }),
  })
  .openapi('Sessao');

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export function sessaoRoutes({ knex, secureCookies }: ApiDeps) {
  return router()
    .openapi(
      secured('public', {
        method: 'post',
        path: '/sessao',
        tags: ['Acesso'],
        summary: 'Entra com login e senha',
        request: {
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z.object({ login: z.string().min(1).max(100), password: z.string().min(1).max(MAX_PASSWORD) }),
              },
            },
          },
        },
        responses: { 200: json(meSchema, 'Entrou; o cookie da sessão vem junto') },
      }),
      async (context) => {
        const { login, password } = context.req.valid('json');
        const user = await userByLogin(knex, login.trim());
        if (user && user.lockedForMs > 0)
          throw new Problem(
            429,
            'login_bloqueado',
            'Senhas erradas demais: este login está bloqueado por alguns minutos.',
            {
              retryAfterSeconds: Math.ceil(user.lockedForMs / 1_000),
            },
          );
        if (!(await isPassword(user?.passwordHash ?? null, password)) || !user?.active) {
          if (user) await noteWrongPassword(knex, user.id);
          throw new Problem(401, 'login_recusado', 'Login ou senha não conferem.');
        }
        await noteRightPassword(knex, user.id);
        const [token, csrfToken] = [newSecret(), newSecret()];
        await insertSession(knex, { tokenHash: hashOf(token), userId: user.id, csrfToken });
        setCookie(context, SESSION_COOKIE, token, {
          ...{ path: '/', httpOnly: true, sameSite: 'Strict', secure: secureCookies },
        });
        const { id, name, role, filiais } = user;
        return context.json({ id, name, role, filiais, csrfToken }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/sessao',
        tags: ['Acesso'],
        summary: 'Quem sou',
        responses: { 200: json(meSchema, 'Quem pede, e o que pode') },
      }),
      async (context) => {
        const { id, name, role, filiais } = context.get('actor');
        const hash = context.get('sessionHash');
        const csrfToken = hash ? ((await readSession(knex, hash))?.csrfToken ?? null) : null;
        return context.json({ id, name, role, filiais, csrfToken }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'delete',
        path: '/sessao',
        tags: ['Acesso'],
        summary: 'Sai',
        responses: { 204: { description: 'A sessão terminou' } },
      }),
      async (context) => {
        const hash = context.get('sessionHash');
        if (hash) await deleteSession(knex, hash);
        deleteCookie(context, SESSION_COOKIE, { path: '/' });
        return context.body(null, 204);
      },
    );
}
