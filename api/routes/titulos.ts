import { z } from '@hono/zod-openapi';
import { receivableParam } from '../../contract/basics';
import { receivablePageSchema, receivablesQuery, receivableViewSchema, USUAL_PAGE } from '../../contract/receivable';
import { toldWork } from '../bankWorkTold';
import type { Failure } from '../../words/describeFailure';
import { explainStillWrong } from '../../words/explainStillWrong';
import { editableFields } from '../../record/receivables/correctionFields';
import { erpFields, written } from '../../record/receivables/erpFields';
import {
  readReceivable,
  searchReceivables,
  type ReceivableRow,
  type ReceivableView,
} from '../../record/receivables/receivables';
import { bankWorkOf } from '../../record/receivables/bankWork';
import { columnOf } from '../../record/receivables/correctionFields';
import { pendingChangeOf } from '../../record/receivables/pendingChanges';
import { proposalsOf } from '../../record/receivables/proposals';
import { visibleBatchIds } from '../../record/access/visibility';
import { bankWorkWords } from '../../domain/receivable/bankWork';
import { receivableLabels } from '../../domain/receivable/receivableStates';
import { itemLabels, type BoletoState, type ItemState } from '../../domain/boleto/states';
import type { Actor } from '../access/actor';
import { requireReceivable, unknownReceivable, viewerOf } from '../access/viewer';
import { readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { changedLabel, failureWords } from '../failureWords';
import { json, router, secured } from '../route';
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

function labelled(row: ReceivableRow) {
  return { ...row, stateLabel: changedLabel(row) ?? receivableLabels[row.state] };
}

async function described(knex: ApiDeps['knex'], actor: Actor, view: ReceivableView) {
  const { receivable, customer, carteira, filial, state, corrected, wrong, boleto, live, earlierBoleto, waits } = view;
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
    stateLabel: changedLabel({ corrected, stillWrong: wrong !== null }) ?? receivableLabels[state],
    stillWrong: (wrong ?? []).map((each) => explainStillWrong(each, carteira.addressSource)),
    boleto: boleto && {
      ...boleto,
      state: boleto.state as BoletoState,
      // PostgreSQL's JSON writes an offset.
      registeredAt: boleto.registeredAt && new Date(boleto.registeredAt).toISOString(),
      pixFetch: boleto.pixFetch && {
        ...boleto.pixFetch,
        dueAt: boleto.pixFetch.dueAt && new Date(boleto.pixFetch.dueAt).toISOString(),
      },
    },
    liveBatch: live && seen?.has(live.batchId) ? liveBatch(live, carteira.addressSource) : null,
    ...(await standing(knex, receivable['id'] as number)),
    editable: [...editableFields(status)],
  };
}

/** What stands between this record, the ERP and the bank. */
async function standing(knex: ApiDeps['knex'], id: number) {
  const [proposals, pendingChange, bankWork] = await Promise.all([
    proposalsOf(knex, id),
    pendingChangeOf(knex, id),
    bankWorkOf(knex, id),
  ]);
  return {
    proposals: proposals.map(({ at, basis, value, conflict, ...proposal }) => {
      const read = (stored: unknown) => written(columnOf(proposal.field).column, stored);
      return {
        ...{ ...proposal, basis: read(basis), value: read(value), at: at.toISOString() },
        conflict: conflict && { ...conflict, value: read(conflict.value), at: new Date(conflict.at).toISOString() },
      };
    }),
    pendingChange: pendingChange && { ...pendingChange, at: pendingChange.at.toISOString() },
    bankWork: bankWork && { ...toldWork(bankWork), words: bankWorkWords(bankWork) },
  };
}

function liveBatch(live: NonNullable<ReceivableView['live']>, address: 'main' | 'billing') {
  const state = live.state as ItemState;
  const { batchId, ordinal, failureKind } = live;
  const failure: Failure = { ...live, state };
  return { batchId, ordinal, state, stateLabel: itemLabels[state], failureKind, ...failureWords(failure, address) };
}
