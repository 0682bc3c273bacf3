import { z } from '@hono/zod-openapi';
import { batchIdParam } from '../../contract/basics';
import { batchCorrectionsSchema } from '../../contract/correction';
import { failureRunQuery, failureRunSchema } from '../../contract/item';
import { correctionsOf } from '../../record/receivables/bulkCorrections';
import { failureRun } from '../../record/batches/failureRun';
import { requireBatch } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';

const params = z.object({ batchId: batchIdParam });

/** What a person goes through who corrects a batch: failure after failure, and what was corrected for many at once. */
export function falhasRoutes({ knex }: ApiDeps) {
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/comunicacoes/{batchId}/falhas/proxima',
        tags: ['Comunicações'],
        summary: 'O próximo título rejeitado que ainda não foi corrigido',
        request: { params, query: failureRunQuery },
        responses: { 200: json(failureRunSchema, 'Onde se está') },
      }),
      async (context) => {
        const { batchId } = context.req.valid('param');
        await requireBatch(knex, context.get('actor'), batchId);
        const { depois = 0, cause } = context.req.valid('query');
        return context.json(await failureRun(knex, batchId, { after: depois, cause }), 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/comunicacoes/{batchId}/correcoes',
        tags: ['Correções'],
        summary: 'As correções em massa da comunicação, da mais nova à mais antiga',
        request: { params },
        responses: { 200: json(batchCorrectionsSchema, 'As últimas 100') },
      }),
      async (context) => {
        const { batchId } = context.req.valid('param');
        await requireBatch(knex, context.get('actor'), batchId);
        return context.json({ items: await correctionsOf(knex, batchId) }, 200);
      },
    );
}
