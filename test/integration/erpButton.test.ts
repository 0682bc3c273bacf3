import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { correctReceivable } from '../../record/receivables/corrections';
import { pressButton } from '../../examples/erp-button';
import { knownCodec } from '../../gateways';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createCustomer, createReceivable, createReceivables } from '../kit/record';

const ROOT = join(__dirname, '../..');

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
  await scene.startWorker();
  Object.assign(process.env, scene.variables);
});
afterAll(() => scene.close());

test('the button of an ERP: pressed, followed, what failed corrected and communicated again, concluded', async () => {
  await createReceivables(scene.knex, scene.carteira, 5);
  const wrong = await createReceivable(scene.knex, scene.carteira, {
    customer_id: await createCustomer(scene.knex, { cep: '123' }),
    due_date: '2031-01-10',
  });

  const report = await pressButton(scene.carteira.id, 'op-7', async (causes) => {
    const receivableIds = causes.flatMap((cause) => cause.receivableIds);
    for (const receivableId of receivableIds)
      await correctReceivable(scene.knex, { receivableId, changes: { cep: '01310-100' }, by: 'op-7' }, knownCodec);
    return receivableIds;
  });

  expect(report).toMatchObject({ selected: 6, registered: 6, rounds: 2 });
  expect(scene.bank.admin.ledger.entries().map(({ ownReference }) => ownReference)).toContain(String(wrong));
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 6, duplicates: 0 });
});

test('the README shows exactly the example that was run', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(readme).toContain(readFileSync(join(ROOT, 'examples/erp-button.ts'), 'utf8'));
});
