import { z } from '@hono/zod-openapi';
import { explainDefect } from '../../client/explainDefect';
import { checkCorrection, type CorrectionCheck } from '../../db/correctionCheck';
import { correctReceivable } from '../../db/corrections';
import { knownCodec } from '../../gateways/codecs';
import { requireReceivable, unknownReceivable } from '../access/viewer';
import { CLOSED, invalidCorrection, REGISTERED, tellBatches, WAITS } from '../corrections';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';
import { receivableParam } from '../schemas/basics';
import { changesSchema, checkedSchema, correctedSchema, correctionSchema } from '../schemas/correction';

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
        description: 'Tudo ou nada. As comunicações que esperam são avisadas.',
        request: { params, ...jsonBody(correctionSchema) },
        responses: { 200: json(correctedSchema, 'Corrigido') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { changes, reason = null, version: seen } = context.req.valid('json');
        const receivableId = await requireReceivable(knex, actor, context.req.valid('param').id);
        const result = await correctReceivable(knex, {
          ...{ receivableId, changes, by: actor.id, reason },
          ...(seen === undefined ? {} : { version: seen }),
        });
        switch (result.kind) {
          case 'unknownReceivable':
            throw unknownReceivable(receivableId);
          case 'changedSince':
            throw new Problem(409, 'titulo_mudou', 'Alguém mudou este título enquanto você o corrigia.', {
              hint: 'Veja como está agora, e corrija o que ainda falta.',
            });
          case 'invalid':
            throw invalidCorrection(result.refusals);
          case 'registered':
            throw new Problem(409, REGISTERED.code, REGISTERED.title);
          case 'closed':
            throw new Problem(409, CLOSED.code, CLOSED.title, { hint: 'O cliente ainda pode ser corrigido.' });
          case 'corrected': {
            const { changed, version, alsoAffected, waits } = result;
            const told = await tellBatches(deps, actor, result.batches);
            const waitsText = waits ? WAITS : null;
            return context.json({ receivableId, changed, version, alsoAffected, waits, waitsText, ...told }, 200);
          }
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
        request: { params, ...jsonBody(z.strictObject({ changes: changesSchema })) },
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

function told({ refused, refusals, defects, addressSource, touched }: CorrectionCheck) {
  const ofCorrection = refusals.map(({ field, message }) => ({
    ...{ field, message, source: 'correcao' as const, code: null, whoFixes: null, advice: null, touched: true },
  }));
  const ofPrevia = (defects ?? []).map(({ code, field, message }) => {
    const { erpField, whoFixes, advice } = explainDefect({ code, field }, addressSource);
    return {
      ...{ field: erpField, message, source: 'previa' as const, code, whoFixes, advice },
      touched: touched.includes(erpField),
    };
  });
  const fields = [...ofCorrection, ...ofPrevia];
  return {
    ok: refused === null && fields.length === 0,
    refused: refused === null ? null : refused === 'registered' ? REGISTERED : CLOSED,
    previa: defects !== null,
    fields,
  };
}
