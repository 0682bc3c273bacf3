import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import {
  actionParts,
  MAX_ACTION_IDS,
  type ActionResult,
  type BatchProgress,
  type BatchReport,
  type ConclusionBegun,
  type DiscardAction,
  type RecommunicateAction,
  type ReexamineAction,
  type ResolveAction,
  type SimpleAction,
} from '../domain/batch/batch';
import type { BatchPhase } from '../domain/batch/phases';
import { BatchError } from './batchError';
import { explainFailure, isDeadline, isEnded } from './explainFailure';
import { workflowId } from '../domain/batch/names';

/** Without an answer for this long, we say so instead of waiting on. */
const ANSWER_WITHIN_MS = 10_000;
/** An accepted action works on the record; a batch of a million needs some time. */
const FINISH_WITHIN_MS = 60_000;
/** Selecting and analysing last seconds, and the workflow takes no action meanwhile. */
const SETTLE_WITHIN_MS = 30_000;
const passing: readonly BatchPhase[] = ['selecting', 'analysing'];

/** `actionId` makes a repeated action answer the same; made when absent. */
type Asked<Action extends { actionId: string }> = Omit<Action, 'actionId'> & { actionId?: string };

/** One batch, running or ended. Every function throws BatchError, and none waits without an end. */
export interface BatchHandle {
  readonly batchId: string;
  /** Whether it still runs. Needs no worker. @throws BatchError `comunicacao_desconhecida` */
  running(): Promise<boolean>;
  progress(): Promise<BatchProgress>;
  /** Progress whenever it changed, until the batch waits for people or ends. */
  follow(options?: { everyMs?: number }): AsyncIterable<BatchProgress>;
  /** Tells that a título was corrected: a wake-up, kept by Temporal also while no worker runs. */
  corrected(receivableId: number): Promise<void>;
  /** At most 500 chosen títulos; more goes by scope. */
  recommunicate(action: Asked<RecommunicateAction>): Promise<ActionResult>;
  /** Any number of títulos: more than 500 go in several updates. */
  discard(action: Asked<DiscardAction>): Promise<ActionResult>;
  /** One título, or any number with the same decision. */
  resolve(action: Asked<ResolveAction>): Promise<ActionResult>;
  /** At most 500 títulos; all uncertain ones when absent. */
  reexamine(action: Asked<ReexamineAction>): Promise<ActionResult>;
  pause(action: Asked<SimpleAction>): Promise<ActionResult>;
  resume(action: Asked<SimpleAction>): Promise<ActionResult>;
  /** Returns when the conclusion has begun; `result()` waits for its end. */
  conclude(action: Asked<SimpleAction>): Promise<ConclusionBegun>;
  /** The report of a batch that ended. @throws BatchError `em_andamento` when it did not end within `withinMs` (60 s). */
  result(options?: { withinMs?: number }): Promise<BatchReport>;
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

  async function running(): Promise<boolean> {
    const { status } = await within(ANSWER_WITHIN_MS, () => handle.describe());
    return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW';
  }

