import { openBankScene, type BankScene } from '../kit/bankScene';

let scene: BankScene;
beforeEach(async () => {
  scene = await openBankScene();
});
afterEach(() => scene.close());

test('what an import left waiting is taken before the next call, which sends it, or does not leave', async () => {
  const { knex } = scene;
  const { batchId, receivableIds } = await scene.createDueBatch(3);
  const [moved, cancelled, plain] = receivableIds as [number, number, number];
  await knex('pending_change').insert([
    { receivable_id: moved, data: '{"due_date": "2030-03-10"}', by: 'erp' },
    { receivable_id: cancelled, data: '{"status": "C"}', by: 'erp' },
  ]);
  await scene.settle(batchId);
  const sent = await knex('attempt')
    .join('boleto', 'boleto.id', 'boleto_id')
    .orderBy('receivable_id')
    .select<{ receivable_id: number; snapshot: { dueDate: string } }[]>('receivable_id', 'snapshot');
  expect(sent.map(({ receivable_id, snapshot }) => [receivable_id, snapshot.dueDate])).toEqual([
    [moved, '2030-03-10'],
    [plain, '2030-02-10'],
  ]);
  expect(await knex('pending_change')).toEqual([]);
  const items = knex('batch_item').where({ batch_id: batchId }).orderBy('receivable_id');
  expect(await items.pluck('state')).toEqual(['registered', 'skipped', 'registered']);
  expect(scene.bank.admin.ledger.counts()).toMatchObject({ registered: 2, duplicates: 0 });
  // As it was sent: nothing is left to do at the bank.
  expect(await knex('bank_work')).toEqual([]);
});

test('a título that was registered and changed since is never registered a second time', async () => {
  const { knex } = scene;
  const { batchId, receivableIds } = await scene.createDueBatch(1);
  await scene.settle(batchId);
  await knex('receivable').whereIn('id', receivableIds).update({ due_date: '2030-03-10', impresso: false });
  await knex('batch_item').update({ state: 'pending', closed_at: null, due_at: new Date() });
  await scene.settle(batchId);
  expect(scene.bank.admin.ledger.counts()).toMatchObject({ registered: 1, duplicates: 0 });
  expect(await knex('batch_item').pluck('state')).toEqual(['registered']);
});
