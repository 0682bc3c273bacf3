import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowUpdateFailedError, type Client, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { ActionResult, BatchInput, BatchProgress } from '../../../domain/batch/batch';
import type { boletoBatch } from '../../../workflows';
import type { ActionName } from '../../../workflows/validators';
import type { MemoryRecord } from './memoryRecord';

const KEYWORD = 2;
const INT = 3;
const DATETIME = 6;
const LONGEST_TEST_MS = 45_000;

export type BatchHandle = WorkflowHandleWithFirstExecutionRunId<typeof boletoBatch>;

export interface WorkflowEnvironment {
  client: Client;
  now(): Promise<number>;
  /** Lets the workflow's clock run ahead. */
  skip(ms: number): Promise<void>;
  /**
   * Runs `during` while a worker of each kind serves `record`. With `replay` the worker keeps no workflow in memory:
   * each step replays the history, as after a crash.
   */
  serve<T>(record: MemoryRecord, during: () => Promise<T>, options?: { replay: boolean }): Promise<T>;
  /** Starts a batch and runs `during` while workers serve it. */
  run<T>(record: MemoryRecord, during: (handle: BatchHandle) => Promise<T>, input?: Partial<BatchInput>): Promise<T>;
  start(input?: Partial<BatchInput>): Promise<BatchHandle>;
  /** The current details as the Temporal Web UI shows them. */
  details(handle: BatchHandle): Promise<string>;
  activitySummaries(handle: BatchHandle): Promise<string[]>;
  timerSummaries(handle: BatchHandle): Promise<string[]>;
  close(): Promise<void>;
}

let bundle: Promise<{ codePath: string }> | undefined;

/** Built once for a run, into a folder that goes with it: at most twice, when two test files begin together. */
export function workflowBundle(): Promise<{ codePath: string }> {
  bundle ??= bundleOfTheRun();
  return bundle;
}

async function bundleOfTheRun(): Promise<{ codePath: string }> {
  const folder = process.env.TEST_TEMPORAL_CLAIMS;
  if (!folder) throw new Error('TEST_TEMPORAL_CLAIMS is not set: run the tests with npm test');
  const codePath = join(folder, 'workflow-bundle.js');
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../../workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const written = `${codePath}.${process.pid}`;
  writeFileSync(written, code);
  renameSync(written, codePath);
  return { codePath };
}

/**
 * A time-skipping Temporal for one test: a batch that is left with an activity under way keeps its server's clock from
 * ever running ahead again. Needs TEMPORAL_TEST_SERVER_PATH, which `npm test` sets.
 */
export async function startWorkflowEnvironment(): Promise<WorkflowEnvironment> {
  const path = process.env.TEMPORAL_TEST_SERVER_PATH;
  if (!path) throw new Error('TEMPORAL_TEST_SERVER_PATH is not set: run the tests with npm test');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
    client: { identity: 'operator' },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: {
      BoletoPhase: KEYWORD,
      BoletoCarteira: KEYWORD,
      BoletoGateway: KEYWORD,
      BoletoOperator: KEYWORD,
      BoletoTotal: INT,
      BoletoFailures: INT,
      BoletoRound: INT,
      BoletoNearestDueDate: DATETIME,
    },
  });
  let batches = 0;

  async function serve<T>(record: MemoryRecord, during: () => Promise<T>, options = { replay: false }): Promise<T> {
    const common = {
      connection: env.nativeConnection,
      namespace: 'default',
      identity: 'worker',
      shutdownForceTime: '5 s',
    } as const;
    const { communicateSlice, ...activities } = record.activities;
    const workflows = await Worker.create({
      ...common,
      taskQueue: 'boletos',
      workflowBundle: await workflowBundle(),
      activities,
      ...(options.replay ? { maxCachedWorkflows: 0 } : {}),
    });
    const slices = await Worker.create({
      ...common,
      taskQueue: 'gateway-banco-do-brasil',
      activities: { communicateSlice },
    });
    return workflows.runUntil(() => slices.runUntil(() => endsInTime(during())));
  }

  async function summaries(handle: BatchHandle, kind: 'activity' | 'timer'): Promise<string[]> {
    const { events } = await handle.fetchHistory();
    const scheduled = (events ?? []).filter((event) =>
      kind === 'activity' ? event.activityTaskScheduledEventAttributes : event.timerStartedEventAttributes,
    );
    return scheduled.map(({ userMetadata }) => defaultPayloadConverter.fromPayload<string>(userMetadata!.summary!));
  }

  async function start(input: Partial<BatchInput> = {}): Promise<BatchHandle> {
    batches += 1;
    const batchId = input.batchId ?? `lote-${process.pid}-${batches}`;
    return env.client.workflow.start<typeof boletoBatch>('boletoBatch', {
      taskQueue: 'boletos',
      workflowId: `boletos/${batchId}`,
      args: [{ carteiraId: 10, filters: {}, by: 'op-1', ...input, batchId }],
    });
  }

  return {
    client: env.client,
    now: () => env.currentTimeMs(),
    skip: (ms) => env.sleep(ms),
    serve,
    start,
    async run(record, during, input) {
      const handle = await start(input);
      return serve(record, () => during(handle));
    },
    async details(handle) {
      const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      return metadata.currentDetails ?? '';
    },
    activitySummaries: (handle) => summaries(handle, 'activity'),
    timerSummaries: (handle) => summaries(handle, 'timer'),
    close: () => env.teardown(),
  };
}

export function progressOf(handle: BatchHandle): Promise<BatchProgress> {
  return handle.query<BatchProgress>('progress');
}

/** A test that hangs fails before jest gives it up, so that its workers stop and the next test has its own. */
async function endsInTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the batch did not get there in time')), LONGEST_TEST_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

let actions = 0;

/** Sends one update as an operator would. */
export function act(handle: BatchHandle, name: ActionName, rest: Record<string, unknown> = {}): Promise<ActionResult> {
  actions += 1;
  const action = { by: 'op-1', actionId: `acao-${process.pid}-${actions}`, ...rest };
  return handle.executeUpdate<ActionResult, [object]>(name, { args: [action] });
}

/** What a refused update says. */
export async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error: unknown = await update.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof WorkflowUpdateFailedError ? (error.cause?.message ?? '') : String(error);
}

/** Asks until `holds`. The workflow's clock does not skip meanwhile. */
export async function eventually<T>(ask: () => Promise<T> | T, holds: (answer: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 20_000; ;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`never came: ${holds.toString()}; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function untilPhase(handle: BatchHandle, phase: BatchProgress['phase']): Promise<BatchProgress> {
  return eventually(
    () => progressOf(handle),
    (progress) => progress.phase === phase,
  );
}
