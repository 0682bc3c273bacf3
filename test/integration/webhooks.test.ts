import type { ChildProcess } from 'node:child_process';
import { startBatch } from '../../client/startBatch';
import { verifyWebhook } from '../../client/webhooks';
import { createSecretBox } from '../../config/secrets';
import { webhookPlace } from '../../domain/account/sealedPlaces';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { openReceiver, type Receiver } from '../kit/receiver';
import { createReceivables, createWebhook } from '../kit/record';

const secret = `whsec_${Buffer.from('a secret of a test, 32 bytes long').toString('base64')}`;

let scene: LiveScene;
let worker: ChildProcess;
let receiver: Receiver;
beforeAll(async () => {
  scene = await openLiveScene();
  worker = await scene.startWorker();
  receiver = await openReceiver();
});
afterAll(async () => {
  await receiver.close();
  await scene.close();
});

test('an ERP that fails first, and a worker that dies meanwhile: every boleto and the end are told', async () => {
  receiver.answer(500, 500, 500);
  const sealed = createSecretBox(scene.variables['SECRETS_KEY'] as string).seal(secret, webhookPlace('w-000000000001'));
  const webhookId = await createWebhook(scene.knex, {
    ...{ id: 'w-000000000001', url: receiver.url, secret: sealed, events: ['boleto.registered', 'batch.done'] },
  });
  const titulos = await createReceivables(scene.knex, scene.carteira, 12);
  const { batchId } = await startBatch(scene.client, { carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  await scene.phaseOf(batchId, 'concluded');
  const failed = () => scene.knex('webhook_attempt').whereNotNull('failure');
  while ((await failed()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  worker.kill('SIGKILL');
  await scene.startWorker();
  const waiting = () => scene.knex('webhook_delivery').where({ webhook_id: webhookId, state: 'pending' });
  while ((await waiting()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));

  const taken = new Map(
    receiver.received.map(({ headers, body }) => {
      const { id, payload } = verifyWebhook(secret, headers, body);
      return [id, payload as { type: string; data: { batchId: string; receivableId?: number } }];
    }),
  );
  const of = (type: string) => [...taken.values()].filter((notice) => notice.type === type).map(({ data }) => data);
  expect(
    of('boleto.registered')
      .map(({ receivableId }) => receivableId)
      .sort(),
  ).toEqual([...titulos].sort());
  expect(of('batch.done')).toMatchObject([{ batchId }]);
});
