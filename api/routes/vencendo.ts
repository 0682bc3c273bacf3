import { z } from '@hono/zod-openapi';
import { nearDueByCarteira, nearDueReceivables } from '../../record/receivables/receivables';
import { receivableLabels } from '../../domain/receivable/receivableStates';
import { requireCarteira } from '../access/viewer';
import { cursorParam, readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';
import {
  batchIdParam,
  centsSchema,
  dateParam,
  dateSchema,
  erpKeySchema,
  flagParam,
  idParam,
  idSchema,
  limitParam,
  pageOf,
} from '../schemas/basics';
import { receivableRowSchema } from '../schemas/receivable';
import { withoutForeignBatches } from '../withoutForeignBatches';

const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
const USUAL_DAYS = 5;
const place = z.tuple([dateParam, z.int().min(1)]);
const daysParam = z
  .string()
  .regex(/^\d{1,2}$/, 'deve ser de 0 a 99')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^\\d{1,2}$', description: `De hoje em diante; ${USUAL_DAYS} sem ele` })
  .optional();

const nearDueSchema = z
  .object({
    id: idSchema,
    erpKey: erpKeySchema,
    customerName: z.string(),
    filialId: idSchema,
    carteiraId: idSchema,
    carteira: z.string(),
    dueDate: dateSchema,
    openAmountCents: centsSchema,
    state: receivableRowSchema.shape.state,
    stateLabel: z.string(),
    released: z.boolean(),
    batchId: batchIdParam.nullable(),
  })
  .openapi('VencendoSemRegistro');
const totalSchema = z.object({
  carteiraId: idSchema,
  carteira: z.string(),
  gateway: z.string().nullable().openapi({ description: 'null = sem conta de gateway: nada dela pode ser comunicado' }),
  count: z.number().int(),
  amountCents: centsSchema,
  nearestDueDate: dateSchema,
});

/** Títulos near their due date, or past it, that no bank has: their pagador could not pay them. */
export function vencendoRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/vencendo',
      tags: ['Títulos'],
      summary: 'Perto do vencimento, ou vencidos, e sem boleto registrado',
      request: {
        query: z.object({
          dias: daysParam,
          vencidos: flagParam.optional().openapi({ description: 'Os que já venceram, no lugar dos que vencem' }),
          carteiraId: idParam.optional(),
          cursor: cursorParam,
          limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
        }),
      },
      responses: {
        200: json(
          pageOf(nearDueSchema).extend({
            carteiras: z.array(totalSchema).openapi({ description: 'Totais de todas as páginas' }),
          }),
          'Uma página, do vencimento mais próximo ao mais distante',
        ),
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
