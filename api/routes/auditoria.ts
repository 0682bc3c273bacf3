import { z } from '@hono/zod-openapi';
import { listAudit } from '../../record/access/audit';
import { viewerOf } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';
import { limitParam, pageOf } from '../schemas/basics';

const USUAL_PAGE = 50;
const LARGEST_PAGE = 200;

const entrySchema = z
  .object({
    id: z.number().int(),
    at: z.iso.datetime(),
    actor: z.string(),
    actorName: z.string().nullable(),
    action: z.string().openapi({ example: 'changeUser' }),
    entity: z.string().openapi({ example: 'user' }),
    entityId: z.string(),
    before: z.unknown().openapi({ description: 'O que havia; null quando nada' }),
    after: z.unknown().openapi({ description: 'O que passou a haver; null quando nada' }),
    reason: z.string().nullable(),
  })
  .openapi('Auditoria');

const words = (max: number) => z.string().min(1).max(max).optional();

export function auditoriaRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('administrador', {
      method: 'get',
      path: '/auditoria',
      tags: ['Acesso'],
      summary: 'Quem fez o quê, do mais novo ao mais antigo',
      request: {
        query: z.object({
          entity: words(40).openapi({ example: 'receivable' }),
          entityId: words(100),
          actor: words(100),
          cursor: z
            .string()
            .regex(/^[1-9]\d{0,14}$/)
            .optional(),
          limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
        }),
      },
      responses: {
        200: json(pageOf(entrySchema), 'Uma página'),
      },
    }),
    async (context) => {
      const { cursor, limit = USUAL_PAGE, entity, entityId, actor } = context.req.valid('query');
      const entries = await listAudit(knex, {
        // One more tells whether another page follows.
        limit: limit + 1,
        ...viewerOf(context.get('actor')),
        ...(cursor === undefined ? {} : { before: Number(cursor) }),
        ...(entity === undefined ? {} : { entity }),
        ...(entityId === undefined ? {} : { entityId }),
        ...(actor === undefined ? {} : { actor }),
      });
      const items = entries.slice(0, limit).map((entry) => ({ ...entry, at: entry.at.toISOString() }));
      const next = entries.length > limit ? String(items.at(-1)?.id) : null;
      return context.json({ items, next }, 200);
    },
  );
}
