import { z } from '@hono/zod-openapi';
import { confirmNotPayable, payableThoughClosed } from '../../record/engine/payableThoughClosed';
import { unseenReceivable } from '../../record/access/visibility';
import { receivableLabels } from '../../domain/receivable/receivableStates';
import { requireCarteira, unknownReceivable } from '../access/viewer';
import { cursorParam, readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { json, jsonBody, router, secured } from '../route';
import {
  centsSchema,
  dateSchema,
  erpKeySchema,
  idParam,
  idSchema,
  instantSchema,
  limitParam,
  pageOf,
  reasonSchema,
} from '../schemas/basics';

const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
const MOST_CONFIRMED = 500;
const place = z.tuple([z.int().min(1)]);

const payableSchema = z
  .object({
    id: idSchema,
    erpKey: erpKeySchema,
    customerName: z.string(),
    filialId: idSchema,
    carteiraId: idSchema,
    carteira: z.string(),
    status: z.enum(['C', 'R']),
    statusLabel: z.string(),
    dueDate: dateSchema,
    amountCents: centsSchema,
    ourNumber: z.string().nullable(),
    since: instantSchema.openapi({ description: 'Desde quando o registro sabe' }),
  })
  .openapi('AindaPagavel');

/** Boletos that a bank has as payable though their título is cancelled or received. */
export function aindaPagaveisRoutes({ knex }: ApiDeps) {
  const tags = ['Títulos'];
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/ainda-pagaveis',
        tags,
        summary: 'Cancelados ou recebidos cujo boleto continua registrado no banco',
        request: {
          query: z.object({
            carteiraId: idParam.optional(),
            status: z.enum(['C', 'R']).optional(),
            cursor: cursorParam,
            limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
          }),
        },
        responses: { 200: json(pageOf(payableSchema), 'Uma página, na ordem do ID da cobrança') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { carteiraId, status, cursor, limit = USUAL_PAGE } = context.req.valid('query');
        if (carteiraId !== undefined) await requireCarteira(knex, actor, carteiraId);
        const rows = await payableThoughClosed(knex, {
          ...{ filiais: actor.filiais, carteiraId, status, limit: limit + 1 },
          after: readCursor(place, cursor)?.[0],
        });
        const items = rows.slice(0, limit).map((row) => ({
          ...row,
          statusLabel: receivableLabels[row.status === 'C' ? 'cancelled' : 'paid'],
          since: row.since.toISOString(),
        }));
        const last = rows.length > limit ? items.at(-1) : undefined;
        return context.json({ items, next: last ? writeCursor([last.id]) : null }, 200);
      },
    )
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/ainda-pagaveis/conferidos',
        tags,
        summary: 'Conferido no banco: estes boletos já não podem ser pagos',
        description:
          'Depois da baixa, ou do pagamento, no banco. Nada é enviado ao banco: o registro passa a ter o boleto como cancelado, e a auditoria, quem conferiu.',
        request: jsonBody(
          z.strictObject({ receivableIds: z.array(idSchema).min(1).max(MOST_CONFIRMED), reason: reasonSchema }),
        ),
        responses: {
          200: json(
            z.object({ confirmed: z.number().int().openapi({ description: 'Os que estavam na lista' }) }),
            'Os demais ficaram como estavam',
          ),
        },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { receivableIds, reason } = context.req.valid('json');
        const unseen = await unseenReceivable(knex, receivableIds, actor);
        if (unseen !== null) throw unknownReceivable(unseen);
        return context.json({ confirmed: await confirmNotPayable(knex, { receivableIds, by: actor.id, reason }) }, 200);
      },
    );
}
