import { z } from '@hono/zod-openapi';
import { batchItems, countBatchItems, failuresByCause, leftOut } from '../../db/items';
import { visibleBatchIds } from '../../db/visibility';
import { leftOutLabels } from '../../domain/filters';
import { itemStates, type ItemState } from '../../domain/states';
import { requireBatch, viewerOf } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { describedCause, describedItem } from '../failureWords';
import { json, router, secured } from '../route';
import { batchIdParam, flagParam, limitParam, pageOf, searchParam } from '../schemas/basics';
import { causeSchema, itemSchema, leftOutSchema } from '../schemas/item';

const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
const params = z.object({ batchId: batchIdParam });
const names: ReadonlySet<string> = new Set(itemStates);
const statesParam = z
  .string()
  .max(200)
  .transform((text) => text.split(','))
  .refine(
    (states): states is ItemState[] => states.every((state) => names.has(state)),
    'tem uma situação que não existe',
  )
  .openapi({
    ...{ type: 'string', pattern: `^(${itemStates.join('|')})(,(${itemStates.join('|')}))*$`, maxLength: 200 },
    ...{ description: 'Uma ou mais, separadas por vírgula', example: 'rejected,conflict' },
  });
/** After an ordinal, or an ID da cobrança. A window of rows that is scrolled may begin anywhere. */
const afterParam = z
  .string()
  .regex(/^\d{1,15}$/, 'deve ser um número')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^\\d{1,15}$', description: 'O next da página anterior' })
  .optional();

/** So that a table of many rows can be looked at anywhere, whatever its filter. */
const skipParam = z
  .string()
  .regex(/^\d{1,7}$/, 'deve ser um número')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^\\d{1,7}$', description: 'Quantos dos que atendem à procura não vêm' })
  .optional();

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
          query: z.object({
            state: statesParam.optional(),
            cause: z
              .string()
              .regex(/^[0-9a-f]{32}$/)
              .optional()
              .openapi({ description: 'O key de uma causa' }),
            q: searchParam.optional(),
            corrected: flagParam.optional(),
            withoutPix: flagParam
              .optional()
              .openapi({ description: 'true: registrados sem o Pix que a carteira pede' }),
            cursor: afterParam,
            skip: skipParam,
            failuresFirst: flagParam.optional().openapi({
              description: 'O que falhou vem antes do resto. Nesta ordem só skip leva adiante: next é null',
            }),
            limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
          }),
        },
        responses: {
          200: json(
            pageOf(itemSchema).extend({
              total: z.number().int().openapi({ description: 'Quantos atendem à procura, em todas as páginas' }),
            }),
            'Uma página',
          ),
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
        responses: { 200: json(z.object({ items: z.array(causeSchema) }), 'Da mais frequente à menos') },
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
        request: { params, query: z.object({ cursor: afterParam, limit: limitParam(LARGEST_PAGE, USUAL_PAGE) }) },
        responses: { 200: json(pageOf(leftOutSchema), 'Uma página, na ordem do ID da cobrança') },
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
