import { z } from '@hono/zod-openapi';
import { dateParam } from '../../contract/basics';
import { nearDuePageSchema, nearDueQuery, USUAL_DAYS, USUAL_PAGE } from '../../contract/nearDue';
import { nearDueByCarteira, nearDueReceivables } from '../../record/receivables/receivables';
import { receivableLabels } from '../../domain/receivable/receivableStates';
import { requireCarteira } from '../access/viewer';
import { readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';
import { withoutForeignBatches } from '../withoutForeignBatches';

const place = z.tuple([dateParam, z.int().min(1)]);

/** Títulos near their due date, or past it, that no bank has: their pagador could not pay them. */
export function vencendoRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/vencendo',
      tags: ['Títulos'],
      summary: 'Perto do vencimento, ou vencidos, e sem boleto registrado',
      request: {
        query: nearDueQuery,
      },
      responses: {
        200: json(nearDuePageSchema, 'Uma página, do vencimento mais próximo ao mais distante'),
      },
    }),
    async (context) => {
      const actor = context.get('actor');
      const { dias = USUAL_DAYS, vencidos, carteiraId, cursor, limit = USUAL_PAGE } = context.req.valid('query');
      if (carteiraId !== undefined) await requireCarteira(knex, actor, carteiraId);
      const after = readCursor(place, cursor);
      const request = { filiais: actor.filiais, days: dias, overdue: vencidos, carteiraId };
      const [rows, carteiras] = await Promise.all([
        nearDueReceivables(knex, {
          ...request,
          after: after && { dueDate: after[0], id: after[1] },
          limit: limit + 1,
        }),
        nearDueByCarteira(knex, request),
      ]);
      const page = await withoutForeignBatches(knex, actor, rows.slice(0, limit));
      const items = page.map((row) => ({ ...row, stateLabel: receivableLabels[row.state] }));
      const last = rows.length > limit ? items.at(-1) : undefined;
      return context.json({ items, next: last ? writeCursor([last.dueDate, last.id]) : null, carteiras }, 200);
    },
  );
}
