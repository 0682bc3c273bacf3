import { z } from '@hono/zod-openapi';
import { idParam, receivableParam } from '../../contract/basics';
import { checkedSchema, checkRequestSchema, correctedSchema, correctionSchema } from '../../contract/correction';
import { explainDefect } from '../../words/explainDefect';
import { explainStillWrong } from '../../words/explainStillWrong';
import { addressSourceOf, checkCorrection, type CorrectionCheck } from '../../record/receivables/correctionCheck';
import { correctReceivable, undoCorrection, type CorrectionResult } from '../../record/receivables/corrections';
import { knownCodec } from '../../gateways';
import { bankWorkWords } from '../../domain/receivable/bankWork';
import type { Actor } from '../access/actor';
import { requireReceivable, unknownReceivable } from '../access/viewer';
import { CLOSED, invalidCorrection, stillWrongTold, tellBatches, WAITS } from '../corrections';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const params = z.object({ id: receivableParam });

/** Contas a Receber: one título, its customer, its charge data. */
export function correcaoRoutes(deps: ApiDeps) {
  const { knex } = deps;
  return router()
    .openapi(
      secured('operador', {
        method: 'patch',
        path: '/titulos/{id}',
        tags: ['Títulos'],
        summary: 'Corrige o título, seu cliente ou os dados da cobrança',
        description:
          'Tudo ou nada. As comunicações que esperam são avisadas. O que a prévia ainda recusa fica salvo, não conta como corrigido e vem em stillWrong. Do que o banco já tem registrado, fica por alterar ou baixar no banco o que ele sabe; nada é enviado.',
        request: { params, ...jsonBody(correctionSchema) },
        responses: { 200: json(correctedSchema, 'Corrigido') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { changes, reason = null, version: seen } = context.req.valid('json');
        const receivableId = await requireReceivable(knex, actor, context.req.valid('param').id);
        const result = await correctReceivable(
          knex,
          {
            ...{ receivableId, changes, by: actor.id, reason },
            ...(seen === undefined ? {} : { version: seen }),
          },
          knownCodec,
        );
        switch (result.kind) {
          case 'unknownReceivable':
            throw unknownReceivable(receivableId);
          case 'changedSince':
            throw new Problem(409, 'titulo_mudou', 'Alguém mudou este título enquanto você o corrigia.', {
              hint: 'Veja como está agora, e corrija o que ainda falta.',
            });
          case 'invalid':
            throw invalidCorrection(result.refusals);
          case 'closed':
            throw new Problem(409, CLOSED.code, CLOSED.title, { hint: 'O cliente ainda pode ser corrigido.' });
          case 'corrected':
            return context.json(await correctedTold(deps, actor, receivableId, result), 200);
        }
      },
    )
    .openapi(
      secured('consulta', {
        method: 'post',
        path: '/titulos/{id}/validacao',
        tags: ['Títulos'],
        summary: 'Confere uma correção sem fazê-la, também com a prévia do gateway',
        description: 'Sem campo nenhum confere o título como está.',
        request: { params, ...jsonBody(checkRequestSchema) },
        responses: { 200: json(checkedSchema, 'Nada foi alterado') },
      }),
      async (context) => {
        const id = await requireReceivable(knex, context.get('actor'), context.req.valid('param').id);
        const check = await checkCorrection(knex, knownCodec, id, context.req.valid('json').changes);
        if (!check) throw unknownReceivable(id);
        return context.json(told(check), 200);
      },
    );
}

const entryParams = z.object({ id: receivableParam, entrada: idParam });

/** Back to what was there, from the história. */
export function desfazerRoutes(deps: ApiDeps) {
  const { knex } = deps;
  return router().openapi(
    secured('operador', {
      method: 'post',
      path: '/titulos/{id}/correcoes/{entrada}/desfazer',
      tags: ['Títulos'],
      summary: 'Desfaz uma correção do título, se ninguém mudou os campos dela desde então',
      request: { params: entryParams },
      responses: { 200: json(correctedSchema, 'Desfeita') },
    }),
    async (context) => {
      const actor = context.get('actor');
      const { id: name, entrada: entryId } = context.req.valid('param');
      const receivableId = await requireReceivable(knex, actor, name);
      const result = await undoCorrection(knex, { receivableId, entryId, by: actor.id }, knownCodec);
      switch (result.kind) {
        case 'unknown':
          throw notFound(`A correção ${entryId}`);
        case 'changedSince':
          throw new Problem(409, 'correcao_mudada', 'Alguém mudou estes campos depois da correção.', {
            hint: 'Veja na história o que mudou, e corrija à mão o que for preciso.',
          });
        case 'closed':
          throw new Problem(409, CLOSED.code, CLOSED.title);
        case 'corrected':
          return context.json(await correctedTold(deps, actor, receivableId, result), 200);
      }
    },
  );
}

async function correctedTold(
  deps: ApiDeps,
  actor: Actor,
  receivableId: number,
  result: Extract<CorrectionResult, { kind: 'corrected' }>,
) {
  const { changed, version, alsoAffected, waits, bankWork } = result;
  return {
    ...{ receivableId, changed, version, alsoAffected, waits },
    waitsText: waits ? WAITS : null,
    bankWorkText: bankWork ? bankWorkWords(bankWork) : null,
    ...stillWrongTold(result.stillWrong, await addressSourceOf(deps.knex, receivableId)),
    ...(await tellBatches(deps, actor, result.batches)),
  };
}

function told({ refused, refusals, defects, asRefused, addressSource, touched }: CorrectionCheck) {
  const ofCorrection = refusals.map(({ field, message }) => ({
    ...{
      field,
      message,
      source: 'correcao' as const,
      code: null,
      whoFixes: null,
      advice: null,
      proposal: null,
      touched: true,
    },
  }));
  const ofPrevia = (defects ?? []).map(({ code, field, message, proposal = null }) => {
    const { erpField, whoFixes, advice } = explainDefect({ code, field }, addressSource);
    return {
      ...{ field: erpField, message, source: 'previa' as const, code, whoFixes, advice },
      proposal,
      touched: touched.includes(erpField),
    };
  });
  const ofBank = (asRefused ? [explainStillWrong(asRefused, addressSource)] : []).map(
    ({ field, cause, code, whoFixes, advice }) => ({
      ...{ field, message: cause, source: 'previa' as const, code, whoFixes, advice, proposal: null },
      touched: touched.includes(field),
    }),
  );
  const fields = [...ofCorrection, ...ofPrevia, ...ofBank];
  return {
    ok: refused === null && fields.length === 0,
    refused: refused === null ? null : CLOSED,
    previa: defects !== null,
    fields,
  };
}
