import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  type ActivityFunctionWithOptions,
} from '@temporalio/workflow';
import type { BatchActivities, GatewayActivities, GuardActivities } from '../activities';
import type { Slice } from '../domain/batch/batch';
import { phaseLabels } from '../domain/batch/phases';

/*
 * Every activity is safe to run again, so none gives up: a database or a bank that is down delays a batch and never
 * fails it. What must not be repeated arrives as a non-retryable ApplicationFailure.
 */

/** Short statements on the record: a lost task is noticed within the 30 s of its only timeout. */
const database = proxyActivities<BatchActivities>({
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
});

/** Statements over every item of a batch: minutes for a million, so they heartbeat and a dead worker shows in 30 s. */
const wholeBatch = proxyActivities<BatchActivities>({
  startToCloseTimeout: '15 min',
  heartbeatTimeout: '30 s',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
});

/**
 * Calls at the bank. A second run is safe because each boleto's attempt is in the record before it leaves and the
 * lease fences the first run off. 60 s of budget + one call of at most 300 s end well within the timeout; after a
 * killed worker the heartbeat starts the slice again in 20 s.
 */
const gateway = proxyActivities<GatewayActivities>({
  startToCloseTimeout: '10 min',
  heartbeatTimeout: '20 s',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '1 min' },
});

/**
 * Of the guard: short, but one may wait for a batch to close thousands of items, so they heartbeat. It gives up never
 * either: the end of its hours is an answer of the record, and not of a timeout.
 */
const guarding = proxyActivities<GuardActivities>({
  startToCloseTimeout: '5 min',
  heartbeatTimeout: '30 s',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '1 min' },
});

/** What the timeline of the Temporal Web UI says of each. */
export const guard: GuardActivities = {
  planGuard: told(guarding.planGuard, 'Ver o que deve ser comunicado hoje'),
  startGuardBatch: told(guarding.startGuardBatch, 'Iniciar a comunicação'),
  lookAtGuardBatch: told(guarding.lookAtGuardBatch, 'Ver como está a comunicação'),
  concludeGuardBatch: told(guarding.concludeGuardBatch, ({ batchId }) => `Concluir ${batchId}`),
  finishGuardRun: told(guarding.finishGuardRun, 'Anotar o resultado'),
};

/** What the timeline of the Temporal Web UI says of each. */
export const record: BatchActivities = {
  openBatch: told(database.openBatch, 'Abrir a comunicação'),
  selectBoletos: told(wholeBatch.selectBoletos, 'Selecionar os títulos'),
  enterPhase: told(database.enterPhase, ({ phase }) => `Fase: ${phaseLabels[phase]}`),
  planSlices: told(database.planSlices, 'Ver o que falta enviar ou consultar'),
  analyseOutcomes: told(wholeBatch.analyseOutcomes, 'Analisar os resultados'),
  recommunicate: told(wholeBatch.recommunicate, ({ round }) => `Preparar a rodada ${round}`),
  discard: told(database.discard, 'Descartar títulos'),
  resolve: told(database.resolve, ({ receivableId, receivableIds }) =>
    receivableIds ? `Resolver ${receivableIds.length} cobranças` : `Resolver a cobrança ${receivableId}`,
  ),
  reexamine: told(wholeBatch.reexamine, 'Preparar nova consulta ao banco'),
  pause: told(database.pause, 'Pausar'),
  resume: told(database.resume, 'Retomar'),
  beginConclusion: told(wholeBatch.beginConclusion, 'Começar a conclusão'),
  abandonConclusion: told(database.abandonConclusion, 'Desistir da conclusão'),
  concludeBatch: told(wholeBatch.concludeBatch, 'Concluir e fazer o relatório'),
  raiseDueDateAlert: told(database.raiseDueDateAlert, 'Alertar sobre vencimentos'),
};

/** Each gateway has its own task queue: one bank that is down slows no other. */
export function sendSlice(
  gatewayName: string,
  input: { batchId: string; round: number } & Slice,
): ReturnType<GatewayActivities['communicateSlice']> {
  const summary =
    input.receivableId !== undefined ? `Cobrança ${input.receivableId}` : `Boletos ${input.from}–${input.to}`;
  return gateway.communicateSlice.executeWithOptions({ taskQueue: `gateway-${gatewayName}`, summary }, [input]);
}

/** A refusal speaks for itself: the operator reads its words, not "Activity task failed". */
function told<Input, Output>(
  activity: ActivityFunctionWithOptions<(input: Input) => Promise<Output>>,
  summary: string | ((input: Input) => string),
): (input: Input) => Promise<Output> {
  return async (input) => {
    const options = { summary: typeof summary === 'string' ? summary : summary(input) };
    try {
      return await activity.executeWithOptions(options, [input]);
    } catch (error) {
      throw error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
    }
  };
}
