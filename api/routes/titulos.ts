import { z } from '@hono/zod-openapi';
import type { Failure } from '../../client/describeFailure';
import { explainStillWrong } from '../../client/explainStillWrong';
import { editableFields } from '../../db/correctionFields';
import { erpFields } from '../../db/erpFields';
import { readReceivable, searchReceivables, type ReceivableRow, type ReceivableView } from '../../db/receivables';
import { visibleBatchIds } from '../../db/visibility';
import { receivableLabels } from '../../domain/receivableStates';
import { itemLabels, type BoletoState, type ItemState } from '../../domain/states';
import type { Actor } from '../access/actor';
import { unknownReceivable, viewerOf } from '../access/viewer';
import { readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { changedLabel, failureWords } from '../failureWords';
import { json, router, secured } from '../route';
import { idParam } from '../schemas/basics';
import { receivablePageSchema, receivablesQuery, receivableViewSchema, USUAL_PAGE } from '../schemas/receivable';
import { withoutForeignBatches } from '../withoutForeignBatches';

const place = z.tuple([z.int().min(1)]);

export function titulosRoutes({ knex }: ApiDeps) {
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/titulos',
        tags: ['Títulos'],
        summary: 'Procura por ID da cobrança, nosso número, pagador ou documento',
        request: {
          query: receivablesQuery,
        },
        responses: { 200: json(receivablePageSchema, 'Uma página, na ordem do ID da cobrança') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { cursor, limit = USUAL_PAGE, ...search } = context.req.valid('query');
        const after = readCursor(place, cursor)?.[0];
        const rows = await searchReceivables(knex, { ...search, filiais: actor.filiais, after, limit: limit + 1 });
        const items = await withoutForeignBatches(knex, actor, rows.slice(0, limit).map(labelled));
        const last = rows.length > limit ? items.at(-1) : undefined;
        return context.json({ items, next: last ? writeCursor([last.id]) : null }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/titulos/{id}',
        tags: ['Títulos'],
        summary: 'Um título com seu cliente, seu boleto e o que falta',
        request: { params: z.object({ id: idParam }) },
        responses: { 200: json(receivableViewSchema, 'Como está agora') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        const view = await readReceivable(knex, id, actor.filiais);
        if (!view) throw unknownReceivable(id);
        return context.json(await described(knex, actor, view), 200);
      },
    );
}

function labelled(row: ReceivableRow) {
  return { ...row, stateLabel: changedLabel(row) ?? receivableLabels[row.state] };
}

async function described(knex: ApiDeps['knex'], actor: Actor, view: ReceivableView) {
  const { receivable, customer, carteira, filial, state, corrected, wrong, boleto, live, earlierBoleto, waits } = view;
  const seen = live ? await visibleBatchIds(knex, [live.batchId], viewerOf(actor)) : null;
  const status = receivable['status'] as 'A' | 'R' | 'P' | 'C';
  return {
    id: receivable['id'] as number,
    receivable: erpFields('titulo', receivable),
    customer: erpFields('cliente', customer),
    ...{ carteira, filial, state, corrected, earlierBoleto, waits },
    version: receivable['version'] as number,
    stateLabel: changedLabel({ corrected, stillWrong: wrong !== null }) ?? receivableLabels[state],
    stillWrong: (wrong ?? []).map((each) => explainStillWrong(each, carteira.addressSource)),
    boleto: boleto && {
      ...boleto,
      state: boleto.state as BoletoState,
      // PostgreSQL's JSON writes an offset.
      registeredAt: boleto.registeredAt && new Date(boleto.registeredAt).toISOString(),
    },
    liveBatch: live && seen?.has(live.batchId) ? liveBatch(live, carteira.addressSource) : null,
    editable: [...editableFields(status, boleto?.state === 'registered')],
  };
}

function liveBatch(live: NonNullable<ReceivableView['live']>, address: 'main' | 'billing') {
  const state = live.state as ItemState;
  const { batchId, ordinal, failureKind } = live;
  const failure: Failure = { ...live, state };
  return { batchId, ordinal, state, stateLabel: itemLabels[state], failureKind, ...failureWords(failure, address) };
}