  /** No activity and no decision under way: right after an action the phase is still the one before it. */
  async function quiet(): Promise<boolean> {
    const { raw } = await within(ANSWER_WITHIN_MS, () => handle.describe());
    return (raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask;
  }

  async function* follow({ everyMs = 1_000 } = {}): AsyncGenerator<BatchProgress> {
    for (let shown = ''; ; await sleep(everyMs)) {
      // Asked in this order, so that a whole round between the two is seen as the movement it was.
      const still = await quiet();
      const ended = !(await running());
      // A batch that failed or was terminated would answer its last progress for ever.
      if (ended) await result();
      const current = await progress();
      const text = JSON.stringify(current);
      if (text !== shown) yield current;
      shown = text;
      if (ended || (still && rests(current))) return;
    }
  }

  async function result({ withinMs = FINISH_WITHIN_MS } = {}): Promise<BatchReport> {
    return await within(withinMs, async () => {
      try {
        return (await handle.result()) as BatchReport;
      } catch (error) {
        throw isDeadline(error) ? stillRunning(batchId, error) : error;
      }
    });
  }

  async function settled(): Promise<void> {
    const until = Date.now() + SETTLE_WITHIN_MS;
    while (passing.includes((await progress()).phase) && Date.now() < until) await sleep(200);
  }

  /** First acceptance, which needs no more than a live worker; then the outcome, which may take longer. */
  async function act<Result extends ActionResult>(
    name: string,
    asked: { actionId?: string; receivableIds?: number[] },
  ): Promise<Result> {
    const action = withActionId(asked);
    if ((action.receivableIds?.length ?? 0) > MAX_ACTION_IDS) throw tooMany();
    await settled();
    const updateId = updateIdOf(name, action);
    const accepted = await within(ANSWER_WITHIN_MS, async () => {
      try {
        return await handle.startUpdate<Result, [typeof action]>(name, {
          ...{ args: [action], updateId, waitForStage: 'ACCEPTED' },
        });
      } catch (error) {
        // Repeated by somebody who missed the answer, while the batch ended.
        const earlier = handle.getUpdateHandle<Result>(updateId);
        if (!isEnded(error) || !(await isAnswered(earlier))) throw error;
        return earlier;
      }
    });
    return await within(FINISH_WITHIN_MS, async () => {
      try {
        return await accepted.result();
      } catch (error) {
        throw isDeadline(error) ? stillRunning(batchId, error) : error;
      }
    });
  }

  return {
    batchId,
    running,
    progress,
    follow,
    corrected: (receivableId) =>
      within(ANSWER_WITHIN_MS, () =>
        handle.signal<[{ receivableId: number }]>('receivableCorrected', { receivableId }),
      ),
    recommunicate: (action) => act('recommunicate', action),
    discard: (action) => inParts(withActionId(action), (part) => act('discard', part)),
    resolve: (action) => inParts(withActionId(action), (part) => act('resolve', part)),
    reexamine: (action) => act('reexamine', action),
    pause: (action) => act('pause', action),
    resume: (action) => act('resume', action),
    conclude: (action) => act('conclude', action),
    result,
  };
}

/** Whether an update was carried out; one that was refused is no more known than one that never came. */
async function isAnswered(update: { result(): Promise<unknown> }): Promise<boolean> {
  try {
    await update.result();
    return true;
  } catch (error) {
    if (isDeadline(error)) throw error;
    return error instanceof WorkflowUpdateFailedError;
  }
}

/** Nothing more happens by itself: a person is asked, or it is over. */
function rests({ phase, concluding }: BatchProgress): boolean {
  return phase === 'concluded' || (!concluding && (phase === 'paused' || phase === 'awaitingAdjustments'));
}

async function inParts<Action extends { actionId: string; receivableIds?: number[] }>(
  action: Action,
  send: (part: Action) => Promise<ActionResult>,
): Promise<ActionResult> {
  if (!action.receivableIds) return send(action);
  const whole: ActionResult = { changed: 0, refused: [] };
  let done = 0;
  for (const part of actionParts(action.actionId, action.receivableIds)) {
    try {
      const { changed, refused } = await send({ ...action, ...part });
      whole.changed += changed;
      whole.refused.push(...refused);
      done += part.receivableIds.length;
    } catch (error) {
      if (!(error instanceof BatchError) || done === 0) throw error;
      const words = `${error.message} (os primeiros ${done} títulos já foram tratados)`;
      throw new BatchError(error.code, words, error.hint, { cause: error });
    }
  }
  return whole;
}

/** Temporal answers an id that it has seen without looking at the rest; the same action only is the same update. */
function updateIdOf(name: string, action: { actionId: string }): string {
  const asked = createHash('sha256')
    .update(JSON.stringify([name, action]))
    .digest('hex')
    .slice(0, 16);
  return `${action.actionId}:${asked}`;
}

function withActionId<Action extends { actionId?: string }>(action: Action): Action & { actionId: string } {
  return { ...action, actionId: action.actionId ?? randomUUID() };
}

function tooMany(): BatchError {
  return new BatchError(
    'entrada_invalida',
    `são aceitos no máximo ${MAX_ACTION_IDS} títulos por vez`,
    'divida a lista, ou peça todos, ou só os corrigidos',
  );
}

function stillRunning(batchId: string, cause: unknown): BatchError {
  return new BatchError(
    'em_andamento',
    `a comunicação ${batchId} ainda está em andamento`,
    `o que foi pedido continua valendo; acompanhe a comunicação ${batchId}`,
    { cause },
  );
}
