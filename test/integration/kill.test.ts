import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBatch } from '../../client/startBatch';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createReceivables } from '../kit/record';

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
});
afterAll(() => scene.close());

test('a worker killed in the middle: another ends the batch, and the bank has each boleto once', async () => {
  const receivableIds = await createReceivables(scene.knex, scene.carteira, 120);
  // Some calls hang at the moment of the kill, registered and not.
  scene.bank.admin.settings({ latency: { register: { minMs: 20, maxMs: 60, tail: 0.1, tailMs: 1_000 } } });
  const first = await scene.startWorker();
  const batch = await startBatch(scene.client, { carteiraId: scene.carteira.id, filters: {}, by: 'operador.1' });

  while (scene.bank.admin.ledger.counts().registered < 40) await sleep(20);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const unresolved = await scene.knex('attempt').whereNull('resolution').count();
  expect(Number(unresolved[0]?.['count'])).toBeGreaterThan(0);
  expect(scene.bank.admin.ledger.counts().registered).toBeLessThan(120);

  await scene.startWorker();
  const report = await batch.result({ withinMs: 170_000 });
  expect(report).toMatchObject({ selected: 120, registered: 120, rejected: 0, unconfirmed: 0 });
  expect(report.reconciled).toBeGreaterThan(0);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 120, duplicates: 0 });
  const references = scene.bank.admin.ledger.entries().map(({ ownReference }) => Number(ownReference));
  expect(references.sort((a, b) => a - b)).toEqual(receivableIds);
});
