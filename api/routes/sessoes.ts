import { z } from '@hono/zod-openapi';
import { openSessionsSchema } from '../../contract/session';
import { endSession, listSessions } from '../../record/access/sessions';
import type { ApiDeps } from '../deps';
import { notFound } from '../problem';
import { json, router, secured } from '../route';

const params = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) });

/** A person sees where it is signed in, and ends what it does not know. A program with a token has no sessions. */
export function sessoesRoutes({ knex }: ApiDeps) {
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/sessoes',
        tags: ['Acesso'],
        summary: 'As próprias sessões abertas',
        responses: { 200: json(openSessionsSchema, 'Da mais nova à mais antiga') },
      }),
      async (context) => {
        const sessions = await listSessions(knex, context.get('actor').id, context.get('sessionHash') ?? null);
        const items = sessions.map(({ createdAt, seenAt, ...session }) => ({
          ...{ ...session, createdAt: createdAt.toISOString(), seenAt: seenAt.toISOString() },
        }));
        return context.json({ items }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'delete',
        path: '/sessoes/{id}',
        tags: ['Acesso'],
        summary: 'Encerra uma das próprias sessões',
        request: { params },
        responses: { 204: { description: 'Encerrada' } },
      }),
      async (context) => {
        const { id } = context.req.valid('param');
        if (!(await endSession(knex, { userId: context.get('actor').id, id }))) throw notFound('A sessão');
        return context.body(null, 204);
      },
    );
}
