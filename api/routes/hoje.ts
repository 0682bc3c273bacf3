import { z } from '@hono/zod-openapi';
import { idParam } from '../../contract/basics';
import { settledSchema, settlementSchema, todaySchema } from '../../contract/today';
import { readToday, settleAlert } from '../../record/batches/today';
import { todayKindLabels, todayLine, MOST_COUNTED } from '../../domain/today';
import { viewerOf } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { notFound } from '../problem';
import { json, jsonBody, router, secured } from '../route';

/** What needs a person now. */
export function hojeRoutes({ knex, secretBox }: ApiDeps) {
  const tags = ['Hoje'];
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/hoje',
        tags,
        summary: 'O que precisa de uma pessoa agora, cada coisa com a tela em que se resolve',
        responses: {
          200: json(todaySchema, 'Por urgência; vazia quando está tudo em dia'),
        },
      }),
      async (context) => {
        const facts = await readToday(knex, secretBox, viewerOf(context.get('actor')));
        const items = facts.map((fact) => {
          const { kind, words, to } = todayLine(fact);
          return {
            ...{ kind, kindLabel: todayKindLabels[kind], words, to },
            ...{ count: Math.min(fact.count, MOST_COUNTED), more: fact.count > MOST_COUNTED },
            ...{ carteiraId: fact.carteira?.id ?? null, batchId: fact.batchId ?? null },
            ...{ receivableId: fact.receivableId ?? null, alertId: fact.alert?.id ?? null },
          };
        });
        return context.json({ items }, 200);
      },
    )
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/hoje/alertas/{id}/conferido',
        tags,
        summary: 'Dá um alerta por conferido: ele sai de Hoje',
        request: {
          params: z.object({ id: idParam }),
          ...jsonBody(settlementSchema),
        },
        responses: { 200: json(settledSchema, 'Conferido, agora ou antes') },
      }),
      async (context) => {
        const { id } = context.req.valid('param');
        const { reason = null } = context.req.valid('json');
        const viewer = viewerOf(context.get('actor'));
        if (!(await settleAlert(knex, id, { viewer, reason }))) throw notFound(`O alerta ${id}`);
        return context.json({ settled: true as const }, 200);
      },
    );
}
