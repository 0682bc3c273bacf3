import { z } from '@hono/zod-openapi';
import {
  bankWorkPageSchema,
  bankWorkQuery,
  USUAL_PAGE,
  workDoneRequest,
  workDoneSchema,
  workKindOf,
} from '../../contract/bankWork';
import { idParam } from '../../contract/basics';
import { toldWork } from '../bankWorkTold';
import { countBankWork, listBankWork, receivableOfWork, workDone } from '../../record/receivables/bankWork';
import { seesReceivable } from '../../record/access/visibility';
import { requireCarteira } from '../access/viewer';
import { readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const place = z.tuple([z.int().min(1)]);

/** Boletos that are to be altered or written off at the bank, because the record says something else by now. */
export function pendenciasNoBancoRoutes({ knex }: ApiDeps) {
  const tags = ['Títulos'];
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/pendencias-no-banco',
        tags,
        summary: 'Boletos registrados a alterar ou a baixar no banco',
        description: 'Também os de cobranças canceladas ou recebidas, que `/ainda-pagaveis` lista à parte.',
        request: {
          query: bankWorkQuery,
        },
        responses: { 200: json(bankWorkPageSchema, 'Uma página, da mais antiga à mais nova') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { carteiraId, kind, cursor, limit = USUAL_PAGE } = context.req.valid('query');
        if (carteiraId !== undefined) await requireCarteira(knex, actor, carteiraId);
        const filter = { filiais: actor.filiais, carteiraId };
        const [rows, found] = await Promise.all([
          listBankWork(knex, {
            ...{ ...filter, kind: kind && workKindOf[kind], limit: limit + 1 },
            after: readCursor(place, cursor)?.[0],
          }),
          countBankWork(knex, filter),
        ]);
        const items = rows.slice(0, limit).map((row) => ({ ...row, ...toldWork(row) }));
        const last = rows.length > limit ? items.at(-1) : undefined;
        return context.json({ items, next: last ? writeCursor([last.id]) : null, counts: found }, 200);
      },
    )
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/pendencias-no-banco/{id}/feita',
        tags,
        summary: 'Feito no banco: o boleto foi alterado, ou baixado, lá',
        description:
          'Nada é enviado ao banco. O registro passa a ter o boleto como foi alterado, ou como cancelado, e a auditoria, quem o disse.',
        request: {
          params: z.object({ id: idParam }),
          ...jsonBody(workDoneRequest),
        },
        responses: { 200: json(workDoneSchema, 'Encerrada') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        const { reason, changedAt } = context.req.valid('json');
        const receivableId = await receivableOfWork(knex, id);
        if (receivableId === null || !(await seesReceivable(knex, receivableId, actor)))
          throw notFound(`A pendência ${id}`);
        const result = await workDone(knex, {
          ...{ workId: id, by: actor.id, reason },
          changedAt: changedAt === undefined ? undefined : new Date(changedAt),
        });
        if (result.kind === 'closed')
          throw new Problem(409, 'pendencia_encerrada', `A pendência ${id} já foi encerrada.`);
        if (result.kind === 'changedSince')
          throw new Problem(409, 'pendencia_mudou', 'O que se quer no banco mudou enquanto você o fazia.', {
            hint: 'Veja a pendência como está agora, e confirme de novo.',
          });
        return context.json({ id, receivableId, closedAt: new Date().toISOString() }, 200);
      },
    );
}
