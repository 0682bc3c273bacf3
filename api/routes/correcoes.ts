import { z } from '@hono/zod-openapi';
import { idParam } from '../../contract/basics';
import { bulkPreviewSchema, bulkRequestSchema, bulkResultSchema, undoneSchema } from '../../contract/correction';
import {
  batchOfCorrection,
  correctMany,
  MAX_CORRECTED,
  previewCorrections,
  undoCorrections,
  type BulkProblem,
  type BulkRequest,
} from '../../record/receivables/bulkCorrections';
import { knownCodec } from '../../gateways';
import { seesBatch } from '../../record/access/visibility';
import { requireBatch, viewerOf } from '../access/viewer';
import { invalidCorrection, labelledRefusals, tellBatches } from '../corrections';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

/** One value for many títulos of a batch: seen first, and undone where nobody touched them since. */
export function correcoesRoutes(deps: ApiDeps) {
  const { knex } = deps;
  return router()
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/correcoes/previa',
        tags: ['Correções'],
        summary: 'O que uma correção em massa mudaria',
        request: jsonBody(bulkRequestSchema),
        responses: { 200: json(bulkPreviewSchema, 'Nada foi alterado') },
      }),
      async (context) => {
        const given = context.req.valid('json');
        await requireBatch(knex, context.get('actor'), given.batchId);
        const preview = await previewCorrections(knex, requestOf(given), knownCodec);
        if ('kind' in preview) throw refused(preview);
        return context.json({ ...preview, refused: labelledRefusals(preview.refused) }, 200);
      },
    )
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/correcoes',
        tags: ['Correções'],
        summary: 'Corrige em massa, até 5.000 títulos',
        request: jsonBody(bulkRequestSchema),
        responses: { 200: json(bulkResultSchema, 'Corrigidos; pode ser desfeita') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const given = context.req.valid('json');
        await requireBatch(knex, actor, given.batchId);
        const result = await correctMany(
          knex,
          { ...requestOf(given), by: actor.id, reason: given.reason ?? null },
          knownCodec,
        );
        if ('kind' in result) throw refused(result);
        const told = await tellBatches(deps, actor, result.batches);
        return context.json({ ...result, refused: labelledRefusals(result.refused), ...told }, 200);
      },
    )
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/correcoes/{id}/desfazer',
        tags: ['Correções'],
        summary: 'Volta os valores de antes, onde ninguém mudou desde então',
        request: { params: z.object({ id: idParam }) },
        responses: { 200: json(undoneSchema, 'Desfeita') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const correctionId = context.req.valid('param').id;
        const batchId = await batchOfCorrection(knex, correctionId);
        if (batchId === null || !(await seesBatch(knex, batchId, viewerOf(actor))))
          throw notFound(`A correção ${correctionId}`);
        const result = await undoCorrections(knex, { correctionId, by: actor.id }, knownCodec);
        if (!result) throw new Problem(409, 'correcao_desfeita', `A correção ${correctionId} já foi desfeita.`);
        return context.json({ ...result, ...(await tellBatches(deps, actor, result.batches)) }, 200);
      },
    );
}

function requestOf(given: z.infer<typeof bulkRequestSchema>): BulkRequest {
  const { batchId } = given;
  const changes = 'changes' in given ? given.changes : 'proposals';
  return { batchId, changes, of: 'cause' in given ? { cause: given.cause } : { receivableIds: given.receivableIds } };
}

function refused(problem: BulkProblem): Problem {
  if (problem.kind === 'invalid') return invalidCorrection(problem.refusals);
  return new Problem(422, 'titulos_demais', `A causa tem mais de ${MAX_CORRECTED} títulos.`, {
    hint: 'Corrija-os no ERP e importe, ou escolha parte deles.',
  });
}
