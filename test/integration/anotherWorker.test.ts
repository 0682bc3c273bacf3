import { once } from 'node:events';
import { startBatch } from '../../client/startBatch';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createCustomer, createReceivable } from '../kit/record';

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
});
afterAll(() => scene.close());

test('the worker that had the batch in memory is killed: another answers questions and actions in time', async () => {
  const customer_id = await createCustomer(scene.knex, { cep: '123' });
  await createReceivable(scene.knex, scene.carteira, { customer_id });
  const first = await scene.startWorker();
  const batch = await startBatch(scene.client, { carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  await scene.phaseOf(batch.batchId, 'awaitingAdjustments');
  expect(await batch.progress()).toMatchObject({ phase: 'awaitingAdjustments' });
  await scene.startWorker();

  first.kill('SIGKILL');
  await once(first, 'exit');
  // Each gives up after ten seconds, which is as long as Temporal would wait for the dead one by itself.
  expect(await batch.progress()).toMatchObject({ phase: 'awaitingAdjustments' });
  expect(await batch.recommunicate({ by: 'op-7', scope: 'all' })).toMatchObject({ changed: 1 });
});
