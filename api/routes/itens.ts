import { z } from '@hono/zod-openapi';
import { batchIdParam } from '../../contract/basics';
import {
  causesSchema,
  itemPageSchema,
  itemsQuery,
  leftOutPageSchema,
  leftOutQuery,
  USUAL_PAGE,
} from '../../contract/item';
import { batchItems, countBatchItems, failuresByCause, leftOut } from '../../record/batches/items';
import { visibleBatchIds } from '../../record/access/visibility';
import { leftOutLabels } from '../../domain/batch/filters';
import { requireBatch, viewerOf } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { describedCause, describedItem } from '../failureWords';
import { json, router, secured } from '../route';

const params = z.object({ batchId: batchIdParam });

/** The títulos of one communication: those it has, why some failed, and those it left out. */
export function itensRoutes({ knex }: ApiDeps) {
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/comunicacoes/{batchId}/itens',
        tags: ['Comunicações'],
        summary: 'Os títulos da comunicação, na ordem dela',
        request: {
          params,
          query: itemsQuery,
        },
        responses: {
          200: json(itemPageSchema, 'Uma página'),
        },
      }),
      async (context) => {
        const { batchId } = context.req.valid('param');
        await requireBatch(knex, context.get('actor'), batchId);
        const { cursor = 0, skip = 0, limit = USUAL_PAGE, failuresFirst, state, ...rest } = context.req.valid('query');
        const search = { states: state, ...rest };
        const [rows, total] = await Promise.all([
          batchItems(knex, batchId, { ...search, cursor, skip, limit: limit + 1, failuresFirst }),
          countBatchItems(knex, batchId, search),
        ]);
        const items = rows.slice(0, limit).map(describedItem);
        const last = rows.length > limit && !failuresFirst ? items.at(-1) : undefined;
        return context.json({ items, next: last ? String(last.ordinal) : null, total }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/comunicacoes/{batchId}/causas',
        tags: ['Comunicações'],
        summary: 'As falhas, agrupadas pela causa',
        request: { params },
        responses: { 200: json(causesSchema, 'Da mais frequente à menos') },
      }),
      async (context) => {
        const { batchId } = context.req.valid('param');
        await requireBatch(knex, context.get('actor'), batchId);
        return context.json({ items: (await failuresByCause(knex, batchId)).map(describedCause) }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/comunicacoes/{batchId}/fora',
        tags: ['Comunicações'],
        summary: 'O que os filtros acharam e a seleção deixou de fora',
        request: { params, query: leftOutQuery },
        responses: { 200: json(leftOutPageSchema, 'Uma página, na ordem do ID da cobrança') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { batchId } = context.req.valid('param');
        await requireBatch(knex, actor, batchId);
        const { cursor = 0, limit = USUAL_PAGE } = context.req.valid('query');
        const rows = await leftOut(knex, batchId, { cursor, limit: limit + 1 });
        const others = rows.flatMap(({ otherBatchId }) => otherBatchId ?? []);
        const seen = await visibleBatchIds(knex, others, viewerOf(actor));
        const items = rows.slice(0, limit).map(({ otherBatchId, ...row }) => ({
          ...row,
          label: leftOutLabels[row.reason],
          otherBatchId: otherBatchId !== null && seen.has(otherBatchId) ? otherBatchId : null,
        }));
        const last = rows.length > limit ? items.at(-1) : undefined;
        return context.json({ items, next: last ? String(last.receivableId) : null }, 200);
      },
    );
}
