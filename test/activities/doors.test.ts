import { MockActivityEnvironment } from '@temporalio/testing';
import { drawNumbersAhead } from '../../activities/numberingWatch';
import { createWatchGivenUp } from '../../activities/watchGivenUp';
import { adoptFound } from '../../record/engine/adoption';
import { resolve } from '../../record/engine/actions/resolve';
import { giveUp } from '../../record/engine/givenUp';
import { raiseNextNumber } from '../../record/engine/numbering';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import { createBatch, createItem, sealedAccount } from '../kit/record';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { leaseOne, sendAndDie } from '../kit/deadWorker';
import { createTestWorker, testSecretBox } from '../kit/testWorker';
import { simulatedAccount } from '../../gateways/bancoDoBrasil/simulator/simulator';

/** What comes to the machinery from beside it: a record that was set back, other systems, answers about others, people. */

const SPACE = { gateway: 'banco-do-brasil', convenio: '3128557' };

let scene: BankScene;

beforeEach(async () => {
  scene = await openBankScene();
});
afterEach(() => scene.close());

const ledger = () => scene.bank.admin.ledger;

async function states(batchId: string): Promise<Record<string, number>> {
  const rows = await scene.knex('batch_item').where({ batch_id: batchId }).select('state').count().groupBy('state');
  return Object.fromEntries(rows.map((row) => [row['state'], Number(row['count'])]));
}

/** Títulos with two boletos alive at the bank, under whatever references. */
function doubled(): string[] {
  const titulos = ledger()
    .entries()
    .map(({ ownReference }) => ownReference.split('-')[0] as string);
  return titulos.filter((titulo, at) => titulos.indexOf(titulo) !== at);
}

/** As it was before anything was communicated, while the bank goes on. */
async function setRecordBack(): Promise<void> {
  for (const table of ['look', 'attempt', 'batch_item', 'boleto', 'alert']) await scene.knex(table).delete();
  await scene.knex('batch').update({ concluded_at: scene.knex.fn.now(), phase: 'concluded' });
  await scene.knex('receivable').update({ impresso: false });
  await scene.knex('numbering_space').update({ next_number: 1 });
}

async function batchOf(receivableIds: readonly number[]): Promise<string> {
  const batchId = await createBatch(scene.knex, scene.carteira.id, { phase: 'communicating' });
  for (const receivableId of receivableIds) await createItem(scene.knex, batchId, receivableId);
  return batchId;
}

/** What conferir-banco does with each boleto that the bank has, and with the numbers. */
async function conferBank(): Promise<void> {
  const { gateway, line } = scene.worker;
  const account = await line.account();
  const current = await line.tokens.current(account);
  if (current.kind !== 'token') throw new Error(current.kind);
  for (const { number, convenio } of ledger().entries()) {
    const call = { account, token: current.token, timeoutMs: 4_000, permit: async () => {}, maySend: () => true };
    const snapshot = { convenio, ourNumber: number, payer: { document: '', name: '' } } as ChargeSnapshot;
    const look = await gateway.look(snapshot, number, call);
    if (look.kind !== 'found') throw new Error(look.kind);
    const options = { mismatches: [], accepted: false, by: 'u-1' };
    await scene.knex.transaction((trx) =>
      adoptFound(trx, { ...SPACE, accountId: scene.accountId }, gateway, look.found, options),
    );
  }
  await raiseNextNumber(scene.knex, SPACE, ledger().entries().length + 1, 'bank');
}

const behind = async () => (await scene.knex('numbering_space').first('behind'))?.behind as string | null;
const pause = (batchId: string) => scene.knex('batch').where({ id: batchId }).first('paused', 'pause_reason');
const resume = (batchId: string) => scene.knex('batch').where({ id: batchId }).update({ paused: false });
const attentive = () => scene.createWorker({ numbersAhead: drawNumbersAhead });

