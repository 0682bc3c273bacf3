import { audit } from '../../tools/bench/auditor';
import type { FaultRule } from '../../gateways/simulator/faults';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { startRecordProxy, type RecordProxy } from '../kit/recordProxy';
import type { TestWorker } from '../kit/testWorker';

let scene: BankScene;
let proxy: RecordProxy;
let worker: TestWorker;

beforeEach(async () => {
  scene = await openBankScene();
  proxy = await startRecordProxy(scene);
  worker = scene.createWorker({ knex: proxy.knex, sendWindowMs: 3_000 });
});
afterEach(async () => {
  await proxy.close();
  await scene.close();
});

const calls = () => scene.bank.admin.calls.counts();
const items = () => scene.knex('batch_item').orderBy('ordinal');
const resolutions = () => scene.knex('attempt').orderBy('intended_at').pluck('resolution');

/** As Temporal does: a slice that fails is run again. @returns how often it failed. */
async function settle(batchId: string): Promise<number> {
  for (let failed = 0; ; failed += 1) {
    try {
      await worker.settle(batchId);
      return failed;
    } catch (error) {
      expect(error).toMatchObject({ name: 'ApplicationFailure', nonRetryable: false });
    }
  }
}

async function expectRegisteredOnce(count: number): Promise<void> {
  expect(proxy.lost()).toBe(1);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: count, duplicates: 0 });
  expect(await items().pluck('state')).toEqual(Array<string>(count).fill('registered'));
  expect(await audit(scene.knex, scene.bank.admin.ledger.entries())).toEqual([]);
}

/** Statements that are planned once go by their name. */
const INTENT = { after: /writeIntents/, commit: /COMMIT/i };
const OUTCOMES = { after: /recordOutcomes/, commit: /recordOutcomes/ };
/** An outcome that a look proved, as opposed to that of the call. */
const PROOF = { after: /recordOutcomes/, commit: /"reconciled":true/ };
const OPEN_LOOK = { after: /insert into look/, commit: /COMMIT/i };
const CLOSE_LOOK = { after: /update look set finished_at/, commit: /update look set finished_at/ };

describe('a commit whose answer is lost', () => {
  test('of one intent: nothing was sent, absence is proven, and it is sent once under its number', async () => {
    const { batchId } = await scene.createDueBatch(1);
    proxy.loseAnswer(INTENT);
    expect(await settle(batchId)).toBe(1);
    expect(await resolutions()).toEqual(['absent', 'registered']);
    expect(calls()).toMatchObject({ register: 1, read: 2 });
    await expectRegisteredOnce(1);
  });

  test('of a group of intents: each of them is sent once', async () => {
    const { batchId } = await scene.createDueBatch(8);
    proxy.loseAnswer(INTENT);
    await settle(batchId);
    expect(calls()['register']).toBe(8);
    await expectRegisteredOnce(8);
  });

  test('of outcomes: they are written again and change nothing, and the bank is not asked', async () => {
    const { batchId } = await scene.createDueBatch(8);
    proxy.loseAnswer(OUTCOMES);
    expect(await settle(batchId)).toBe(0);
    expect(calls()).toEqual({ token: 1, register: 8 });
    await expectRegisteredOnce(8);
  });

  test('of an outcome that puts its boleto off: it counts as one try', async () => {
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([
      { match: { route: 'register' }, times: 1, fault: { kind: 'status', status: 429, retryAfter: '60' } },
    ]);
    proxy.loseAnswer(OUTCOMES);
    await worker.communicate(batchId);
    expect(await items()).toMatchObject([{ state: 'deferred', tries: 1 }]);
    // The minute is over.
    await scene.knex('gateway_limit').update({ held_until: '-infinity' });
    await scene.knex('batch_item').update({ due_at: scene.knex.fn.now() });
    await settle(batchId);
    expect(calls()['register']).toBe(2);
    await expectRegisteredOnce(1);
  });

  const unanswered: FaultRule = { match: { route: 'register' }, times: 1, fault: { kind: 'drop', when: 'after' } };

  test('of a look about to be made: it is made later, and only once', async () => {
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([unanswered]);
    proxy.loseAnswer(OPEN_LOOK);
    expect(await settle(batchId)).toBe(1);
    expect(await resolutions()).toEqual(['registered']);
    expect(calls()).toMatchObject({ register: 1, read: 1 });
    await expectRegisteredOnce(1);
  });

  test('of a look that was made: the next one proves the same, and nothing is sent again', async () => {
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([unanswered]);
    proxy.loseAnswer(CLOSE_LOOK);
    expect(await settle(batchId)).toBe(1);
    expect(await resolutions()).toEqual(['registered']);
    expect(calls()).toMatchObject({ register: 1, read: 2 });
    await expectRegisteredOnce(1);
  });

  test('of what a look proved: it is written again, and the bank is not asked again', async () => {
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([unanswered]);
    proxy.loseAnswer(PROOF);
    expect(await settle(batchId)).toBe(0);
    expect(await resolutions()).toEqual(['registered']);
    expect(calls()).toMatchObject({ register: 1, read: 1 });
    await expectRegisteredOnce(1);
  });
});
