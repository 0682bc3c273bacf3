import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  NamespaceNotFoundError,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { BatchError } from './batchError';
import { TASK_QUEUE } from '../domain/batch/names';

/** A worker renews its poll at least this often, so an older poll belongs to a dead one. */
const POLL_RENEWED_WITHIN_MS = 70_000;
const LOOK_FOR_WORKERS_WITHIN_MS = 3_000;
const GRPC_FAILED_PRECONDITION = 9;
const GRPC_UNAVAILABLE = 14;
/** Cancelled, too late, or out of reach: what the driver says of these is about its connection. */
const silent: ReadonlySet<number> = new Set([1, 4, GRPC_UNAVAILABLE]);

/**
 * Turns what the Temporal client threw into a BatchError; asks for the workers when there was no answer.
 * @throws the error itself when it does not come from Temporal: a defect of ours
 */
export async function explainFailure(client: Client, batchId: string, error: unknown): Promise<BatchError> {
  if (error instanceof BatchError) return error;
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    return new BatchError(
      'comunicacao_ja_iniciada',
      `a comunicação ${batchId} já foi iniciada`,
      'acompanhe a que existe, ou inicie outra sem informar o número',
      { cause: error },
    );
  if (error instanceof NamespaceNotFoundError)
    return new BatchError(
      'namespace_inexistente',
      `o namespace ${error.namespace} não existe no Temporal`,
      'confira TEMPORAL_NAMESPACE, ou crie o namespace com: temporal operator namespace create',
      { cause: error },
    );
  if (error instanceof WorkflowNotFoundError)
    return isEnded(error)
      ? ended(batchId, error)
      : new BatchError(
          'comunicacao_desconhecida',
          `não há comunicação ${batchId} no Temporal`,
          'confira o número na lista de comunicações',
          { cause: error },
        );
  if (error instanceof WorkflowUpdateFailedError)
    return new BatchError('acao_recusada', ownWords(error.cause), `veja a situação da comunicação ${batchId}`, {
      cause: error,
    });
  if (error instanceof WorkflowFailedError)
    return new BatchError(
      'comunicacao_falhou',
      failureWords(error.cause),
      'corrija o que a mensagem diz e inicie outra',
      {
        cause: error,
      },
    );
  // The client calls any query so that failed, also one that the workflow could not be replayed for.
  if (error instanceof QueryNotRegisteredError)
    return /did not register a handler/.test(error.message)
      ? new BatchError('acao_recusada', 'o worker em execução não conhece este pedido', 'atualize o worker', {
          cause: error,
        })
      : cannotGoOn(batchId, error);
  if (isDeadline(error)) return await explainSilence(client, error);
  const grpc = grpcError(error);
  // A workflow that was terminated before it ran cannot even be queried.
  if (grpc?.code === GRPC_FAILED_PRECONDITION && /closed before/.test(grpc.details)) return ended(batchId, error);
  if (grpc?.code === GRPC_FAILED_PRECONDITION && /Workflow Task in failed state/i.test(grpc.details))
    return cannotGoOn(batchId, error);
  if (grpc || error instanceof ServiceError) return unreachable(error);
  throw error;
}

/** Nobody answered in time. We cancel nothing ourselves: a cancelled call is the server's own limit, 10 s for a query. */
export function isDeadline(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcDeadlineError(error) ||
    isGrpcCancelledError(error)
  );
}

/** Nothing reaches a workflow any more that ran to its end. */
export function isEnded(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError && error.message.includes('already completed');
}

async function explainSilence(client: Client, error: unknown): Promise<BatchError> {
  let working: boolean;
  try {
    working = await hasWorker(client);
  } catch {
    return unreachable(error);
  }
  return working
    ? new BatchError(
        'sem_resposta',
        'o worker não respondeu a tempo',
        'confira o worker e tente de novo; o que já foi aceito continua valendo',
        { cause: error },
      )
    : noWorker(error);
}

/** Its tasks fail and are tried again, until a worker comes whose code can do them. */
function cannotGoOn(batchId: string, cause: unknown): BatchError {
  return new BatchError(
    'worker_nao_continua',
    `o código do worker em execução não consegue continuar a comunicação ${batchId}`,
    'nada se perdeu: o que saiu está no registro, e ela segue de onde parou assim que o código puder. ' +
      'Veja a causa no registro do worker, ou no Temporal Web UI (Workflow Task Failed): uma versão nova que não ' +
      'repete a história deste workflow (volte à anterior ou corrija-a), ou um atributo de busca Boleto… que foi ' +
      'apagado do namespace (crie-o de novo, ou reinicie o worker, que os cria)',
    { cause },
  );
}

export function noWorker(cause?: unknown): BatchError {
  return new BatchError(
    'sem_worker',
    'nenhum worker em execução',
    'nada se perdeu: a comunicação está guardada e continua quando um worker iniciar (npm start)',
    { cause },
  );
}

/** Whether somebody polls the workflows' task queue. @throws a gRPC error when Temporal cannot be asked. */
export async function hasWorker(client: Client): Promise<boolean> {
  const answer = await client.withDeadline(Date.now() + LOOK_FOR_WORKERS_WITHIN_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: TASK_QUEUE },
      taskQueueType: 1, // TASK_QUEUE_TYPE_WORKFLOW
    }),
  );
  return answer.pollers.some(
    ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < POLL_RENEWED_WITHIN_MS,
  );
}

export function unreachable(error: unknown): BatchError {
  const grpc = grpcError(error);
  if (grpc && !silent.has(grpc.code))
    return new BatchError(
      'temporal_inacessivel',
      `o Temporal recusou o pedido: ${grpc.details}`,
      'confira TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE e as credenciais (TEMPORAL_TLS_*, TEMPORAL_API_KEY)',
      { cause: error },
    );
  return new BatchError(
    'temporal_inacessivel',
    'o Temporal não responde',
    'inicie tudo com npm start, ou confira TEMPORAL_ADDRESS',
    { cause: error },
  );
}

function grpcError(error: unknown) {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : null;
}

function ended(batchId: string, cause: unknown): BatchError {
  return new BatchError(
    'comunicacao_encerrada',
    `a comunicação ${batchId} já terminou`,
    'inicie outra comunicação para os títulos que faltam',
    { cause },
  );
}

/** The innermost message: an activity's refusal arrives wrapped in failures that only speak of Temporal. */
function ownWords(failure: unknown): string {
  if (failure instanceof ActivityFailure && failure.cause) return ownWords(failure.cause);
  if (failure instanceof ApplicationFailure && failure.type === 'AcceptedUpdateCompletedWorkflow')
    return 'a comunicação terminou antes de fazer o que foi pedido';
  return failure instanceof Error && failure.message ? failure.message : 'a ação foi recusada sem explicação';
}

function failureWords(failure: unknown): string {
  if (failure instanceof TerminatedFailure) return 'a comunicação foi interrompida no Temporal (terminate)';
  if (failure instanceof CancelledFailure) return 'a comunicação foi cancelada no Temporal';
  return ownWords(failure);
}
