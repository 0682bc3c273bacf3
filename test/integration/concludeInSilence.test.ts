import { setTimeout as sleep } from 'node:timers/promises';
import { startBatch } from '../../client/startBatch';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createReceivables } from '../kit/record';

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene({ timeoutSeconds: 3 });
  await scene.startWorker();
});
afterAll(() => scene.close());

test('concluded while the gateway is silent, then communicated again with the same filters: the bank has each título once', async () => {
  const receivableIds = await createReceivables(scene.knex, scene.carteira, 150);
  scene.bank.admin.settings({ latency: { register: { minMs: 50, maxMs: 100 } } });
  const request = { carteiraId: scene.carteira.id, filters: {}, by: 'operador.1' };
  const first = await startBatch(scene.client, request);
  while (scene.bank.admin.ledger.counts().registered < 20) await sleep(20);

  // Every second call registers all the same: only the bank knows which.
  scene.bank.admin.faults([
    { match: { route: 'register', every: 2 }, fault: { kind: 'silent', when: 'after' } },
    { match: { route: 'register' }, fault: { kind: 'silent', when: 'before' } },
  ]);
  const silentFrom = scene.bank.admin.calls.counts()['register'] ?? 0;
  while ((scene.bank.admin.calls.counts()['register'] ?? 0) < silentFrom + 10) await sleep(20);
  const concluded = await scene.boletos('concluir', first.batchId, '--json', '--espera', '170');
  expect(concluded).toMatchObject({ code: 0 });
  scene.bank.admin.faults([]);
  const report = await first.result({ withinMs: 10_000 });
  expect(report.registered).toBeLessThan(150);
  expect(report.unconfirmed).toBe(0);

  const second = await startBatch(scene.client, request);
  const rest = await second.result({ withinMs: 60_000 });
  expect(rest.selected).toBe(150 - report.registered);
  expect(rest.registered).toBe(rest.selected);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 150, duplicates: 0 });
  const references = scene.bank.admin.ledger.entries().map(({ ownReference }) => Number(ownReference));
  expect(references.sort((a, b) => a - b)).toEqual(receivableIds);
});
