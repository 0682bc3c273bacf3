import { randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { actionBodies, actionResultSchema } from '../../contract/actions';
import { batchIdParam } from '../../contract/basics';
import { getBatch, type BatchHandle } from '../../client/batchClient';
import { BatchError } from '../../client/batchError';
import { REASON_CODE } from '../../domain/batch/names';
import { recordRequest } from '../../record/engine/actionRequests';
import { recordReason, type Reason } from '../../record/batches/reasons';
import { actionParts, type ActionResult } from '../../domain/batch/batch';
import { itemRefusalLabels } from '../../domain/batch/refusals';
import { requireBatch } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

interface Given {
  actionId?: string | undefined;
  reasonCode?: string | undefined;
  reason?: string | undefined;
}
/** What the workflow is told: never a person's own words. */
interface Told {
  by: string;
  actionId: string;
  reasonCode?: string;
}

interface ValidRequest<Body> {
  valid(part: 'param'): { batchId: string };
  valid(part: 'json'): Body;
}

/**
 * What people do about a batch. Each is done once, however often its actionId comes. Who asks is in the record before
 * Temporal hears of it: a message names whom it likes.
 */
export function acoesRoutes({ knex, temporal }: ApiDeps) {
  const app = router();

  /** @param needsReason where it matters: it takes a reason, in words or as a code */
  function add<Body extends z.ZodType<Given>>(
    path: string,
    words: { summary: string; action: string; needsReason?: boolean },
    body: Body,
    act: (batch: BatchHandle, told: Told, given: z.infer<Body>) => Promise<ActionResult>,
  ): void {
    const route = secured('operador', {
      method: 'post',
      path: `/comunicacoes/{batchId}/acoes/${path}`,
      tags: ['Ações'],
      summary: words.summary,
      request: { params: z.object({ batchId: batchIdParam }), ...jsonBody(body) },
      responses: { 200: json(actionResultSchema, 'O que mudou, e o que ficou como estava') },
    });
    app.openapi(route, async (context) => {
      const { id: by, ...actor } = context.get('actor');
      // The types of a route whose body is a type parameter are more than the compiler follows.
      const request = context.req as unknown as ValidRequest<z.infer<Body>>;
      const { batchId } = request.valid('param');
      const given = request.valid('json');
      await requireBatch(knex, { id: by, ...actor }, batchId);
      const { actionId = randomUUID(), reason, reasonCode = reason === undefined ? undefined : REASON_CODE } = given;
      if (words.needsReason && reasonCode === undefined) throw withoutReason();
      const { receivableIds = [] } = named(given);
      const actionIds = actionParts(actionId, receivableIds).map((part) => part.actionId);
      const refused = await recordRequest(knex, { batchId, actionIds, kind: words.action, by });
      if (refused) throw new BatchError('acao_recusada', refused.message, 'use outro actionId');
      if (reason !== undefined)
        await recordReason(knex, { by, batchId, actionId, action: words.action, words: reason, ...named(given) });
      const told = { by, actionId, ...(reasonCode === undefined ? {} : { reasonCode }) };
      return context.json(labelled(await act(getBatch(temporal, batchId), told, given)), 200);
    });
  }

  add(
    'refazer',
    { summary: 'Comunica de novo o que falhou', action: 'recommunicate' },
    actionBodies.refazer,
    (batch, told, given) =>
      batch.recommunicate(
        given.scope === 'selected'
          ? { ...told, scope: 'selected', receivableIds: given.receivableIds }
          : { ...told, scope: given.scope },
      ),
  );
  add(
    'descartar',
    { summary: 'Tira títulos da comunicação; continuam com Impresso = Não', action: 'discard', needsReason: true },
    actionBodies.descartar,
    (batch, told, { receivableIds }) =>
      batch.discard({ ...told, reasonCode: told.reasonCode ?? REASON_CODE, receivableIds }),
  );
  add(
    'resolver',
    {
      summary: 'Decide um resultado incerto ou uma divergência, depois de conferir no banco',
      action: 'resolve',
      needsReason: true,
    },
    actionBodies.resolver,
    (batch, told, { decision, ...given }) =>
      batch.resolve({
        ...{ ...told, reasonCode: told.reasonCode ?? REASON_CODE, decision },
        ...('receivableIds' in given ? { receivableIds: given.receivableIds } : { receivableId: given.receivableId }),
      }),
  );
  add(
    'reexaminar',
    { summary: 'Consulta o banco de novo sobre os incertos', action: 'reexamine' },
    actionBodies.reexaminar,
    (batch, { by, actionId }, { receivableIds }) =>
      batch.reexamine({ by, actionId, ...(receivableIds === undefined ? {} : { receivableIds }) }),
  );
  add('pausar', { summary: 'Nada mais é enviado até retomar', action: 'pause' }, actionBodies.pausar, (batch, told) =>
    batch.pause(told),
  );
  add('retomar', { summary: 'Continua de onde parou', action: 'resume' }, actionBodies.retomar, (batch, told) =>
    batch.resume(told),
  );
  add(
    'concluir',
    { summary: 'Encerra; os incertos são procurados no banco antes', action: 'conclude' },
    actionBodies.concluir,
    (batch, told) => batch.conclude(told),
  );
  return app;
}

function named(given: object): Pick<Reason, 'receivableIds'> {
  const { receivableIds, receivableId } = given as { receivableIds?: number[]; receivableId?: number };
  if (receivableIds) return { receivableIds };
  return receivableId === undefined ? {} : { receivableIds: [receivableId] };
}

function withoutReason(): Problem {
  return new Problem(422, 'motivo_ausente', 'Esta ação precisa de um motivo.', {
    hint: 'Diga em reason como se sabe, ou dê um código em reasonCode.',
    fields: [{ field: 'reason', message: 'é obrigatório' }],
  });
}

function labelled({ refused, ...result }: ActionResult & { unresolved?: number }) {
  const labels: Record<string, string> = itemRefusalLabels;
  return { ...result, refused: refused.map((each) => ({ ...each, label: labels[each.reason] ?? each.reason })) };
}
