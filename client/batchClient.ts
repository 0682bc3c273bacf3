import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, type Client, type WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import {
  MAX_ACTION_IDS,
  type ActionResult,
  type BatchInput,
  type BatchProgress,
  type BatchReport,
  type DiscardAction,
  type RecommunicateAction,
  type ReexamineAction,
  type ResolveAction,
  type SimpleAction,
} from '../domain/batch';
import { saoPauloDate } from '../domain/dates';
import { contradictions, type BatchFilters } from '../domain/filters';
import { BatchError } from './batchError';
import { describeFilters } from './describeFilters';
import { explainFailure, isDeadline } from './explainFailure';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowId } from './names';

/** Without an answer for this long, we say so instead of waiting on. */
const ANSWER_WITHIN_MS = 10_000;
/** An accepted action works on the record; a batch of a million needs some time. */
const FINISH_WITHIN_MS = 60_000;
const BATCH_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LOGIN = /^[A-Za-z0-9._@-]{1,64}$/;
const GRPC_INVALID_ARGUMENT = 3;

export interface StartRequest {
  /** Letters, digits, `.`, `_`, `-`, at most 64; made when absent. Give your own to press the button twice safely. */
  batchId?: string;
  carteiraId: number;
  filters: BatchFilters;
  /** Opaque login id of the person, never a name. */
  by: string;
}

/** `actionId` makes a repeated action answer the same; made when absent. */
type Asked<Action extends { actionId: string }> = Omit<Action, 'actionId'> & { actionId?: string };

/** One batch, running or ended. Every function throws BatchError, and none waits without an end. */
export interface BatchHandle {
  readonly batchId: string;
  progress(): Promise<BatchProgress>;
  /** Progress whenever it changed, until the batch waits for people or ends. */
  follow(options?: { everyMs?: number }): AsyncIterable<BatchProgress>;
  /** Tells that a título was corrected: a wake-up, kept by Temporal also while no worker runs. */
  corrected(receivableId: number): Promise<void>;
  recommunicate(action: Asked<RecommunicateAction>): Promise<ActionResult>;
  /** Any number of títulos: more than 500 go in several updates. */
  discard(action: Asked<DiscardAction>): Promise<ActionResult>;
  resolve(action: Asked<ResolveAction>): Promise<ActionResult>;
  /** Any number of títulos; all uncertain ones when absent. */
  reexamine(action: Asked<ReexamineAction>): Promise<ActionResult>;
  pause(action: Asked<SimpleAction>): Promise<ActionResult>;
  resume(action: Asked<SimpleAction>): Promise<ActionResult>;
  conclude(action: Asked<SimpleAction>): Promise<ActionResult>;
  /** The report of a batch that ended. @throws BatchError `em_andamento` when it did not end within `withinMs` (60 s). */
  result(options?: { withinMs?: number }): Promise<BatchReport>;
}

export interface StartedBatch extends BatchHandle {
  /** Set when the namespace has no room for our search attributes: the batch runs, lists cannot filter by them. */
  readonly warning: string | null;
}

/**
 * Starts a batch; returns when Temporal has stored it, whether or not a worker runs.
 * @throws BatchError `comunicacao_ja_iniciada`, `entrada_invalida`, `temporal_inacessivel`, `namespace_inexistente`
 */
export async function startBatch(client: Client, request: StartRequest): Promise<StartedBatch> {
  const batchId = request.batchId ?? newBatchId();
  refuseInvalid({ ...request, batchId });
  const { carteiraId, filters, by } = request;
  const input: BatchInput = { batchId, carteiraId, filters, by };
  const start = (typedSearchAttributes: SearchAttributePair[]) =>
    client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      client.workflow.start(WORKFLOW_TYPE, {
        workflowId: workflowId(batchId),
        taskQueue: TASK_QUEUE,
        args: [input],
        // An ended batch is history: the same id never runs twice.
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `Comunicação de boletos · carteira ${carteiraId}`,
        staticDetails: staticDetails(input),
        typedSearchAttributes,
      }),
    );
  let warning: string | null = null;
  try {
    await start(searchAttributes(input)).catch(async (error: unknown) => {
      if (!lacksSearchAttributes(error)) throw error;
      warning =
        'o namespace não tem os search attributes Boleto…: a comunicação roda, mas não pode ser filtrada por eles';
      await start([]);
    });
  } catch (error) {
    throw await explainFailure(client, batchId, error);
  }
  return { ...getBatch(client, batchId), warning };
}