describe('a record that was set back while the bank went on (D1)', () => {
  test('nothing is sent: one pause and one alert say to compare with the bank; afterwards only what is new is registered', async () => {
    const first = await scene.createDueBatch(24);
    await scene.settle(first.batchId);
    await setRecordBack();
    const { receivableIds: fresh } = await scene.createDueBatch(1);
    await setRecordBack();
    const batchId = await batchOf([...fresh, ...first.receivableIds]);
    const worker = attentive();
    await worker.settle(batchId);
    expect(ledger().counts().registered).toBe(24);
    expect(await pause(batchId)).toEqual({ paused: true, pause_reason: 'numbering' });
    expect(await behind()).toBe('restored');
    expect(await scene.knex('alert').pluck('message')).toEqual([expect.stringMatching(/restaurado.*conferir-banco/)]);

    await conferBank();
    expect(await states(batchId)).toEqual({ registered: 24, pending: 1 });
    await resume(batchId);
    await worker.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 25 });
    expect(ledger().counts()).toEqual({ registered: 25, duplicates: 0 });
    expect(doubled()).toEqual([]);
  });

  test('resumed without comparing, it stops again; the next free number alone is no answer', async () => {
    const first = await scene.createDueBatch(20);
    await scene.settle(first.batchId);
    await setRecordBack();
    const batchId = await batchOf(first.receivableIds);
    const worker = attentive();
    await worker.settle(batchId);
    await raiseNextNumber(scene.knex, SPACE, 100, 'person');
    await resume(batchId);
    await worker.settle(batchId);
    expect(await pause(batchId)).toMatchObject({ paused: true });
    expect(ledger().counts().registered).toBe(20);
  });

  test('a number that is met unforeseen: its boleto is taken over by its own título, and no other number is given', async () => {
    const first = await scene.createDueBatch(6);
    await scene.settle(first.batchId);
    await setRecordBack();
    // The same títulos in another order, by a worker that asks nothing beforehand: each meets its neighbour's number.
    const [one, ...others] = first.receivableIds as [number, ...number[]];
    const batchId = await batchOf([...others, one]);
    for (let turn = 0; turn < 3; turn += 1) {
      await scene.settle(batchId);
      await scene.knex('batch_item').where({ state: 'conflict' }).update({ due_at: scene.knex.fn.now() });
    }
    expect(ledger().counts()).toEqual({ registered: 6, duplicates: 0 });
    expect(doubled()).toEqual([]);
    expect(await behind()).toBe('restored');
    await conferBank();
    await resume(batchId);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 6 });
    expect(ledger().counts().registered).toBe(6);
    const numbers = await scene.knex('boleto').where({ state: 'registered' }).select('own_reference', 'our_number');
    const atTheBank = ledger()
      .entries()
      .map(({ ownReference, number }) => ({ own_reference: ownReference, our_number: number }));
    expect(numbers).toEqual(expect.arrayContaining(atTheBank));
  });

  test('a worker that ran on notices that the record gives lower numbers than before', async () => {
    const worker = attentive();
    const first = await scene.createDueBatch(10);
    await worker.settle(first.batchId);
    await setRecordBack();
    const batchId = await batchOf([...first.receivableIds].reverse());
    await worker.settle(batchId);
    expect(await pause(batchId)).toEqual({ paused: true, pause_reason: 'numbering' });
    expect(ledger().counts()).toEqual({ registered: 10, duplicates: 0 });
  });

  test('set back within the time that the bank repeats its answers: one call goes ahead, and the others hear of it', async () => {
    // Asked before the record was set back, the bank would say for half a minute that it knows none of these numbers.
    scene.bank.admin.settings({ readCacheMs: 30_000 });
    const first = await scene.createDueBatch(30);
    await scene.createWorker({ numbersAhead: () => [0, 1, 2, 3, 4] }).settle(first.batchId);
    await setRecordBack();
    const batchId = await batchOf([...first.receivableIds].reverse());
    await attentive().communicate(batchId);
    expect(ledger().counts()).toEqual({ registered: 30, duplicates: 0 });
    expect(await behind()).toBe('restored');
    expect(await pause(batchId)).toEqual({ paused: true, pause_reason: 'numbering' });
  });
});

