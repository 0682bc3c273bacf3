import { MockActivityEnvironment } from '@temporalio/testing';
import { alertCarteiras } from '../../activities/alertCarteiras';
import { createFetchPix } from '../../activities/fetchPix';
import { askPixAgain, countWithoutPix, noteMissingPix } from '../../record/engine/pixFetch';
import { readProgress } from '../../record/batches/progress';
import { batchReport } from '../../record/engine/reports';
import { readToday } from '../../record/batches/today';
import { batchItems } from '../../record/batches/items';
import { nextPixTryInMs } from '../../domain/boleto/pixFetch';
import { readPix } from '../../domain/codes/pix';
import type { FaultRule } from '../../gateways/simulator/faults';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { testSecretBox } from '../kit/testWorker';

let scene: BankScene;
beforeEach(async () => {
  scene = await openBankScene();
  await scene.knex('carteira').where({ id: scene.carteira.id }).update({ pix: true });
});
afterEach(() => scene.close());

const admin = () => scene.bank.admin;
const faults = (...rules: FaultRule[]) => admin().faults(rules);
const calls = (route: 'pix' | 'createPix') => admin().calls.instants(route).length;

/** A batch of one whose boleto is registered; without Pix where the faults say so. */
async function registered(...rules: FaultRule[]): Promise<{ batchId: string; receivableId: number }> {
  faults(...rules);
  const { batchId, receivableIds } = await scene.createDueBatch(1);
  await scene.settle(batchId);
  expect(await scene.knex('batch_item').where({ batch_id: batchId }).pluck('state')).toEqual(['registered']);
  faults();
  return { batchId, receivableId: receivableIds[0] as number };
}

/** What the sweep does. */
async function sweep(): Promise<{ asked: number; fetched: number }> {
  const gateways = await noteMissingPix(scene.knex);
  if (gateways.length === 0) return { asked: 0, fetched: 0 };
  const fetchPix = createFetchPix(scene.knex, 'banco-do-brasil', () => scene.worker.line);
  return new MockActivityEnvironment().run(fetchPix);
}

/** The time until the next try is over. */
const later = () => scene.knex('pix_fetch').whereNotNull('due_at').update({ due_at: scene.knex.fn.now() });
const fetchState = () => scene.knex('pix_fetch').first('due_at', 'tries', 'refusals', 'code', 'message');

async function boletoOf(receivableId: number): Promise<{ pix_emv: string | null; pix_txid: string | null }> {
  return scene.knex('boleto').where({ receivable_id: receivableId }).first('pix_emv', 'pix_txid');
}