/** The batch of this id, without asking whether it exists. */
export function getBatch(client: Client, batchId: string): BatchHandle {
  const handle = client.workflow.getHandle(workflowId(batchId));

  async function within<T>(ms: number, call: () => Promise<T>): Promise<T> {
    try {
      return await client.withDeadline(Date.now() + ms, call);
    } catch (error) {
      throw await explainFailure(client, batchId, error);
    }
  }

  const progress = () => within(ANSWER_WITHIN_MS, () => handle.query<BatchProgress>('progress'));
  const act = (name: string, action: { actionId?: string }) =>
    update(client, handle, batchId, name, withActionId(action));
  const actOnMany = (name: string, action: Asked<DiscardAction | ReexamineAction>) =>
    inParts(withActionId(action), (part) => update(client, handle, batchId, name, part));

  async function result({ withinMs = FINISH_WITHIN_MS } = {}): Promise<BatchReport> {
    try {
      return await within(withinMs, () => handle.result() as Promise<BatchReport>);
    } catch (error) {
      if (error instanceof BatchError && error.code === 'sem_resposta') throw stillRunning(batchId, error);
      throw error;
    }
  }

  async function* follow({ everyMs = 1_000 } = {}): AsyncGenerator<BatchProgress> {
    for (let shown = ''; ; await sleep(everyMs)) {
      const current = await progress();
      const text = JSON.stringify(current);
      if (text !== shown) yield current;
      shown = text;
      if (rests(current)) return;
      // A batch that failed or was terminated answers its last progress for ever.
      const { status } = await within(ANSWER_WITHIN_MS, () => handle.describe());
      if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') continue;
      await result();
      yield await progress();
      return;
    }
  }

  return {
    batchId,
    progress,
    follow,
    corrected: (receivableId) =>
      within(ANSWER_WITHIN_MS, () =>
        handle.signal<[{ receivableId: number }]>('receivableCorrected', { receivableId }),
      ),
    recommunicate: (action) => act('recommunicate', action),
    discard: (action) => actOnMany('discard', action),
    resolve: (action) => act('resolve', action),
    reexamine: (action) => (action.receivableIds ? actOnMany('reexamine', action) : act('reexamine', action)),
    pause: (action) => act('pause', action),
    resume: (action) => act('resume', action),
    conclude: (action) => act('conclude', action),
    result,
  };
}

/** Nothing more happens by itself: a person is asked, or it is over. */
function rests({ phase, concluding }: BatchProgress): boolean {
  return phase === 'concluded' || phase === 'paused' || (phase === 'awaitingAdjustments' && !concluding);
}

/** First acceptance, which needs no more than a live worker; then the outcome, which may take longer. */
async function update(
  client: Client,
  handle: WorkflowHandle,
  batchId: string,
  name: string,
  action: { actionId: string },
): Promise<ActionResult> {
  try {
    const accepted = await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      handle.startUpdate<ActionResult, [typeof action]>(name, {
        args: [action],
        updateId: action.actionId,
        waitForStage: 'ACCEPTED',
      }),
    );
    return await client
      .withDeadline(Date.now() + FINISH_WITHIN_MS, () => accepted.result())
      .catch((error: unknown) => {
        throw isDeadline(error) ? stillRunning(batchId, error) : error;
      });
  } catch (error) {
    throw await explainFailure(client, batchId, error);
  }
}

async function inParts<Action extends { actionId: string; receivableIds?: number[] }>(
  action: Action,
  send: (part: Action) => Promise<ActionResult>,
): Promise<ActionResult> {
  const ids = action.receivableIds ?? [];
  if (ids.length <= MAX_ACTION_IDS) return send(action);
  const whole: ActionResult = { changed: 0, refused: [] };
  for (let from = 0; from < ids.length; from += MAX_ACTION_IDS) {
    const part = {
      ...action,
      actionId: `${action.actionId}.${from}`,
      receivableIds: ids.slice(from, from + MAX_ACTION_IDS),
    };
    try {
      const { changed, refused } = await send(part);
      whole.changed += changed;
      whole.refused.push(...refused);
    } catch (error) {
      if (!(error instanceof BatchError) || from === 0) throw error;
      throw new BatchError(
        error.code,
        `${error.message} (os primeiros ${from} títulos já foram tratados)`,
        error.hint,
        {
          cause: error,
        },
      );
    }
  }
  return whole;
}

function withActionId<Action extends { actionId?: string }>(action: Action): Action & { actionId: string } {
  return { ...action, actionId: action.actionId ?? randomUUID() };
}

function stillRunning(batchId: string, cause: unknown): BatchError {
  return new BatchError(
    'em_andamento',
    `a comunicação ${batchId} ainda está em andamento`,
    'o que foi pedido continua valendo; acompanhe com: boletos acompanhar ' + batchId,
    { cause },
  );
}

/** Short enough to be read out on the telephone: day in São Paulo and 8 random characters. */
function newBatchId(): string {
  return `${saoPauloDate(new Date()).replaceAll('-', '')}-${randomBytes(4).toString('hex')}`;
}

function refuseInvalid({ batchId, by, filters }: StartRequest & { batchId: string }): void {
  const refuse = (message: string, hint: string) => {
    throw new BatchError('entrada_invalida', message, hint);
  };
  if (!BATCH_ID.test(batchId))
    refuse('o número da comunicação tem caracteres não aceitos', 'use até 64 letras, dígitos, ponto, _ e -');
  if (!LOGIN.test(by)) refuse('o login tem caracteres não aceitos', 'use até 64 letras, dígitos, ponto, _, @ e -');
  const [contradiction] = contradictions(filters);
  if (contradiction)
    refuse(`os filtros se contradizem: ${contradiction}`, 'corrija os filtros: nenhum título atende aos dois');
}

function searchAttributes({ carteiraId, by }: BatchInput): SearchAttributePair[] {
  const keyword = (name: string, value: string) => ({
    key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
    value,
  });
  return [
    keyword('BoletoCarteira', String(carteiraId)),
    keyword('BoletoOperator', by),
    keyword('BoletoPhase', 'selecting'),
  ];
}

function lacksSearchAttributes(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return isGrpcServiceError(cause) && cause.code === GRPC_INVALID_ARGUMENT && /search attribute/i.test(cause.details);
}

/** Markdown for the Temporal Web UI. */
function staticDetails({ batchId, carteiraId, filters, by }: BatchInput): string {
  return [
    `**Comunicação ${batchId}**, pedida por ${by}`,
    '',
    `- Carteira de cobrança: ${carteiraId}`,
    ...describeFilters(filters).map((phrase) => `- ${phrase}`),
  ].join('\n');
}
