import type { Fault } from '../../gateways/simulator/faults';
import { createCustomer } from '../kit/record';
import { openBankScene, type BankScene } from '../kit/bankScene';

let scene: BankScene;

beforeEach(async () => {
  scene = await openBankScene();
});
afterEach(async () => {
  await scene.close();
});

async function states(batchId: string): Promise<Record<string, number>> {
  const rows = await scene.knex('batch_item').where({ batch_id: batchId }).select('state').count().groupBy('state');
  return Object.fromEntries(rows.map((row) => [row['state'], Number(row['count'])]));
}
const isPaused = async (batchId: string): Promise<boolean> =>
  (await scene.knex('batch').where({ id: batchId }).first<{ paused: boolean }>('paused')).paused;
const resume = (batchId: string) =>
  scene.knex('batch').where({ id: batchId }).update({ paused: false, pause_reason: null });
const referenceOf = (receivableId: number | undefined) => String(receivableId);

const saysNothing: Fault = { kind: 'empty', status: 400 };
const forbidden: Fault = { kind: 'status', status: 403 };
const unauthorized: Fault = { kind: 'status', status: 401 };

describe('one título that the bank answers so each time, among many that pass', () => {
  test.each([
    ['the first of all', saysNothing, 0],
    ['one in the middle', saysNothing, 20],
    ['the last of all', saysNothing, 39],
    ['one that a firewall does not like', forbidden, 20],
    ['one whose token is refused', unauthorized, 20],
  ])('%s waits for a person, and the batch is never paused', async (_what, fault, at) => {
    const { batchId, receivableIds } = await scene.createDueBatch(40);
    const id = receivableIds[at];
    scene.bank.admin.faults([{ match: { route: 'register', ownReference: referenceOf(id) }, fault }]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 39, rejected: 1 });
    expect(await isPaused(batchId)).toBe(false);
    expect(await scene.knex('alert').where({ batch_id: batchId })).toEqual([]);
    expect(
      await scene.knex('batch_item').where({ receivable_id: id }).first('state', 'failure_kind', 'provider_code'),
    ).toEqual({ state: 'rejected', failure_kind: 'data', provider_code: 'soEsteTitulo' });

    scene.bank.admin.faults([]);
    await scene
      .knex('batch_item')
      .where({ receivable_id: id })
      .update({ state: 'pending', due_at: scene.knex.fn.now() });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 40 });
    expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 40, duplicates: 0 });
  });

  test('five of them, scattered, with two workers: each is its own, and nobody is asked to mend the account', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(60);
    scene.bank.admin.faults(
      [3, 14, 25, 36, 47].map((at) => ({
        match: { route: 'register', ownReference: referenceOf(receivableIds[at]) },
        fault: saysNothing,
      })),
    );
    await scene.knex('gateway_limit').update({ calls: 15, window_ms: 1_000 });
    const other = scene.createWorker();
    await Promise.all([scene.worker.communicate(batchId), other.communicate(batchId)]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 55, rejected: 5 });
    expect(await isPaused(batchId)).toBe(false);
  });
});

describe('a configuration that fails', () => {
  test.each([
    ['by an empty answer', saysNothing],
    ['by a 403', forbidden],
  ])(
    'in the middle of a batch, %s: one pause, nothing is final, and all is sent once it is mended',
    async (_w, fault) => {
      const { batchId: before } = await scene.createDueBatch(20);
      await scene.settle(before);
      const { batchId } = await scene.createDueBatch(20);
      scene.bank.admin.faults([{ match: { route: 'register' }, fault }]);
      await scene.settle(batchId);
      expect(await isPaused(batchId)).toBe(true);
      expect(await scene.knex('alert').where({ batch_id: batchId }).pluck('kind')).toEqual(['config']);
      const { registered, rejected } = await states(batchId);
      expect([registered, rejected]).toEqual([undefined, undefined]);

      scene.bank.admin.faults([]);
      await resume(batchId);
      await scene.settle(batchId);
      expect(await states(batchId)).toEqual({ registered: 20 });
      expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 40, duplicates: 0 });
    },
  );

  test('from the first call on: three are enough, and none is refused', async () => {
    const { batchId } = await scene.createDueBatch(10);
    scene.bank.admin.faults([{ match: { route: 'register' }, fault: saysNothing }]);
    await scene.settle(batchId);
    expect(await isPaused(batchId)).toBe(true);
    expect((await states(batchId))['rejected']).toBeUndefined();
  });

  test('of a batch of one: it pauses, since nothing proves the account', async () => {
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([{ match: { route: 'register' }, fault: saysNothing }]);
    await scene.settle(batchId);
    expect(await isPaused(batchId)).toBe(true);
    expect((await states(batchId))['rejected']).toBeUndefined();
  });
});