describe('a boleto that came without its Pix (B6)', () => {
  test('the answer lacked it, the bank has it: it is fetched, and none is made', async () => {
    const { receivableId } = await registered({ fault: { kind: 'misprint', what: 'pixEmpty' } });
    expect(await sweep()).toEqual({ asked: 1, fetched: 1 });
    const { pix_emv, pix_txid } = await boletoOf(receivableId);
    expect(readPix(pix_emv ?? '')).toMatchObject({ amountCents: 9_990 });
    expect(pix_txid).toMatch(/^BOLETO/);
    expect([calls('pix'), calls('createPix')]).toEqual([1, 0]);
    expect(await fetchState()).toBeUndefined();
    expect(await sweep()).toEqual({ asked: 0, fetched: 0 });
  });

  test('registered by a look, since the connection dropped: its Pix is fetched', async () => {
    const { receivableId } = await registered({
      match: { route: 'register' },
      fault: { kind: 'drop', when: 'after' },
      times: 1,
    });
    expect((await boletoOf(receivableId)).pix_emv).toBeNull();
    await sweep();
    expect(readPix((await boletoOf(receivableId)).pix_emv ?? '')).not.toBeNull();
  });

  test('the bank made none: it is asked to make one, once', async () => {
    const { receivableId } = await registered({ fault: { kind: 'misprint', what: 'pixMissing' } });
    await sweep();
    expect(readPix((await boletoOf(receivableId)).pix_emv ?? '')).not.toBeNull();
    expect([calls('pix'), calls('createPix')]).toEqual([1, 1]);
  });

  test('nobody heard the answer to that: the next try finds the Pix, and makes no second', async () => {
    const { receivableId } = await registered({ fault: { kind: 'misprint', what: 'pixMissing' } });
    faults({ match: { route: 'createPix' }, fault: { kind: 'drop', when: 'after' } });
    await sweep();
    expect(await fetchState()).toMatchObject({ tries: 1, refusals: 0, due_at: expect.any(Date) });
    faults();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await later();
    await sweep();
    expect((await boletoOf(receivableId)).pix_emv).not.toBeNull();
    expect(calls('createPix')).toBe(1);
  });

  test('a bank that is late gives it when it has it', async () => {
    admin().settings({ pixDelayMs: 60_000 });
    const { receivableId } = await registered();
    await sweep();
    expect(await fetchState()).toMatchObject({ tries: 1, refusals: 0 });
    admin().settings({ clockAheadMs: 120_000 });
    await later();
    await sweep();
    expect((await boletoOf(receivableId)).pix_emv).not.toBeNull();
  });

  test.each<[string, FaultRule]>([
    ['a 503', { match: { route: 'pix' }, fault: { kind: 'status', status: 503 } }],
    ['silence', { match: { route: 'pix' }, fault: { kind: 'drop' } }],
    ['a 500 to what asks for one', { match: { route: 'createPix' }, fault: { kind: 'status', status: 500 } }],
  ])('%s is tried again, ever later, and not for ever', async (_what, rule) => {
    await registered({ fault: { kind: 'misprint', what: 'pixMissing' } });
    faults(rule);
    let tries = 0;
    for (; tries < 20; tries += 1) {
      await later();
      if ((await sweep()).asked === 0) break;
    }
    expect(tries).toBe(9);
    expect(await fetchState()).toMatchObject({ due_at: null, tries: 9, refusals: 0 });
  });

  test('a 429 and a turn that does not come hold the account, and count as no refusal of the boleto', async () => {
    await registered({ fault: { kind: 'misprint', what: 'pixEmpty' } });
    faults({ match: { route: 'pix' }, fault: { kind: 'status', status: 429, retryAfter: '60' } });
    await sweep();
    expect(await fetchState()).toMatchObject({ refusals: 0, due_at: expect.any(Date) });
  });

  test('an account that is refused (403) waits as a whole: one call, not one a boleto', async () => {
    faults({ match: { route: 'register' }, fault: { kind: 'misprint', what: 'pixEmpty' } });
    const { batchId } = await scene.createDueBatch(30);
    await scene.settle(batchId);
    faults({ match: { route: 'pix' }, fault: { kind: 'status', status: 403 } });
    await sweep();
    expect(calls('pix')).toBeLessThanOrEqual(10);
    expect(await scene.knex('pix_fetch').whereNull('due_at').pluck('boleto_id')).toEqual([]);
    expect(await sweep()).toEqual({ asked: 0, fetched: 0 });
  });

  test('a Pix of another value is not taken', async () => {
    const { receivableId } = await registered({ fault: { kind: 'misprint', what: 'pixEmpty' } });
    faults({ match: { route: 'pix' }, fault: { kind: 'misprint', what: 'pixAmount' } });
    await sweep();
    expect((await boletoOf(receivableId)).pix_emv).toBeNull();
    expect(await fetchState()).toMatchObject({ code: 'pixDivergente', message: expect.stringContaining('valor') });
  });
});

