import { auditPageSchema, auditQuery, USUAL_PAGE } from '../../contract/audit';
import { listAudit } from '../../record/access/audit';
import { viewerOf } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';

export function auditoriaRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('administrador', {
      method: 'get',
      path: '/auditoria',
      tags: ['Acesso'],
      summary: 'Quem fez o quê, do mais novo ao mais antigo',
      request: { query: auditQuery },
      responses: { 200: json(auditPageSchema, 'Uma página') },
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