test('every second answer says nothing: all are registered in the end, and the batch is not paused', async () => {
  const { batchId } = await scene.createDueBatch(40);
  scene.bank.admin.faults([{ match: { route: 'register', every: 2 }, fault: saysNothing, times: 40 }]);
  const other = scene.createWorker();
  await Promise.all([scene.worker.communicate(batchId), other.communicate(batchId)]);
  await scene.settle(batchId);
  expect(await isPaused(batchId)).toBe(false);
  const { registered = 0, rejected = 0, ...others } = await states(batchId);
  expect({ all: registered + rejected, others }).toEqual({ all: 40, others: {} });
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered, duplicates: 0 });
});

describe('CNPJ with letters', () => {
  /** Twelve characters and their two digits. */
  const lettered = (at: number) => validCnpj(`AB${String(at).padStart(10, '0')}`);

  async function createMixedBatch(letters: number, plain: number) {
    const { batchId, receivableIds } = await scene.createDueBatch(letters + plain);
    for (const [at, id] of receivableIds.slice(0, letters).entries()) {
      const customer_id = await createCustomer(scene.knex, { person_type: 'J', document: lettered(at + 1) });
      await scene.knex('receivable').where({ id }).update({ customer_id });
    }
    return { batchId, receivableIds };
  }

  test('that the bank takes only as numbers: one pause instead of a refusal of each', async () => {
    scene.bank.admin.settings({ facts: { documentForm: 'number' } });
    const { batchId } = await createMixedBatch(10, 5);
    await scene.settle(batchId);
    expect(await isPaused(batchId)).toBe(true);
    expect((await states(batchId))['rejected']).toBeUndefined();
    const [alert] = await scene.knex('alert').where({ batch_id: batchId }).pluck('message');
    expect(alert).toMatch(/forma em que o documento é enviado/);
  });

  test('and digits that it takes only as text: the same', async () => {
    scene.bank.admin.settings({ facts: { documentForm: 'text' } });
    const { batchId } = await createMixedBatch(0, 6);
    // Of six payers, not of one.
    for (const [at, { customer_id }] of (await scene.knex('receivable').select('customer_id')).entries())
      await scene
        .knex('customer')
        .where({ id: customer_id })
        .update({ person_type: 'J', document: digits(at + 1) });
    await scene.settle(batchId);
    expect(await isPaused(batchId)).toBe(true);
    expect((await states(batchId))['rejected']).toBeUndefined();
  });

  test('of one payer among others with letters that pass: it is that payer’s', async () => {
    const { batchId, receivableIds } = await createMixedBatch(6, 3);
    scene.bank.admin.settings({ facts: { irregularDocuments: [lettered(3)] } });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 8, rejected: 1 });
    expect(await isPaused(batchId)).toBe(false);
    expect(await scene.knex('batch_item').where({ state: 'rejected' }).first('receivable_id', 'field')).toEqual({
      receivable_id: receivableIds[2],
      field: 'payer.document',
    });
  });
});

const digits = (at: number) => validCnpj(`11${String(at).padStart(6, '0')}0001`);

function validCnpj(twelve: string): string {
  const digit = (text: string) => {
    const sum = [...text].reverse().reduce((total, each, at) => total + (each.charCodeAt(0) - 48) * (2 + (at % 8)), 0);
    return sum % 11 < 2 ? 0 : 11 - (sum % 11);
  };
  const one = `${twelve}${digit(twelve)}`;
  return `${one}${digit(one)}`;
}
