import { z } from '@hono/zod-openapi';
import { confirmedSchema, notPayableSchema, payablePageSchema, payableQuery, USUAL_PAGE } from '../../contract/payable';
import { confirmNotPayable, payableThoughClosed } from '../../record/engine/payableThoughClosed';
import { unseenReceivable } from '../../record/access/visibility';
import { receivableLabels } from '../../domain/receivable/receivableStates';
import { requireCarteira, unknownReceivable } from '../access/viewer';
import { readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { json, jsonBody, router, secured } from '../route';

const place = z.tuple([z.int().min(1)]);

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
        request: { query: payableQuery },
        responses: { 200: json(payablePageSchema, 'Uma página, na ordem do ID da cobrança') },
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
        request: jsonBody(notPayableSchema),
        responses: {
          200: json(confirmedSchema, 'Os demais ficaram como estavam'),
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
