import { z } from '@hono/zod-openapi';
import { batchIdParam } from '../../contract/basics';
import { batchesQuery, batchPageSchema, batchViewSchema, USUAL_PAGE } from '../../contract/batch';
import { describeFilters } from '../../words/describeFilters';
import { nextStep, pauseText } from '../../words/nextStep';
import { listBatches, readBatch, type BatchSummary } from '../../record/batches/batches';
import { leftOutByReason } from '../../record/batches/items';
import { readAllowance } from '../../record/engine/limits';
import { readProgress } from '../../record/batches/progress';
import { unregisteredOf } from '../../record/engine/unregistered';
import { visibleBatchIds } from '../../record/access/visibility';
import { leftOutLabels } from '../../domain/batch/filters';
import { workflowId } from '../../domain/batch/names';
import { phaseLabels } from '../../domain/batch/phases';
import { onScreen } from '../../domain/placeWords';
import { itemLabels } from '../../domain/boleto/states';
import type { Actor } from '../access/actor';
import { requireBatch, unknownBatch, viewerOf } from '../access/viewer';
import { readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';

const place = z.tuple([z.iso.datetime(), z.string()]);

export function comunicacoesRoutes(deps: ApiDeps) {
  const { knex } = deps;
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/comunicacoes',
        tags: ['Comunicações'],
        summary: 'As comunicações, da mais nova à mais antiga',
        request: { query: batchesQuery },
        responses: { 200: json(batchPageSchema, 'Uma página') },
      }),
      async (context) => {
        const { cursor, limit = USUAL_PAGE, ...search } = context.req.valid('query');
        const after = readCursor(place, cursor);
        const batches = await listBatches(knex, {
          ...search,
          limit: limit + 1,
          viewer: viewerOf(context.get('actor')),
          before: after && { createdAt: new Date(after[0]), batchId: after[1] },
        });
        const items = batches.slice(0, limit).map(labelled);
        const last = batches.length > limit ? items.at(-1) : undefined;
        return context.json(
          { items, next: last ? writeCursor([last.createdAt.toISOString(), last.batchId]) : null },
          200,
        );
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/comunicacoes/{batchId}',
        tags: ['Comunicações'],
        summary: 'Uma comunicação: fase, quantidades, o que se pode fazer',
        request: { params: z.object({ batchId: batchIdParam }) },
        responses: { 200: json(batchViewSchema, 'Como está agora') },
      }),
      async (context) => {
        const { batchId } = context.req.valid('param');
        await requireBatch(knex, context.get('actor'), batchId);
        return context.json(await viewOf(deps, context.get('actor'), batchId), 200);
      },
    );
}

function labelled<Batch extends BatchSummary>(batch: Batch) {
  return {
    ...batch,
    phaseLabel: batch.concluding && batch.phase !== 'concluded' ? 'Concluindo' : phaseLabels[batch.phase],
  };
}

async function viewOf({ knex, temporal, temporalUi }: ApiDeps, actor: Actor, batchId: string) {
  const [batch, progress, leftOut] = await Promise.all([
    readBatch(knex, batchId),
    readProgress(knex, batchId),
    leftOutGroups(knex, actor, batchId),
  ]);
  if (!batch) throw unknownBatch(batchId);
  const { phase, concluding, pauseReason, paused, counts } = batch;
  return {
    ...labelled(batch),
    alerts: batch.alerts.map((alert) => ({ ...alert, message: onScreen(alert.message) })),
    filtersText: describeFilters(batch.filters),
    stateLabels: itemLabels,
    leftOutByReason: leftOut,
    pauseText: paused ? pauseText(pauseReason) : null,
    nextStep: nextStep({ phase, concluding, pauseReason, ...counts }),
    allowance: await readAllowance(knex, batch.carteiraId),
    ratePerMinute: progress?.ratePerMinute ?? 0,
    estimatedEndAt: progress?.estimatedEndAt ?? null,
    idleSince: progress?.idleSince ?? null,
    unregistered: await unregisteredOf(knex, batchId),
    temporalUrl: temporalUi
      ? `${temporalUi}/namespaces/${temporal.options.namespace}/workflows/${encodeURIComponent(workflowId(batchId))}`
      : null,
  };
}

/** The other batches by their numbers only where the actor sees them. */
async function leftOutGroups(knex: ApiDeps['knex'], actor: Actor, batchId: string) {
  const groups = await leftOutByReason(knex, batchId);
  const seen = await visibleBatchIds(
    knex,
    groups.flatMap(({ otherBatchIds }) => otherBatchIds),
    viewerOf(actor),
  );
  return groups.map((group) => ({
    ...group,
    label: leftOutLabels[group.reason],
    otherBatchIds: group.otherBatchIds.filter((id) => seen.has(id)),
  }));
}
