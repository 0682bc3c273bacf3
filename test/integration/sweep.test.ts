import { ScheduleOverlapPolicy } from '@temporalio/client';
import { getBatch } from '../../client/batchClient';
import { startBatch } from '../../client/startBatch';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createCustomer, createReceivable, createReceivables } from '../kit/record';

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

async function sweepNow(): Promise<void> {
  const sweep = scene.client.schedule.getHandle('boletos-sweep');
  const before = (await sweep.describe()).info.numActionsTaken;
  // Also beside one that is still at it.
  await sweep.trigger(ScheduleOverlapPolicy.ALLOW_ALL);
  while ((await sweep.describe()).info.numActionsTaken === before)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** As if the batch, and its items, were an hour old. */
async function age(batchId: string): Promise<void> {
  const hourAgo = scene.knex.raw("clock_timestamp() - interval '1 hour'");
  await scene.knex('batch').where({ id: batchId }).update({ created_at: hourAgo });
  await scene.knex('batch_item').where({ batch_id: batchId }).update({ updated_at: hourAgo });
}

test('a batch whose workflow was terminated goes on where the record says it is', async () => {
  await createReceivables(scene.knex, scene.carteira, 3);
  const wrong = await createCustomer(scene.knex, { cep: '123' });
  await createReceivable(scene.knex, scene.carteira, { customer_id: wrong });
  const { batchId } = await startBatch(scene.client, { carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  await scene.phaseOf(batchId, 'awaitingAdjustments');
  await scene.client.workflow.getHandle(`boletos/${batchId}`).terminate('by a test');
  await age(batchId);

  await sweepNow();
  const batch = getBatch(scene.client, batchId);
  while (!(await batch.running())) await new Promise((resolve) => setTimeout(resolve, 50));
  await scene.knex('customer').where({ id: wrong }).update({ cep: '01310100' });
  while ((await batch.progress()).phase !== 'awaitingAdjustments')
    await new Promise((resolve) => setTimeout(resolve, 50));
  await batch.recommunicate({ by: 'op-7', scope: 'corrected' });
  expect(await batch.result({ withinMs: 60_000 })).toMatchObject({ selected: 4, registered: 4, rounds: 2 });
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 4, duplicates: 0 });
});

test('an uncertain result that nobody decided is looked for again by itself', async () => {
  const [receivableId] = await createReceivables(scene.knex, scene.carteira, 1);
  scene.bank.admin.faults([
    { match: { route: 'register' }, fault: { kind: 'drop', when: 'after' } },
    { match: { route: 'read' }, fault: { kind: 'status', status: 503 } },
  ]);
  const { batchId } = await startBatch(scene.client, { carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  while ((await scene.states(batchId)).unconfirmed !== 1) await new Promise((resolve) => setTimeout(resolve, 50));
  // The machine gives up after a quarter of an hour: here at once.
  await scene.knex('batch_item').where({ batch_id: batchId }).update({ due_at: null });
  await scene.phaseOf(batchId, 'awaitingAdjustments');
  scene.bank.admin.faults([]);
  await age(batchId);

  await sweepNow();
  const report = await getBatch(scene.client, batchId).result({ withinMs: 90_000 });
  expect(report).toMatchObject({ registered: 1, reconciled: 1 });
  expect(scene.bank.admin.ledger.entries().at(-1)?.ownReference).toBe(String(receivableId));
  expect(scene.bank.admin.ledger.counts().duplicates).toBe(0);
});

test('boletos near their due date raise the day’s alert also while their batch is paused', async () => {
  const dueTomorrow = scene.knex.raw("(clock_timestamp() at time zone 'America/Sao_Paulo')::date + 1");
  await createReceivables(scene.knex, scene.carteira, 3, { due_date: dueTomorrow });
  scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'status', status: 403 } }]);
  const { batchId } = await startBatch(scene.client, { carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  await scene.phaseOf(batchId, 'paused');
  await age(batchId);

  const alerts = () => scene.knex('alert').where({ batch_id: batchId, kind: 'dueDate' }).pluck('message');
  // A sweep that began before the batch was old enough says nothing yet; the next one does.
  while ((await alerts()).length === 0) {
    await sweepNow();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await sweepNow();
  expect(await alerts()).toEqual([expect.stringContaining('3 cobranças sem boleto registrado')]);
});
