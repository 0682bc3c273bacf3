import { z } from '@hono/zod-openapi';
import type { tokenSchema } from '../../contract/token';
import { madeTokenSchema, newTokenSchema, tokensSchema } from '../../contract/token';
import {
  apiTokenById,
  insertApiToken,
  listApiTokens,
  revokeApiToken,
  type ApiTokenRow,
} from '../../record/access/apiTokens';
import { sees } from '../access/actor';
import { refuseUngrantable } from '../access/grantable';
import { hashOf, newId, newSecret } from '../access/secrets';
import type { ApiDeps } from '../deps';
import { notFound } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const params = z.object({ id: z.string().regex(/^t-[0-9a-f]{12}$/) });

export function tokensRoutes({ knex }: ApiDeps) {
  return router()
    .openapi(
      secured('administrador', {
        method: 'get',
        path: '/tokens',
        tags: ['Acesso'],
        summary: 'Os tokens de programas; o segredo de cada um não é guardado',
        responses: { 200: json(tokensSchema, 'Do mais novo ao mais antigo') },
      }),
      async (context) => {
        const tokens = await listApiTokens(knex, context.get('actor').filiais);
        return context.json({ items: tokens.map(shown) }, 200);
      },
    )
    .openapi(
      secured(
        'administrador',
        {
          method: 'post',
          path: '/tokens',
          tags: ['Acesso'],
          summary: 'Dá acesso a um programa',
          request: jsonBody(newTokenSchema),
          responses: {
            201: json(madeTokenSchema, 'O token'),
          },
        },
        { confirmed: true },
      ),
      async (context) => {
        const actor = context.get('actor');
        const wanted = context.req.valid('json');
        await refuseUngrantable(knex, actor, wanted.filiais);
        const token = newSecret();
        const made = await insertApiToken(knex, {
          ...{ ...wanted, id: newId('t'), tokenHash: hashOf(token), by: actor.id },
        });
        return context.json({ ...shown(made), token }, 201);
      },
    )
    .openapi(
      secured('administrador', {
        method: 'delete',
        path: '/tokens/{id}',
        tags: ['Acesso'],
        summary: 'Revoga um token, de imediato',
        request: { params },
        responses: { 204: { description: 'Revogado' } },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        const token = await apiTokenById(knex, id);
        if (!token || !sees(actor, token.filiais)) throw notFound('O token');
        await revokeApiToken(knex, { id, by: actor.id });
        return context.body(null, 204);
      },
    );
}

function shown({ createdAt, expiresAt, revokedAt, usedAt, ...token }: ApiTokenRow): z.infer<typeof tokenSchema> {
  return {
    ...token,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
    usedAt: usedAt?.toISOString() ?? null,
  };
}
