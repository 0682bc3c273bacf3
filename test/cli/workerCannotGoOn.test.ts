import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { BatchError, connect, startBatch, type BatchHandle, type BatchPhase } from '../../client';
import { claimNamespace } from '../kit/temporal';
import { createMemoryRecord } from '../workflows/support/memoryRecord';
import { withWorkers } from '../client/support/batchWorker';

const by = 'op-7';
const KEYWORD = 2;
let temporal: { address: string; namespace: string };
let client: Client;

beforeAll(async () => {
  temporal = await claimNamespace();
  client = await connect({ ...temporal, withinMs: 60_000 });
});
afterAll(() => client.connection.close());

const recordOf = () =>
  createMemoryRecord({ items: { 101: ['rejected', 'registered'] }, now: () => Promise.resolve(Date.now()) });

/** A task that failed is tried again some seconds after its worker can do it. */
async function phaseOf(batch: BatchHandle, wanted: BatchPhase): Promise<void> {
  while ((await batch.progress().catch(() => null))?.phase !== wanted) await sleep(50);
}

async function failureOf(work: Promise<unknown>): Promise<BatchError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof BatchError) return error;
  throw new Error(`no BatchError but ${String(error)}`);
}

function expectToSayWhatToLookAt({ code, message, hint }: BatchError): void {
  expect(code).toBe('worker_nao_continua');
  expect(message).toMatch(/o código do worker .* não consegue continuar a comunicação/);
  for (const words of ['nada se perdeu', 'registro do worker', 'Temporal Web UI', 'versão nova', 'atributo de busca'])
    expect(hint).toContain(words);
  expect(message + hint).not.toMatch(/TEMPORAL_ADDRESS|credenciais/);
}

test('after a deploy that cannot repeat its history a batch says so and loses nothing; the earlier version goes on', async () => {
  const record = recordOf();
  const batch = await startBatch(client, { batchId: `deploy-${Date.now()}`, carteiraId: 10, filters: {}, by });
  await withWorkers(temporal, record, () => phaseOf(batch, 'awaitingAdjustments'));

  await withOtherVersion(async () => {
    await batch.corrected(101);
    expectToSayWhatToLookAt(await untilItCannotGoOn(batch));
    expectToSayWhatToLookAt(await failureOf(batch.recommunicate({ by, scope: 'all' })));
  });

  await withWorkers(temporal, record, async () => {
    await phaseOf(batch, 'awaitingAdjustments');
    await batch.recommunicate({ by, scope: 'all' });
    expect(await batch.result()).toMatchObject({ registered: 1, rounds: 2 });
  });
});

test('while a search attribute is gone from the namespace a batch says so; made again, it goes on', async () => {
  const { operatorService } = client.connection as Connection;
  const { namespace } = temporal;
  const record = recordOf();
  const batch = await startBatch(client, { batchId: `atributo-${Date.now()}`, carteiraId: 10, filters: {}, by });
  await withWorkers(temporal, record, async () => {
    await phaseOf(batch, 'awaitingAdjustments');
    await operatorService.removeSearchAttributes({ namespace, searchAttributes: ['BoletoPhase'] });
    // Accepted by the task that cannot end: its answer never comes.
    void client.workflow
      .getHandle(`boletos/${batch.batchId}`)
      .startUpdate('recommunicate', { args: [{ by, actionId: 'x', scope: 'all' }], waitForStage: 'ACCEPTED' })
      .catch(() => undefined);
    expectToSayWhatToLookAt(await untilItCannotGoOn(batch));
    await operatorService.addSearchAttributes({ namespace, searchAttributes: { BoletoPhase: KEYWORD } });
    expect(await batch.result()).toMatchObject({ registered: 1 });
  });
});

type Connection = { operatorService: NativeConnection['operatorService'] };

/** Until its task has failed the question is answered from memory, or by nobody. */
async function untilItCannotGoOn(batch: BatchHandle): Promise<BatchError> {
  for (;;) {
    const answer: unknown = await batch.progress().catch((reason: unknown) => reason);
    if (answer instanceof BatchError && answer.code !== 'sem_resposta') return answer;
    await sleep(100);
  }
}

async function withOtherVersion(during: () => Promise<void>): Promise<void> {
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: 'boletos',
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: require.resolve('../client/support/otherVersion/index.ts'),
      logger: new DefaultLogger('ERROR'),
    }),
  });
  await worker.runUntil(during);
  await connection.close();
}
