import { createHash } from 'node:crypto';
import { dryRunSchema, startedSchema, startHeaders, startSchema } from '../../contract/start';
import { filtersFor } from '../filtersFor';
import { BatchError } from '../../client/batchError';
import { hasWorker } from '../../client/explainFailure';
import { startRecorded } from '../../client/startBatch';
import { recordBatch, type NewBatch } from '../../record/batches/batches';
import type { RefusalCode } from '../../domain/batch/refusals';
import type { Actor } from '../access/actor';
import { requireCarteira } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { createPlaces } from '../places';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';
import { simulate } from '../simulate';

const NO_WORKER = 'Nenhum worker está em execução: a comunicação está guardada e começa sozinha quando um iniciar.';
const AWAY = 'O Temporal não responde: a comunicação está guardada e começa sozinha minutos depois que ele voltar.';

/** Starting a communication, and seeing beforehand what it would find. */
export function inicioRoutes(deps: ApiDeps) {
  const { knex, temporal } = deps;
  const simulations = createPlaces({
    ...{ mostOfOne: 2, most: 4 },
    refusal: {
      ...{ code: 'simulacoes_demais', title: 'Há prévias demais sendo calculadas.' },
      ...{ hint: 'Espere uma delas terminar e repita.', retryAfterSeconds: 2 },
    },
  });
  return router()
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/comunicacoes',
        tags: ['Comunicações'],
        summary: 'Comunicação com Gateway: seleciona os nunca comunicados e os registra',
        description:
          'Repetida com a mesma Idempotency-Key, responde 200 com a mesma comunicação. Fica guardada também quando nenhum worker está em execução ou o Temporal não responde.',
        request: { headers: startHeaders, ...jsonBody(startSchema) },
        responses: {
          201: json(startedSchema, 'Iniciada'),
          200: json(startedSchema, 'Já tinha sido iniciada com esta chave'),
        },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { carteiraId, filters } = context.req.valid('json');
        await requireCarteira(knex, actor, carteiraId);
        const batch = {
          batchId: batchIdOf(actor, context.req.valid('header')['idempotency-key']),
          ...{ carteiraId, filters: filtersFor(actor, filters), by: actor.id },
        };
        const refusal = await recordBatch(knex, batch);
        if (refusal) throw refused(refusal.refused, refusal.message, carteiraId);
        const started = await startOnce(deps, batch);
        if (!started) return context.json({ batchId: batch.batchId, warning: null }, 200);
        const works = started.away || (await hasWorker(temporal).catch(() => true));
        return context.json({ batchId: batch.batchId, warning: works ? started.warning : NO_WORKER }, 201);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'post',
        path: '/comunicacoes/simulacao',
        tags: ['Comunicações'],
        summary: 'Só confere: o que está pronto, o que falta corrigir, o que ficaria de fora',
        request: jsonBody(startSchema),
        responses: { 200: json(dryRunSchema, 'Nada foi enviado nem alterado') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { carteiraId, filters } = context.req.valid('json');
        await requireCarteira(knex, actor, carteiraId);
        const leave = simulations.take(actor.id);
        try {
          return context.json(await simulate(deps, actor, carteiraId, filtersFor(actor, filters)), 200);
        } finally {
          leave();
        }
      },
    );
}

/** The same for the same person and key, however often and wherever it arrives. */
function batchIdOf(actor: Actor, key: string): string {
  return `c-${createHash('sha256').update(`${actor.id} ${key}`).digest('hex').slice(0, 16)}`;
}

function refused(code: RefusalCode, message: string, carteiraId: number): Problem {
  switch (code) {
    case 'comunicacaoDiferente':
      return new Problem(409, 'chave_repetida', 'Esta Idempotency-Key já iniciou uma comunicação com outros dados.', {
        hint: 'Use outra chave para outra comunicação.',
      });
    case 'carteiraDesconhecida':
      return notFound(`A carteira ${carteiraId}`);
    case 'carteiraSemConta':
      return new Problem(422, 'carteira_sem_conta', `A carteira ${carteiraId} não tem conta de gateway.`, {
        hint: 'Um administrador a define em Carteiras.',
      });
    default:
      return new Problem(409, 'comunicacao_recusada', message);
  }
}

/** @returns null when its workflow runs, or ran, already. */
async function startOnce(
  { temporal }: ApiDeps,
  batch: NewBatch,
): Promise<{ warning: string | null; away: boolean } | null> {
  try {
    return { warning: (await startRecorded(temporal, batch)).warning, away: false };
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    if (error.code === 'comunicacao_ja_iniciada') return null;
    // It is in the record: the sweep starts what has no workflow.
    if (error.code === 'temporal_inacessivel' || error.code === 'sem_resposta') return { warning: AWAY, away: true };
    throw error;
  }
}
