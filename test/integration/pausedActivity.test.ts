import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startBatch } from '../../client/startBatch';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createReceivables } from '../kit/record';

const run = promisify(execFile);
const TITULOS = 150;
/** temporal.api.enums.v1.PendingActivityState */
const PAUSED = 4;

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
});
afterAll(() => scene.close());

test('an administrator pauses the sending of a group in Temporal: what is under way ends, nothing more goes out; then it goes on, each boleto once', async () => {
  await createReceivables(scene.knex, scene.carteira, TITULOS);
  const paceOf = (calls: number) => scene.knex('gateway_limit').where({ route_class: 'register' }).update({ calls });
  await paceOf(6);
  scene.variables['SLICE_SIZE'] = String(TITULOS);
  await scene.startWorker();
  const batch = await startBatch(scene.client, { carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  while (scene.bank.admin.ledger.counts().registered < 3) await sleep(50);

  const { activityId } = await slice(batch.batchId);
  await operate('pause', batch.batchId, activityId);
  while ((await slice(batch.batchId)).state !== PAUSED) await sleep(100);

  const { registered } = scene.bank.admin.ledger.counts();
  expect(registered).toBeLessThan(TITULOS);
  expect(await scene.states(batch.batchId)).toEqual({ registered, pending: TITULOS - registered });
  expect(await scene.knex('attempt').whereNull('resolution')).toEqual([]);
  expect(await batch.progress()).toMatchObject({ phase: 'communicating' });

  await paceOf(100);
  await operate('unpause', batch.batchId, activityId);
  expect(await batch.result()).toMatchObject({ registered: TITULOS, rejected: 0, unconfirmed: 0 });
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: TITULOS, duplicates: 0 });
});

async function slice(batchId: string): Promise<{ activityId: string; state: number }> {
  const { raw } = await scene.client.workflow.getHandle(`boletos/${batchId}`).describe();
  const [pending] = (raw.pendingActivities ?? []).filter(
    ({ activityType }) => activityType?.name === 'communicateSlice',
  );
  return { activityId: pending?.activityId ?? '', state: pending?.state ?? 0 };
}

async function operate(what: 'pause' | 'unpause', batchId: string, activityId: string): Promise<void> {
  const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = scene.variables;
  await run(process.env.TEMPORAL_CLI_PATH ?? 'temporal', [
    ...['activity', what, '--workflow-id', `boletos/${batchId}`, '--activity-id', activityId],
    ...['--address', address, '--namespace', namespace],
  ]);
}
