import { z } from '@hono/zod-openapi';
import type { Failure } from '../../client/describeFailure';
import { editableFields } from '../../db/correctionFields';
import { erpFields } from '../../db/erpFields';
import { readReceivable, searchReceivables, type ReceivableRow, type ReceivableView } from '../../db/receivables';
import { visibleBatchIds } from '../../db/visibility';
import { CORRECTED_LABEL, receivableLabels, type ReceivableState } from '../../domain/receivableStates';
import { itemLabels, type BoletoState, type ItemState } from '../../domain/states';
import type { Actor } from '../access/actor';
import { requireReceivable, unknownReceivable, viewerOf } from '../access/viewer';
import { cursorParam, readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { failureWords } from '../failureWords';
import { json, router, secured } from '../route';
import { dateParam, flagParam, idParam, limitParam, pageOf, receivableParam, searchParam } from '../schemas/basics';
import { receivableRowSchema, receivableViewSchema } from '../schemas/receivable';
import { withoutForeignBatches } from '../withoutForeignBatches';

const USUAL_PAGE = 50;
const LARGEST_PAGE = 200;
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
          query: z.object({
            q: searchParam.optional(),
            carteiraId: idParam.optional(),
            filialId: idParam.optional(),
            state: receivableRowSchema.shape.state.optional(),
            withoutPix: flagParam
              .optional()
              .openapi({ description: 'true: registrados sem o Pix que a carteira pede' }),
            dueFrom: dateParam.optional(),
            dueTo: dateParam.optional(),
            cursor: cursorParam,
            limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
          }),
        },
        responses: { 200: json(pageOf(receivableRowSchema), 'Uma página, na ordem do ID da cobrança') },
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
        request: { params: z.object({ id: receivableParam }) },
        responses: { 200: json(receivableViewSchema, 'Como está agora') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const id = await requireReceivable(knex, actor, context.req.valid('param').id);
        const view = await readReceivable(knex, id, actor.filiais);
        if (!view) throw unknownReceivable(id);
        return context.json(await described(knex, actor, view), 200);
      },
    );
}

function stateLabel(state: ReceivableState, corrected: boolean): string {
  return corrected ? CORRECTED_LABEL : receivableLabels[state];
}

function labelled(row: ReceivableRow) {
  return { ...row, stateLabel: stateLabel(row.state, row.corrected) };
}

async function described(knex: ApiDeps['knex'], actor: Actor, view: ReceivableView) {
  const { receivable, customer, carteira, filial, state, corrected, boleto, live, earlierBoleto, waits } = view;
  const seen = live ? await visibleBatchIds(knex, [live.batchId], viewerOf(actor)) : null;
  const status = receivable['status'] as 'A' | 'R' | 'P' | 'C';
  return {
    id: receivable['id'] as number,
    erpKey: receivable['erp_key'] as string | null,
    receivable: {
      ...erpFields('titulo', receivable),
      id_cliente: (customer['erp_key'] ?? customer['id']) as string | number,
      filial_id: filial.erpKey ?? filial.id,
      id_carteira_cobranca: carteira.erpKey ?? carteira.id,
    },
    customer: erpFields('cliente', customer),
    ...{ carteira, filial, state, corrected, earlierBoleto, waits },
    version: receivable['version'] as number,
    stateLabel: stateLabel(state, corrected),
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