describe('a bank that refuses it', () => {
  async function refusedThrice() {
    admin().settings({ refusesPix: true });
    const one = await registered();
    for (let nth = 0; nth < 5; nth += 1) {
      await later();
      await sweep();
    }
    return one;
  }

  test('is asked three times; then a person is told, in Hoje and by one alert a day', async () => {
    await refusedThrice();
    expect(calls('createPix')).toBe(3);
    expect(await fetchState()).toMatchObject({
      due_at: null,
      refusals: 3,
      message: 'Convenio sem chave Pix cadastrada.',
    });
    await alertCarteiras(scene.knex, new Date());
    await alertCarteiras(scene.knex, new Date());
    const alerts = await scene.knex('alert').where({ kind: 'withoutPix' });
    expect(alerts).toMatchObject([
      { carteira_id: scene.carteira.id, message: expect.stringMatching(/^1 boleto sem Pix/) },
    ]);
    const today = await readToday(scene.knex, testSecretBox, { filiais: null, viewer: 'u-1' });
    expect(today.filter(({ kind }) => kind === 'withoutPix' || kind === 'alert')).toMatchObject([
      { kind: 'withoutPix', count: 1, code: 'givenUp' },
    ]);
  });

  test('is asked again when a person says so, from the beginning', async () => {
    const { receivableId } = await refusedThrice();
    admin().settings({ refusesPix: false });
    const by = { by: 'u-1', filiais: null };
    expect(await askPixAgain(scene.knex, { receivableIds: [receivableId] }, { ...by, filiais: [1] })).toEqual([]);
    expect(await askPixAgain(scene.knex, { carteiraId: scene.carteira.id }, by)).toEqual([receivableId]);
    expect(await sweep()).toEqual({ asked: 1, fetched: 1 });
    expect((await boletoOf(receivableId)).pix_emv).not.toBeNull();
    expect(await askPixAgain(scene.knex, { receivableIds: [receivableId] }, by)).toEqual([]);
    expect(await scene.knex('audit_entry').where({ action: 'pedirPix' }).pluck('entity_id')).toEqual([
      String(receivableId),
    ]);
  });
});

describe('which boletos lack one', () => {
  test('is counted by progress and report, seen on the item, and found by a filter', async () => {
    const { batchId, receivableId } = await registered({ fault: { kind: 'misprint', what: 'pixMissing' } });
    expect(await countWithoutPix(scene.knex, batchId)).toBe(1);
    expect(await readProgress(scene.knex, batchId)).toMatchObject({ withoutPix: 1 });
    expect(await batchReport(scene.knex, batchId)).toMatchObject({ registered: 1, withoutPix: 1 });
    const found = await batchItems(scene.knex, batchId, { cursor: 0, limit: 9, withoutPix: true });
    expect(found).toMatchObject([{ receivableId, withoutPix: true, pixEmv: null }]);
    await sweep();
    expect(await batchItems(scene.knex, batchId, { cursor: 0, limit: 9, withoutPix: true })).toEqual([]);
    const [item] = await batchItems(scene.knex, batchId, { cursor: 0, limit: 9 });
    expect(item).toMatchObject({
      withoutPix: false,
      pixEmv: expect.stringMatching(/^000201/),
      pixTxid: expect.any(String),
    });
    expect(await batchReport(scene.knex, batchId)).not.toHaveProperty('withoutPix');
  });

  test('none of a carteira that asks for none, and none of a título that is paid', async () => {
    const { receivableId } = await registered({ fault: { kind: 'misprint', what: 'pixMissing' } });
    await scene.knex('receivable').where({ id: receivableId }).update({ status: 'R' });
    expect(await noteMissingPix(scene.knex)).toEqual([]);
    await scene.knex('receivable').where({ id: receivableId }).update({ status: 'A' });
    expect(await noteMissingPix(scene.knex)).toEqual(['banco-do-brasil']);
    await scene.knex('carteira').update({ pix: false });
    expect(await noteMissingPix(scene.knex)).toEqual([]);
    expect(await fetchState()).toBeUndefined();
  });
});

test.each([
  [{ tries: 1, refusals: 0 }, 2],
  [{ tries: 8, refusals: 0 }, 720],
  [{ tries: 9, refusals: 0 }, null],
  [{ tries: 2, refusals: 2 }, 5],
  [{ tries: 3, refusals: 3 }, null],
])('after %j the next try comes in %s minutes', (tried, minutes) =>
  expect(nextPixTryInMs(tried)).toBe(minutes === null ? null : minutes * 60_000),
);