describe('numbers that another system used (D7)', () => {
  test('the batch pauses once and names the next free number; given that one, it goes on', async () => {
    const theirs = await scene.createDueBatch(40);
    await scene.settle(theirs.batchId);
    for (const entry of ledger().entries())
      scene.bank.admin.amend(SPACE.convenio, entry.number, {
        numeroTituloCedenteCobranca: `ERP-${entry.ownReference}`,
      });
    await setRecordBack();
    await scene.knex('receivable').update({ status: 'C' });
    const { batchId } = await scene.createDueBatch(5);
    const worker = attentive();
    await worker.settle(batchId);
    expect(ledger().counts().registered).toBe(40);
    expect(await pause(batchId)).toEqual({ paused: true, pause_reason: 'numbering' });
    expect(await scene.knex('alert').pluck('message')).toEqual([expect.stringContaining('--proximo-numero 41')]);
    expect(await states(batchId)).toEqual({ pending: 5 });

    await raiseNextNumber(scene.knex, SPACE, 41, 'person');
    await resume(batchId);
    await worker.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 5 });
    expect(ledger().counts()).toEqual({ registered: 45, duplicates: 0 });
  });
});

describe('another address and other credentials of the same bank and convênio (D6)', () => {
  test('numbers go on, and a boleto that was refused before keeps its own', async () => {
    const first = await scene.createDueBatch(2);
    const [refused] = first.receivableIds;
    await scene.knex.raw(
      `update customer set district = '' where id = (select customer_id from receivable where id = ?)`,
      [refused as number],
    );
    await scene.settle(first.batchId);
    expect(await states(first.batchId)).toEqual({ registered: 1, rejected: 1 });

    const [account] = await scene
      .knex('gateway_account')
      .insert({ gateway: SPACE.gateway, ...sealedAccount(testSecretBox, scene.bank, simulatedAccount) })
      .returning<{ id: number }[]>('id');
    const accountId = (account as { id: number }).id;
    for (const route_class of ['register', 'read'])
      await scene.knex('gateway_limit').insert({ account_id: accountId, route_class, calls: 1_000, window_ms: 1_000 });
    await scene.knex('carteira').update({ account_id: accountId });

    await scene.knex('customer').update({ district: 'Centro' });
    await scene
      .knex('batch_item')
      .where({ state: 'rejected' })
      .update({ state: 'pending', due_at: scene.knex.fn.now() });
    const { batchId } = await scene.createDueBatch(1);
    const worker = createTestWorker(scene.knex, accountId);
    await worker.settle(first.batchId);
    await worker.settle(batchId);
    const numbers = ledger().entries();
    expect(numbers.map(({ number }) => Number(number.slice(10))).sort()).toEqual([1, 2, 3]);
    expect(ledger().counts()).toEqual({ registered: 3, duplicates: 0 });
  });
});

describe('a bank whose not-found has no body, and that loses calls (D5)', () => {
  test('nobody is asked: the same number is sent again, and refused as a duplicate where it had arrived', async () => {
    scene.bank.admin.faults([
      { match: { route: 'read', unknown: true }, fault: { kind: 'empty', status: 404 } },
      { match: { route: 'register' }, times: 3, fault: { kind: 'drop', when: 'before' } },
    ]);
    const { batchId } = await scene.createDueBatch(4);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 4 });
    expect(await scene.knex('attempt').where({ resolution: 'unproven' }).count()).toEqual([{ count: 3 }]);
    expect(ledger().counts()).toEqual({ registered: 4, duplicates: 0 });
    expect(await scene.knex('boleto').count()).toEqual([{ count: 4 }]);
  });

  test('a call that arrived unheard, sent again, is the one boleto that the bank has', async () => {
    const readable = { match: { route: 'read' as const }, times: 3, fault: { kind: 'empty' as const, status: 404 } };
    scene.bank.admin.faults([
      { match: { route: 'register' }, times: 1, fault: { kind: 'drop', when: 'after' } },
      readable,
    ]);
    const { batchId } = await scene.createDueBatch(1);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(ledger().counts()).toEqual({ registered: 1, duplicates: 0 });
  });
});

describe('an answer about another boleto (D8)', () => {
  test('ours is looked for under its own number too, and found registered', async () => {
    const first = await scene.createDueBatch(1);
    await scene.settle(first.batchId);
    scene.bank.admin.faults([{ match: { route: 'register' }, times: 2, fault: { kind: 'crosstalk' } }]);
    const { batchId } = await scene.createDueBatch(2);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 2 });
    expect(ledger().counts()).toEqual({ registered: 3, duplicates: 0 });
    expect(scene.bank.admin.calls.counts()['register']).toBe(3);
    const stored = await scene.knex('boleto').select('own_reference', 'bank_id');
    for (const { own_reference, bank_id } of stored)
      expect(ledger().find(SPACE.convenio, bank_id)?.ownReference).toBe(own_reference);
  });
});

