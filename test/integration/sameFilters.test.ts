import { startBatch } from '../../client/startBatch';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createReceivables } from '../kit/record';

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

test('two batches started at the same instant with the same filters: each título once, the second says what it left out', async () => {
  await createReceivables(scene.knex, scene.carteira, 60);
  const request = { carteiraId: scene.carteira.id, filters: {}, by: 'operador.1' };
  const batches = await Promise.all([startBatch(scene.client, request), startBatch(scene.client, request)]);
  const reports = await Promise.all(batches.map((batch) => batch.result({ withinMs: 90_000 })));

  expect(reports.map(({ registered }) => registered).sort((a, b) => a - b)).toEqual([0, 60]);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 60, duplicates: 0 });
  const second = reports.find(({ registered }) => registered === 0);
  const first = reports.find(({ registered }) => registered === 60);
  const leftOut = await scene
    .knex('batch_left_out')
    .where({ batch_id: second?.batchId })
    .select('reason', 'other_batch_id');
  expect(leftOut).toHaveLength(60);
  expect(new Set(leftOut.map(({ reason }) => reason))).toEqual(new Set(['inOtherBatch']));
  expect(new Set(leftOut.map(({ other_batch_id }) => other_batch_id))).toEqual(new Set([first?.batchId]));
});
