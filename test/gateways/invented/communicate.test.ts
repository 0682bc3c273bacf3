import { audit } from '../../../tools/bench/auditor';
import { openBankScene, type BankScene } from '../../kit/bankScene';
import { createTestWorker } from '../../kit/testWorker';
import type { Deciding } from './simulator';

let scene: BankScene;
let deciding: Deciding;

beforeEach(async () => {
  scene = await openBankScene('banco-inventado');
  ({ deciding } = scene.bank as unknown as { deciding: Deciding });
});
afterEach(() => scene.close());

const items = (batchId: string) => scene.knex('batch_item').where({ batch_id: batchId }).orderBy('ordinal');
const boletos = () => scene.knex('boleto').orderBy('id');
const calls = () => scene.bank.admin.calls.counts();

test('a batch is registered under the numbers that the bank gave, and none of ours', async () => {
  const { batchId } = await scene.createDueBatch(5);
  await scene.settle(batchId);
  expect((await items(batchId)).map(({ state }) => state)).toEqual(Array(5).fill('registered'));
  const numbers = (await boletos()).map(({ our_number }) => our_number as string);
  expect([...numbers].sort()).toEqual(
    scene.bank.admin.ledger
      .entries()
      .map(({ number }) => number)
      .sort(),
  );
  expect(await scene.knex('numbering_space')).toEqual([]);
  expect(await audit(scene.knex, scene.bank.admin.ledger.entries())).toEqual([]);
});

test('one list answers the looks of many boletos', async () => {
  const { batchId } = await scene.createDueBatch(20);
  await scene.settle(batchId);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 20, duplicates: 0 });
  expect((calls()['read'] ?? 0) + (calls()['list'] ?? 0)).toBeLessThan(10);
  expect(calls()['register']).toBe(20);
});

test('what the bank accepted waits for it, is neither lost nor sent again, and is registered when the bank says so', async () => {
  deciding.paused = true;
  const { batchId } = await scene.createDueBatch(2);
  const working = scene.worker.communicate(batchId);
  const answers = () => scene.knex('look').whereNotNull('answer').pluck('answer');
  while ((await answers()).length < 2) await new Promise(setImmediate);
  expect(await answers()).toEqual(expect.arrayContaining(['stillProcessing']));
  expect((await items(batchId)).map(({ closed_at }) => closed_at)).toEqual([null, null]);
  expect(await scene.knex('attempt').pluck('resolution')).toEqual([null, null]);
  deciding.paused = false;
  await working;
  await scene.settle(batchId);
  expect(await items(batchId)).toMatchObject([{ state: 'registered' }, { state: 'registered' }]);
  expect(calls()['register']).toBe(2);
});

test('what the bank accepts and then refuses is refused; corrected, it is another request', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(1);
  deciding.refuses.add(String(receivableIds[0]));
  await scene.settle(batchId);
  expect(await items(batchId)).toMatchObject([
    {
      state: 'rejected',
      failure_kind: 'data',
      provider_code: 'INV7',
      provider_message: expect.stringMatching(/pagador/),
    },
  ]);
  expect(await boletos()).toMatchObject([{ state: 'draft', our_number: null }]);

  deciding.refuses.clear();
  await scene.knex('batch_item').update({ state: 'pending', due_at: scene.knex.fn.now() });
  await scene.settle(batchId);
  const keys = await scene
    .knex('attempt')
    .orderBy('intended_at')
    .select(scene.knex.raw(`snapshot->>'idempotencyKey' as key`));
  expect(keys).toEqual([{ key: String(receivableIds[0]) }, { key: `${receivableIds[0]}.1` }]);
  expect(await items(batchId)).toMatchObject([{ state: 'registered' }]);
});

test('a call that nobody answered is sent again under its key where no look can tell, and is registered once', async () => {
  scene.bank.admin.faults([
    { match: { route: 'register' }, times: 1, fault: { kind: 'drop', when: 'after' } },
    { match: { route: 'read' }, times: 3, fault: { kind: 'status', status: 503 } },
  ]);
  const { batchId } = await scene.createDueBatch(1);
  await scene.settle(batchId);
  const keys = await scene.knex('attempt').distinct(scene.knex.raw(`snapshot->>'idempotencyKey' as key`));
  expect([calls()['register'], keys.length]).toEqual([2, 1]);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 1, duplicates: 0 });
  expect(await items(batchId)).toMatchObject([{ state: 'registered' }]);
});

test('a daily quota is used at once, and what it has no room for waits for the next day', async () => {
  const worker = createTestWorker(scene.knex, scene.accountId, {
    bank: 'banco-inventado',
    aroundGateway: (gateway) => ({
      ...gateway,
      capabilities: {
        ...gateway.capabilities,
        limits: {
          ...gateway.capabilities.limits,
          register: { calls: 50, windowMs: 1_000, quota: { calls: 3, per: 'day' } },
        },
      },
    }),
  });
  // A turn that a busy machine misses is counted, too: this one gives each a second.
  await scene.knex('gateway_limit').where({ route_class: 'register' }).update({ calls: 1_000, window_ms: 60_000 });
  const { batchId } = await scene.createDueBatch(5);
  const nearlyTomorrow = await scene.knex.raw<{ rows: { ms: number }[] }>(
    `select extract(epoch from (date_trunc('day', now() at time zone 'America/Sao_Paulo') + interval '1 day')
       at time zone 'America/Sao_Paulo' - now())::float8 * 1000 as ms`,
  );
  const leftMs = nearlyTomorrow.rows[0]?.ms ?? 0;
  while ((await items(batchId)).some(({ state }) => state !== 'registered' && state !== 'deferred'))
    await worker.communicate(batchId);
  const states = (await items(batchId)).map(({ state, failure_kind }) => [state, failure_kind]);
  expect(states.filter(([state]) => state === 'registered')).toHaveLength(3);
  expect(states.filter(([state]) => state === 'deferred')).toEqual([
    ['deferred', 'quota'],
    ['deferred', 'quota'],
  ]);
  expect(calls()['register']).toBe(3);
  for (const { due_at, state } of await items(batchId))
    if (state === 'deferred') expect(Math.abs((due_at as Date).getTime() - Date.now() - leftMs)).toBeLessThan(60_000);
  expect(await scene.knex('gateway_quota_use').select('route_class', 'calls')).toEqual([
    { route_class: 'register', calls: 3 },
  ]);
});