describe('what the bank has is older than the título (D9)', () => {
  test('a valor corrected after a decision: what the first call registered is “registrado com dados anteriores”', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(1);
    await sendAndDie(scene, await leaseOne(scene, batchId));
    // Nothing of the call is known here, and a person decides.
    await scene.knex('attempt').update({ deadline: scene.knex.raw("clock_timestamp() - interval '1 minute'") });
    await scene.knex('batch_item').update({ state: 'unconfirmed', due_at: null });
    const [receivableId] = receivableIds as [number];
    const decision = {
      by: 'u-1',
      actionId: 'a-1',
      batchId,
      receivableId,
      decision: 'absent',
      reasonCode: 'x',
    } as const;
    expect(await resolve(scene.knex, decision, { sameNumberIsSafe: () => true })).toMatchObject({ changed: 1 });
    await scene.knex('receivable').update({ amount_cents: 12_345, open_amount_cents: 12_345 });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(await scene.knex('boleto').first('state', 'older_data')).toEqual({ state: 'registered', older_data: true });
    expect(ledger().entries()).toMatchObject([{ amountCents: 9_990 }]);
  });
});

describe('a number that was given up (D2)', () => {
  const watch = () =>
    new MockActivityEnvironment().run<
      [],
      { looked: number; alive: number },
      () => Promise<{ looked: number; alive: number }>
    >(createWatchGivenUp(scene.knex, SPACE.gateway, () => scene.worker.line));
  const itsTurn = () => scene.knex('boleto').whereNotNull('watch_at').update({ watch_at: scene.knex.fn.now() });

  /** A call of which nobody heard registers; its number is given up by a record that was told it had not. */
  async function giveUpUnheard(): Promise<{ batchId: string; boletoId: number }> {
    const { batchId } = await scene.createDueBatch(1);
    const { boletoId } = await sendAndDie(scene, await leaseOne(scene, batchId));
    await scene.knex('attempt').update({ resolution: 'unproven', resolved_at: scene.knex.fn.now() });
    await scene.knex.transaction((trx) => giveUp(trx, [boletoId]));
    await scene.knex('batch_item').update({ state: 'pending', boleto_id: null, due_at: scene.knex.fn.now() });
    return { batchId, boletoId };
  }

  test('is looked for, and when the bank has it beside the new one, an alert says that two can be paid', async () => {
    const { batchId } = await giveUpUnheard();
    await scene.settle(batchId);
    expect(ledger().counts().registered).toBe(2);
    expect(await watch()).toEqual({ looked: 0, alive: 0 });
    await itsTurn();
    expect(await watch()).toEqual({ looked: 1, alive: 1 });
    expect(await scene.knex('alert').pluck('kind')).toEqual(['twoAlive']);
    await itsTurn();
    await watch();
    expect(await scene.knex('alert').pluck('kind')).toEqual(['twoAlive']);
  });

  test('is taken over again where nothing else was sent since', async () => {
    const { batchId, boletoId } = await giveUpUnheard();
    await itsTurn();
    expect(await watch()).toEqual({ looked: 1, alive: 1 });
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(await scene.knex('boleto').select('id', 'state', 'watch_at')).toEqual([
      { id: boletoId, state: 'registered', watch_at: null },
    ]);
    await scene.settle(batchId);
    expect(ledger().counts()).toEqual({ registered: 1, duplicates: 0 });
  });

  test('that was never sent is not looked for', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await leaseOne(scene, batchId);
    await scene.settle(batchId);
    await scene.knex('attempt').update({ resolution: 'refused' });
    await scene.knex('boleto').update({ state: 'draft', registered_at: null });
    const [id] = await scene.knex('boleto').pluck('id');
    await scene.knex.transaction((trx) => giveUp(trx, [id]));
    expect(await scene.knex('boleto').first('state', 'watch_at')).toEqual({ state: 'superseded', watch_at: null });
  });
});
