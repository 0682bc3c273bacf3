import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerBoleto } from '../../activities/registerBoleto';
import { deferItems, leaseItems, type LeasedItem } from '../../record/engine/leases';
import { decideEarlierBoleto } from '../../record/engine/earlierBoleto';
import { openIntents } from '../../record/engine/intents';
import { closeLook, openLook } from '../../record/engine/looks';
import { recordOutcomes, type Outcome } from '../../record/engine/outcomes';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import type { AccessToken } from '../../domain/gateway';
import { readPix } from '../../domain/codes/pix';
import { mismatchLabels, type Mismatch } from '../../domain/boleto/registrationCheck';
import type { Fault, FaultRule, Misprint, Route } from '../../gateways/simulator/faults';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { intend as intendFor, leaseOne as leaseOf, sendAndDie as sendAndDieFor } from '../kit/deadWorker';

let scene: BankScene;

beforeEach(async () => {
  scene = await openBankScene();
});
afterEach(async () => {
  await scene.close();
});

/** States of the batch's items, by how many. */
async function states(batchId: string): Promise<Record<string, number>> {
  const rows = await scene.knex('batch_item').where({ batch_id: batchId }).select('state').count().groupBy('state');
  return Object.fromEntries(rows.map((row) => [row['state'], Number(row['count'])]));
}

/** How the batch's attempts ended, by how many; unresolved ones as `null`. */
async function resolutions(batchId: string): Promise<Record<string, number>> {
  const rows = await scene
    .knex('attempt')
    .where({ batch_id: batchId })
    .select('resolution')
    .count()
    .groupBy('resolution');
  return Object.fromEntries(rows.map((row) => [String(row['resolution']), Number(row['count'])]));
}

/** The bank's ledger against the record, line by line: what the bank has is what the record calls registered. */
async function expectLedgerEqualsRecord(): Promise<void> {
  const registered = await scene
    .knex('boleto as b')
    .join('receivable as r', 'r.id', 'b.receivable_id')
    .where('b.state', 'registered')
    .orderBy('b.own_reference')
    .select('b.own_reference', 'b.our_number', 'r.impresso');
  const ledger = scene.bank.admin.ledger.entries().map((entry) => ({
    own_reference: entry.ownReference,
    our_number: entry.number,
    impresso: true,
  }));
  expect(ledger.sort((a, b) => (a.own_reference < b.own_reference ? -1 : 1))).toEqual(registered);
  expect(scene.bank.admin.ledger.counts().duplicates).toBe(0);
}

/** A CEP that looks right, and that the bank does not have. */
async function onlyTheBankRefuses(): Promise<void> {
  scene.bank.admin.settings({ facts: { missingCeps: ['01310900'] } });
  await scene.knex('customer').update({ cep: '01310900' });
}

/** Waits for a condition; the test's own time limit ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

const leaseOne = (batchId: string) => leaseOf(scene, batchId);
const intend = (item: LeasedItem, deadlineMs?: number) => intendFor(scene, item, deadlineMs);
const sendAndDie = (item: LeasedItem, token?: AccessToken) => sendAndDieFor(scene, item, token);

describe('a slice', () => {
  test('registers each boleto once, with its linha digitável, and the título becomes Impresso', async () => {
    const { batchId } = await scene.createDueBatch(30);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 30 });
    expect(await resolutions(batchId)).toEqual({ registered: 30 });
    await expectLedgerEqualsRecord();
    const boletos = await scene.knex('boleto').select('linha_digitavel', 'barcode');
    for (const { linha_digitavel, barcode } of boletos) {
      expect(linha_digitavel).toMatch(/^001\d{44}$/);
      expect(barcode).toMatch(/^001\d{41}$/);
    }
    expect(scene.bank.admin.calls.counts()).toEqual({ token: 1, register: 30 });
  });

  test('stores what was sent and answered, without the token, the key or the secret', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await scene.settle(batchId);
    const [attempt] = await scene.knex('attempt').select('*');
    expect(attempt).toMatchObject({ http_status: expect.any(Number), request: expect.any(String) });
    expect(attempt.sent_at).not.toBeNull();
    const everything = JSON.stringify([
      attempt,
      await scene.knex('gateway_token').select('*'),
      await scene.knex('gateway_account').select('*'),
    ]);
    for (const secret of ['segredo-simulado', 'chave-simulada']) expect(everything).not.toContain(secret);
  });

  test('two workers on the same batch at the same instant: each boleto leaves once', async () => {
    const { batchId } = await scene.createDueBatch(40);
    const other = scene.createWorker();
    await Promise.all([scene.worker.communicate(batchId), other.communicate(batchId)]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 40 });
    expect(scene.bank.admin.calls.counts()['register']).toBe(40);
    await expectLedgerEqualsRecord();
  });

  test('a paused batch sends nothing and keeps its items', async () => {
    const { batchId } = await scene.createDueBatch(3);
    await scene.knex('batch').where({ id: batchId }).update({ paused: true });
    await scene.worker.communicate(batchId);
    expect(await states(batchId)).toEqual({ pending: 3 });
    expect(scene.bank.admin.calls.counts()['register']).toBeUndefined();
  });

  test('a correction that commits while the intent waits for it is what is sent, under its own version', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(1);
    const item = await leaseOne(batchId);
    const correction = await scene.knex.transaction();
    await correction('receivable').where({ id: receivableIds[0] }).forUpdate().first();
    await correction('customer').update({ cep: '20040002', uf: 'RJ', city: 'Rio de Janeiro' });
    const intent = intend(item);
    for (let waiting = 0; waiting === 0;) {
      const { rows } = await scene.knex.raw<{ rows: { waiting: number }[] }>(
        `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      waiting = rows[0]?.waiting ?? 0;
    }
    await correction.commit();
    const { attemptId, snapshot } = await intent;
    expect(snapshot.payer.cep).toBe('20040002');
    const versions = await scene.knex('receivable').where({ id: receivableIds[0] }).first('version');
    expect(await scene.knex('attempt').where({ id: attemptId }).first('receivable_version')).toEqual({
      receivable_version: versions.version,
    });
  });

  test('a título that was paid since the selection is not sent', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(2);
    await scene.knex('receivable').where({ id: receivableIds[0] }).update({ status: 'R' });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1, skipped: 1 });
    await expectLedgerEqualsRecord();
  });
});

test('a título that got a boleto of another system since the selection is not sent, until a person says so', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(2);
  const [elsewhere] = receivableIds as [number];
  await scene
    .knex('receivable')
    .where({ id: elsewhere })
    .update({ imported_registration: JSON.stringify({ nn_boleto: '90000000042', linha_digitavel: '' }) });
  await scene.settle(batchId);
  expect(await states(batchId)).toEqual({ registered: 1, skipped: 1 });
  expect(await scene.knex('batch_item').where({ receivable_id: elsewhere }).first('provider_code')).toEqual({
    provider_code: 'earlierBoleto',
  });
  expect(await scene.knex('boleto').where({ receivable_id: elsewhere })).toEqual([]);

  const by = 'operador.1';
  await decideEarlierBoleto(scene.knex, { receivableId: elsewhere, decision: 'ignorar', reason: 'Baixado', by });
  await scene
    .knex('batch_item')
    .where({ receivable_id: elsewhere })
    .update({ state: 'pending', closed_at: null, due_at: scene.knex.fn.now() });
  await scene.settle(batchId);
  expect(await states(batchId)).toEqual({ registered: 2 });
  await expectLedgerEqualsRecord();
});

describe('the prévia inside the slice', () => {
  test('what it finds is never sent: rejected with code, field and words, without an attempt; the others go on', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(3);
    const broken = receivableIds[0] as number;
    await scene.knex.raw(
      `update customer set district = '', cep = '20040002' where id = (select customer_id from receivable where id = ?)`,
      [broken],
    );
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 2, rejected: 1 });
    expect(await scene.knex('batch_item').where({ receivable_id: broken }).first()).toMatchObject({
      state: 'rejected',
      failure_kind: 'data',
      provider_code: 'bairroVazio',
      field: 'payer.district',
      provider_message: 'O bairro do pagador está vazio. · O CEP é de RJ, e a UF do cadastro é SP.',
      due_at: null,
      closed_at: null,
    });
    expect(scene.bank.admin.calls.counts()['register']).toBe(2);
    expect(await resolutions(batchId)).toEqual({ registered: 2 });
    await expectLedgerEqualsRecord();
  });

  test('corrected, the título is sent in the next round, under the number it was given', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await scene.knex('receivable').update({ due_date: '2020-01-31', issue_date: '2020-01-01' });
    await scene.settle(batchId);
    expect(await scene.knex('batch_item').first('state', 'provider_code', 'field')).toEqual({
      state: 'rejected',
      provider_code: 'vencimentoPassado',
      field: 'dueDate',
    });
    const { our_number } = await scene.knex('boleto').first('our_number');
    const issue_date = scene.knex.raw(`(now() at time zone 'America/Sao_Paulo')::date`);
    await scene.knex('receivable').update({ due_date: '2030-01-31', issue_date });
    await scene.knex('batch_item').update({ state: 'pending', due_at: scene.knex.fn.now() });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(scene.bank.admin.ledger.entries()).toMatchObject([{ number: our_number }]);
  });

  test('two references that the bank’s shortening makes equal: the first is sent, the second refused by name', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(3);
    const shortened = { ...scene.worker.gateway, ownReference: (id: number) => (id === receivableIds[1] ? '1' : '2') };
    const account = await scene.worker.line.account();
    const requests = (await leaseItems(scene.knex, { batchId, from: 1, to: 3 }, 0)).map((item) => ({
      ...item,
      account,
      attemptId: randomUUID(),
      deadlineMs: 50,
    }));
    const intents = await openIntents(scene.knex, shortened, requests);
    expect(intents.map(({ kind }) => kind)).toEqual(['send', 'send', 'settled']);
    expect(await scene.knex('batch_item').where({ ordinal: 3 }).first()).toMatchObject({
      state: 'rejected',
      provider_code: 'seuNumeroRepetido',
      field: 'ownReference',
      boleto_id: null,
    });
    expect(await scene.knex('attempt').count()).toEqual([{ count: 2 }]);
    expect(await scene.knex('boleto').orderBy('own_reference').pluck('own_reference')).toEqual(['1', '2']);

    // In another batch, against what the record has.
    const other = await scene.createDueBatch(1);
    const [item] = await leaseItems(scene.knex, { batchId: other.batchId, from: 1, to: 1 }, 0);
    const [intent] = await openIntents(scene.knex, shortened, [
      { ...item!, account, attemptId: randomUUID(), deadlineMs: 50 },
    ]);
    expect(intent).toEqual({ kind: 'settled', state: 'rejected' });
  });

  test('a reference that does not fit is that título’s defect, and stops nobody else', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(2);
    const long = {
      ...scene.worker.gateway,
      ownReference: (id: number) => (id === receivableIds[0] ? '9'.repeat(16) : '9'),
    };
    const account = await scene.worker.line.account();
    const items = await leaseItems(scene.knex, { batchId, from: 1, to: 2 }, 0);
    await openIntents(
      scene.knex,
      long,
      items.map((item) => ({ ...item, account, attemptId: randomUUID(), deadlineMs: 50 })),
    );
    expect(await states(batchId)).toEqual({ rejected: 1, sending: 1 });
    expect(await scene.knex('batch_item').where({ ordinal: 1 }).first('provider_code')).toEqual({
      provider_code: 'seuNumeroInvalido',
    });
  });
});

describe('whatever the bank does, its ledger equals the record', () => {
  const once: [string, Fault, Record<string, number>][] = [
    ['registers and never answers', { kind: 'silent', when: 'after' }, { registered: 4 }],
    ['never answers and registers later', { kind: 'silent', lateMs: 1_050 }, { registered: 4 }],
    ['never answers and never registers', { kind: 'silent', when: 'before' }, { absent: 4, registered: 4 }],
    ['registers and drops the connection', { kind: 'drop', when: 'after' }, { registered: 4 }],
    ['drops the connection before', { kind: 'drop', when: 'before' }, { absent: 4, registered: 4 }],
    ['registers and answers 502', { kind: 'status', status: 502, when: 'after' }, { registered: 4 }],
    ['answers 503 without a body', { kind: 'status', status: 503, when: 'before' }, { absent: 4, registered: 4 }],
    ['answers 500 in its own shape', { kind: 'status', status: 500, when: 'before' }, { absent: 4, registered: 4 }],
    ['registers and cuts its JSON', { kind: 'truncated' }, { registered: 4 }],
    ['registers and answers HTML', { kind: 'html', status: 200, when: 'after' }, { registered: 4 }],
    ['registers and answers nothing', { kind: 'empty', status: 201, when: 'after' }, { registered: 4 }],
    ['registers and answers 10 MB', { kind: 'dirty', content: 'huge', status: 500, when: 'after' }, { registered: 4 }],
    ['registers and answers NUL', { kind: 'dirty', content: 'nul', status: 500, when: 'after' }, { registered: 4 }],
    [
      'registers and answers a lone surrogate',
      { kind: 'dirty', content: 'loneSurrogate', status: 500, when: 'after' },
      { registered: 4 },
    ],
    [
      'registers and answers invalid UTF-8',
      { kind: 'dirty', content: 'invalidUtf8', status: 500, when: 'after' },
      { registered: 4 },
    ],
    ['asks to come back later', { kind: 'status', status: 429, retryAfter: '1' }, { notSent: 4, registered: 4 }],
    ['lets the token expire early', { kind: 'status', status: 401 }, { notSent: 4, registered: 4 }],
  ];

  test.each(once)('%s', async (_, fault, expected) => {
    if (fault.kind === 'silent') await scene.waitForAnswers(1);
    // A first boleto, so that the token has worked before.
    const before = await scene.createDueBatch(1);
    await scene.settle(before.batchId);
    // All four have left before the first is answered: what it says would hold the others back.
    if (expected['notSent']) scene.bank.admin.settings({ latency: { register: { minMs: 500, maxMs: 500 } } });
    scene.bank.admin.faults([{ match: { route: 'register' }, times: 4, fault }]);
    const { batchId } = await scene.createDueBatch(4);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 4 });
    expect(await resolutions(batchId)).toEqual(expected);
    await expectLedgerEqualsRecord();
  });

  test('a NUL in a refusal spoils neither its own row nor those beside it', async () => {
    scene.bank.admin.faults([
      { match: { route: 'register' }, times: 1, fault: { kind: 'dirty', content: 'nul', status: 400 } },
    ]);
    const { batchId } = await scene.createDueBatch(10);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ rejected: 1, registered: 9 });
    await expectLedgerEqualsRecord();
  });

  test('a redirect is never followed: the batch pauses, and nothing was posted twice', async () => {
    scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'redirect' } }]);
    const { batchId } = await scene.createDueBatch(1);
    await scene.settle(batchId);
    expect(scene.bank.admin.calls.counts()['register']).toBe(1);
    expect(await scene.knex('batch').where({ id: batchId }).first('paused', 'pause_reason')).toEqual({
      paused: true,
      pause_reason: 'config',
    });
  });

  test('a bank that is down for a moment delays the batch and nothing else', async () => {
    const { batchId } = await scene.createDueBatch(5);
    scene.bank.admin.down(700);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 5 });
    await expectLedgerEqualsRecord();
  });
});

describe('a bank that is away', () => {
  test('is asked again by one boleto at a time, and the others wait without an attempt', async () => {
    const { batchId: first } = await scene.createDueBatch(1);
    await scene.settle(first);
    const { batchId } = await scene.createDueBatch(300);
    scene.bank.admin.down(3_000);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 300 });
    await expectLedgerEqualsRecord();
    const unsent = await scene
      .knex('attempt')
      .where({ batch_id: batchId })
      .whereNull('sent_at')
      .count<[{ count: number }]>();
    // Those that were on their way when it went, and a few that asked; without Reach every one of the 300, and again.
    expect(unsent[0]?.count ?? 0).toBeLessThan(100);
    expect(unsent[0]?.count ?? 0).toBeGreaterThan(0);
  });
});

describe('credentials', () => {
  test('refused ones pause the batch once, with one alert, and no boleto is touched', async () => {
    scene.bank.admin.faults([{ match: { route: 'token' }, fault: { kind: 'invalidClient' } }]);
    const { batchId } = await scene.createDueBatch(20);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ pending: 20 });
    expect(await resolutions(batchId)).toEqual({});
    expect(await scene.knex('alert').where({ batch_id: batchId }).pluck('kind')).toEqual(['config']);

    scene.bank.admin.faults([]);
    // The refusal is remembered for a second, so that not each of many items asks: a person who is quicker asks again.
    while ((await states(batchId))['pending']) {
      await scene.knex('batch').where({ id: batchId }).update({ paused: false, pause_reason: null });
      await scene.settle(batchId);
    }
    expect(await states(batchId)).toEqual({ registered: 20 });
    await expectLedgerEqualsRecord();
  });

  test('two fresh tokens refused in a row are a matter of configuration, not of repetition', async () => {
    scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'status', status: 401 } }]);
    const { batchId } = await scene.createDueBatch(3);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ pending: 3 });
    expect(await scene.knex('batch').where({ id: batchId }).first('pause_reason')).toEqual({ pause_reason: 'config' });
    expect(scene.bank.admin.calls.counts()['token']).toBe(2);
  });

  test('one fresh token that the bank does not know yet is replaced, and nobody is asked', async () => {
    scene.bank.admin.faults([{ match: { route: 'register' }, times: 1, fault: { kind: 'status', status: 401 } }]);
    const { batchId } = await scene.createDueBatch(3);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 3 });
    expect(scene.bank.admin.calls.counts()['token']).toBe(2);
    await expectLedgerEqualsRecord();
  });

  test('a token endpoint that is slow or broken is waited for, before any intent', async () => {
    scene.bank.admin.faults([{ match: { route: 'token' }, times: 1, fault: { kind: 'status', status: 503 } }]);
    const { batchId } = await scene.createDueBatch(3);
    await scene.settle(batchId);
    expect(await resolutions(batchId)).toEqual({ registered: 3 });
  });

  test('a token that dies early is replaced as often as it dies, also when another worker had it accepted', async () => {
    const other = scene.createWorker();
    for (let time = 1; time <= 3; time += 1) {
      await scene.worker.line.tokens.current(await scene.worker.line.account());
      const accepted = await scene.createDueBatch(1);
      await other.communicate(accepted.batchId);
      await until(async () => (await scene.knex('gateway_token').first('accepted')).accepted as boolean);
      scene.bank.admin.expireTokens();
      const { batchId } = await scene.createDueBatch(1);
      await scene.settle(batchId);
      expect(await states(batchId)).toEqual({ registered: 1 });
    }
    expect(await scene.knex('batch').where({ paused: true })).toEqual([]);
    await expectLedgerEqualsRecord();
  });

  test('a call that waited for its turn leaves with the newest token', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { line } = scene.worker;
    const account = await line.account();
    const old = (await line.tokens.current(account)) as { token: AccessToken };
    scene.bank.admin.expireTokens();
    await line.tokens.refused(old.token.generation);
    await line.tokens.current(account);
    const { outcome } = await sendAndDie(await leaseOne(batchId), old.token);
    expect(outcome.kind).toBe('registered');
  });

  test('a token is renewed before its end, by whoever needs it first', async () => {
    scene.bank.admin.settings({ tokenSeconds: 1 });
    const account = await scene.worker.line.account();
    await scene.worker.line.tokens.current(account);
    await until(async () => {
      const { rows } = await scene.knex.raw('select usable_until < clock_timestamp() as over from gateway_token');
      return rows[0].over as boolean;
    });
    const current = await scene.createWorker().line.tokens.current(account);
    expect(current).toMatchObject({ token: { generation: 2 } });
  });

  test('many items that need a token do not each ask a broken endpoint', async () => {
    scene.bank.admin.faults([{ match: { route: 'token' }, fault: { kind: 'status', status: 503 } }]);
    const { batchId } = await scene.createDueBatch(20);
    for (let ordinal = 1; ordinal <= 20; ordinal += 1) await scene.worker.communicate(batchId, ordinal, ordinal);
    expect(scene.bank.admin.calls.counts()['token']).toBeLessThan(8);
    scene.bank.admin.faults([]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 20 });
  });

  test('several workers share one token', async () => {
    const { batchId } = await scene.createDueBatch(20);
    const others = [scene.createWorker(), scene.createWorker()];
    await Promise.all([scene.worker, ...others].map((worker) => worker.communicate(batchId)));
    expect(scene.bank.admin.calls.counts()['token']).toBe(1);
  });
});

describe('a worker that dies', () => {
  test('after the call and before its outcome: the bank is asked, and not posted to again', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await sendAndDie(await leaseOne(batchId));
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(scene.bank.admin.calls.counts()['register']).toBe(1);
    expect(await scene.knex('batch_item').where({ batch_id: batchId }).first('reconciled')).toEqual({
      reconciled: true,
    });
    await expectLedgerEqualsRecord();
  });

  test('between intent and call: absence is proven by two looks, then it is sent under the same number', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { snapshot } = await intend(await leaseOne(batchId));
    await scene.settle(batchId);
    expect(await resolutions(batchId)).toEqual({ absent: 1, registered: 1 });
    expect(await scene.knex('look').pluck('evidence')).toEqual(['absent', 'absent']);
    expect(scene.bank.admin.ledger.entries().map(({ number }) => number)).toEqual([snapshot.ourNumber]);
  });

  test('while its call can still be under way, nobody else takes the item or looks', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await intend(await leaseOne(batchId), 60_000);
    await scene.createWorker().communicate(batchId);
    expect(await states(batchId)).toEqual({ sending: 1 });
    expect(scene.bank.admin.calls.counts()).toEqual({});
  });
});

describe('a worker that was frozen and taken over', () => {
  test('before its intent: the intent is refused by its old token, and no attempt is written', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const frozen = await leaseOne(batchId);
    await leaseOne(batchId);
    const account = await scene.worker.line.account();
    const [intent] = await openIntents(scene.knex, scene.worker.gateway, [
      { ...frozen, account, attemptId: randomUUID(), deadlineMs: 50 },
    ]);
    expect(intent).toEqual({ kind: 'held' });
    expect(await resolutions(batchId)).toEqual({});
  });

  test('while it asked for a token: it puts off nothing that another one has taken', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const frozen = await leaseOne(batchId);
    await leaseOne(batchId);
    const before = await scene.knex('batch_item').where({ batch_id: batchId }).first();
    const failure = { dueInMs: 60_000, kind: 'transient', code: 'token', message: 'sem token' };
    await deferItems(scene.knex, [frozen], failure);
    expect(await scene.knex('batch_item').where({ batch_id: batchId }).first()).toEqual(before);
  });

  test('before the first byte: past its deadline it sends nothing', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { line } = scene.worker;
    const item = await leaseOne(batchId);
    const intent = await intend(item);
    const account = await line.account();
    const current = await line.tokens.current(account);
    if (current.kind !== 'token') throw new Error(current.kind);
    const { outcome } = await registerBoleto(line, {
      ...intent,
      item,
      account,
      token: current.token,
      timeoutMs: 1_000,
      // Less than one call away: what a long freeze leaves.
      deadline: performance.now() + 999,
      wallDeadline: Infinity,
      onSend: () => undefined,
    });
    expect(outcome.resolution).toBe('notSent');
    expect(scene.bank.admin.calls.counts()['register']).toBeUndefined();
  });

  test('between answer and flush: its late outcome closes its own attempt and does not move the item back', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { outcome, attemptId } = await sendAndDie(await leaseOne(batchId));
    await scene.settle(batchId);
    const before = await scene.knex('batch_item').where({ batch_id: batchId }).first();
    await recordOutcomes(scene.knex, [{ ...outcome, itemState: 'deferred', dueInMs: 0 }]);
    expect(await scene.knex('batch_item').where({ batch_id: batchId }).first()).toEqual(before);
    expect(await scene.knex('attempt').where({ id: attemptId }).first('resolution')).toEqual({
      resolution: 'registered',
    });
  });

  test('with the item still open in other hands: its late outcome moves nothing but its own attempt', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { outcome, attemptId } = await sendAndDie(await leaseOne(batchId));
    // The call is over for good; the item is due for a look, and another slice has it.
    await scene.knex('batch_item').update({ due_at: scene.knex.raw("clock_timestamp() - interval '1 second'") });
    await leaseOne(batchId);
    const before = await scene.knex('batch_item').where({ batch_id: batchId }).first();
    const refused: Outcome = {
      ...outcome,
      kind: 'data',
      resolution: 'refused',
      boletoState: 'draft',
      itemState: 'rejected',
      registration: null,
    };
    await recordOutcomes(scene.knex, [refused]);
    expect(await scene.knex('batch_item').where({ batch_id: batchId }).first()).toEqual(before);
    expect(await scene.knex('attempt').where({ id: attemptId }).first('resolution')).toEqual({ resolution: 'refused' });
  });

  test('with a look that found nothing: what another look showed since stays a conflict', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const frozen = await leaseOne(batchId);
    const { outcome, attemptId, boletoId } = await sendAndDie(frozen);
    const { ourNumber, convenio } = (await scene.knex('attempt').first('snapshot')).snapshot;
    scene.bank.admin.amend(convenio, ourNumber, { valorOriginalTituloCobranca: 1 });
    await scene.settle(batchId);
    const late: Outcome = {
      ...outcome,
      kind: 'ambiguous',
      resolution: 'absent',
      boletoState: 'draft',
      itemState: 'pending',
      dueInMs: 0,
      registration: null,
      exchange: null,
    };
    await recordOutcomes(scene.knex, [late]);
    expect(await states(batchId)).toEqual({ conflict: 1 });
    expect(await scene.knex('attempt').where({ id: attemptId }).first('resolution')).toEqual({
      resolution: 'conflict',
    });
    expect(await scene.knex('boleto').where({ id: boletoId }).first('state')).toEqual({ state: 'conflict' });
  });

  test('a registration that comes after a look had called it absent is still registered', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const item = await leaseOne(batchId);
    const { outcome, attemptId, boletoId } = await sendAndDie(item);
    await recordOutcomes(scene.knex, [
      {
        ...outcome,
        kind: 'ambiguous',
        resolution: 'absent',
        boletoState: 'draft',
        itemState: 'pending',
        dueInMs: 0,
        registration: null,
      },
    ]);
    await recordOutcomes(scene.knex, [outcome]);
    expect(await scene.knex('attempt').where({ id: attemptId }).first('resolution')).toEqual({
      resolution: 'registered',
    });
    expect(await scene.knex('boleto').where({ id: boletoId }).first('state')).toEqual({ state: 'registered' });
    await scene.settle(batchId);
    await expectLedgerEqualsRecord();
  });
});

test('a number that a person gave up, and that the bank registered after all, raises an alert', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(1);
  const { outcome, boletoId } = await sendAndDie(await leaseOne(batchId));
  await scene.knex('attempt').update({ resolution: 'conflict', resolved_at: scene.knex.fn.now() });
  await scene.knex('boleto').where({ id: boletoId }).update({ state: 'superseded' });
  await recordOutcomes(scene.knex, [outcome]);
  await recordOutcomes(scene.knex, [outcome]);
  expect(await scene.knex('alert').select('kind', 'receivable_id')).toEqual([
    { kind: 'twoAlive', receivable_id: receivableIds[0] },
  ]);
  expect(await scene.knex('boleto').where({ id: boletoId }).first('state')).toEqual({ state: 'superseded' });
});

describe('a success whose codes are wrong', () => {
  const misprints: [Misprint, Mismatch][] = [
    ['line', 'linhaDigitavel'],
    ['bank', 'bank'],
    ['amount', 'amountCents'],
    ['dueDate', 'dueDate'],
    ['ourNumber', 'ourNumber'],
    ['pixCrc', 'pix'],
    ['pixAmount', 'pixAmount'],
  ];
  const misprint = (what: Misprint, route: Route = 'register', times = 1): FaultRule => ({
    match: { route },
    fault: { kind: 'misprint', what },
    times,
  });

  async function reexamine(batchId: string): Promise<void> {
    await scene.knex('batch_item').update({ due_at: scene.knex.fn.now() });
    await scene.settle(batchId);
  }

  test.each(misprints)('%s: is a divergence, kept and never sent again; right codes settle it', async (what, name) => {
    await scene.knex('carteira').update({ pix: true });
    const { batchId, receivableIds } = await scene.createDueBatch(1);
    scene.bank.admin.faults([misprint(what)]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ conflict: 1 });
    expect(await scene.knex('boleto').first('state', 'divergence', 'linha_digitavel', 'registered_at')).toEqual({
      state: 'conflict',
      divergence: [name],
      linha_digitavel: expect.stringMatching(/^\d{47}$/),
      registered_at: null,
    });
    const item = await scene.knex('batch_item').first('failure_kind', 'provider_code', 'provider_message', 'due_at');
    expect(item).toMatchObject({ failure_kind: 'mismatch', provider_code: 'codigosDivergentes', due_at: null });
    expect(item.provider_message).toContain(mismatchLabels[name]);
    expect(await scene.knex('receivable').where({ id: receivableIds[0] }).first('impresso')).toEqual({
      impresso: false,
    });

    await reexamine(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(await scene.knex('boleto').first('state', 'divergence', 'pix_emv')).toEqual({
      state: 'registered',
      divergence: null,
      // A read of this bank shows no Pix: the wrong one is gone, and the boleto is paid by its line.
      pix_emv: null,
    });
    expect(scene.bank.admin.calls.counts()['register']).toBe(1);
    await expectLedgerEqualsRecord();
  });

  test('shown again by a look stays a divergence, and keeps its words while looks prove nothing', async () => {
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([misprint('amount'), misprint('dueDate', 'read')]);
    await scene.settle(batchId);
    await reexamine(batchId);
    expect(await states(batchId)).toEqual({ conflict: 1 });
    const [look] = await scene.knex('look').select('evidence', 'mismatches');
    expect(look).toEqual({ evidence: 'conflict', mismatches: ['dueDate'] });
    const shown = await scene.knex('batch_item').first('provider_code', 'provider_message');
    expect(shown.provider_message).toContain(mismatchLabels.dueDate);

    scene.bank.admin.faults([
      { match: { route: 'read' }, fault: { kind: 'status', status: 500, retryAfter: '30' }, times: 1 },
    ]);
    await scene.knex('batch_item').update({ due_at: scene.knex.fn.now() });
    await sleep(200);
    await scene.worker.communicate(batchId);
    expect(await states(batchId)).toEqual({ conflict: 1 });
    expect(await scene.knex('batch_item').first('provider_code', 'provider_message')).toEqual(shown);
    expect(scene.bank.admin.calls.counts()['register']).toBe(1);
  });

  test('cannot be proven absent: a bank that said "registered" is never sent the boleto again by itself', async () => {
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([misprint('amount')]);
    await scene.settle(batchId);
    scene.bank.admin.reset();
    await scene.knex('batch_item').update({ due_at: scene.knex.fn.now() });
    for (let looks = 0; looks < 3; looks += 1) {
      await sleep(200);
      await scene.knex('batch_item').update({ due_at: scene.knex.fn.now() });
      await scene.worker.communicate(batchId);
    }
    expect(await states(batchId)).toEqual({ conflict: 1 });
    expect(scene.bank.admin.calls.counts()['read']).toBeGreaterThan(2);
    expect(scene.bank.admin.calls.counts()['register']).toBeUndefined();
  });

  test('at a look after a lost answer is a divergence as well', async () => {
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([
      { match: { route: 'register' }, fault: { kind: 'drop', when: 'after' }, times: 1 },
      misprint('ourNumber', 'read'),
    ]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ conflict: 1 });
    expect(await scene.knex('boleto').first('state', 'divergence')).toEqual({
      state: 'conflict',
      divergence: ['ourNumber'],
    });
    expect(scene.bank.admin.calls.counts()['register']).toBe(1);
  });

  test('is accepted of a carteira in homologação that was told so, and marked; never of one in production', async () => {
    await scene.knex('carteira').update({ accept_invalid_codes: true });
    const { batchId } = await scene.createDueBatch(1);
    scene.bank.admin.faults([misprint('line', 'register', 2)]);
    await scene.settle(batchId);
    expect(await scene.knex('boleto').first('state', 'divergence', 'homologation')).toEqual({
      state: 'registered',
      divergence: ['linhaDigitavel'],
      homologation: true,
    });

    await scene.knex('carteira').update({ homologation: false });
    const second = await scene.createDueBatch(1);
    await scene.settle(second.batchId);
    expect(await states(second.batchId)).toEqual({ conflict: 1 });
  });
});

test('a boleto híbrido is registered with the Pix that the bank made for it', async () => {
  await scene.knex('carteira').update({ pix: true });
  const { batchId } = await scene.createDueBatch(1);
  await scene.settle(batchId);
  const boleto = await scene.knex('boleto').first('state', 'pix_emv', 'pix_txid', 'beneficiary_code', 'homologation');
  expect(boleto).toMatchObject({ state: 'registered', beneficiary_code: '0452 / 123873', homologation: true });
  expect(readPix(boleto.pix_emv)).toMatchObject({ amountCents: 9_990 });
});

describe('evidence', () => {
  test('a boleto under our number with another value is a conflict for a person, never sent again', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { snapshot, outcome } = { ...(await sendAndDieWithSnapshot(batchId)) };
    scene.bank.admin.amend(snapshot.convenio, snapshot.ourNumber as string, { valorOriginalTituloCobranca: 1 });
    expect(outcome.resolution).toBe('registered');
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ conflict: 1 });
    expect(scene.bank.admin.calls.counts()['register']).toBe(1);
    expect(await scene.knex('batch_item').where({ batch_id: batchId }).first('due_at')).toEqual({ due_at: null });
  });

  test('a boleto that was corrected while its call was uncertain is registered with older data', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(1);
    await sendAndDie(await leaseOne(batchId));
    await scene.knex('receivable').where({ id: receivableIds[0] }).update({ due_date: '2030-03-01' });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(await scene.knex('boleto').first('older_data')).toEqual({ older_data: true });
    expect(scene.bank.admin.calls.counts()['register']).toBe(1);
  });

  test('“already there” for a boleto that is ours adopts it, and takes no other number', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { attemptId } = await sendAndDie(await leaseOne(batchId));
    // What the record knew is lost: the attempt counts as never sent.
    await scene
      .knex('attempt')
      .where({ id: attemptId })
      .update({ resolution: 'notSent', resolved_at: scene.knex.fn.now() });
    await scene.knex('boleto').update({ state: 'draft' });
    await scene.knex('batch_item').update({ state: 'pending', due_at: scene.knex.fn.now() });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(scene.bank.admin.calls.counts()['register']).toBe(2);
    expect(await scene.knex('boleto').count()).toEqual([{ count: 1 }]);
    await expectLedgerEqualsRecord();
  });

  test('whoever asks: two identical looks are further apart than the bank’s cache lives', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { attemptId, boletoId } = await intend(await leaseOne(batchId));
    const look = { attemptId, boletoId, accountId: scene.accountId, identity: 'the same', staleMs: 60_000 };
    const answers = await Promise.all([1, 2, 3].map(() => openLook(scene.knex, { ...look, id: randomUUID() })));
    expect(answers.filter((recentMs) => recentMs === null)).toHaveLength(1);
    expect(await scene.knex('look').count()).toEqual([{ count: 1 }]);
    expect(await openLook(scene.knex, { ...look, identity: 'another', id: randomUUID() })).toBeNull();
  });

  test('an identical look counts from its answer on, however long it waited for its turn', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { attemptId, boletoId } = await intend(await leaseOne(batchId));
    const look = { attemptId, boletoId, accountId: scene.accountId, identity: 'the same', staleMs: 60_000 };
    const slow = randomUUID();
    await openLook(scene.knex, { ...look, id: slow });
    await scene.knex('look').update({ started_at: scene.knex.raw(`started_at - interval '90 seconds'`) });
    const exchange = { status: 404, request: null, response: null, durationMs: 1, sentAt: new Date() };
    await closeLook(scene.knex, slow, { kind: 'notFound', exchange }, { kind: 'absent' });
    expect(await openLook(scene.knex, { ...look, id: randomUUID() })).toBeLessThan(60_000);
    await scene.knex('look').update({ finished_at: scene.knex.raw(`finished_at - interval '61 seconds'`) });
    expect(await openLook(scene.knex, { ...look, id: randomUUID() })).toBeNull();
  });

  test('a look that was turned away at the door says nothing, and is asked again', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await sendAndDie(await leaseOne(batchId));
    scene.bank.admin.faults([
      { match: { route: 'read' }, times: 2, fault: { kind: 'status', status: 429 } },
      { match: { route: 'read' }, times: 1, fault: { kind: 'status', status: 401 } },
    ]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(await scene.knex('look').pluck('evidence')).toEqual(['registered']);
  });

  test('asked for too early, by a person, the bank is not looked at before its settle time', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { attemptId } = await intend(await leaseOne(batchId), 400);
    const { deadline } = await scene.knex('attempt').where({ id: attemptId }).first<{ deadline: Date }>('deadline');
    await scene.knex('batch_item').update({ due_at: scene.knex.raw("clock_timestamp() - interval '1 second'") });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(await scene.knex('attempt').where({ id: attemptId }).first('deadline')).toEqual({ deadline });
    const { rows } = await scene.knex.raw<{ rows: { afterDeadlineMs: number }[] }>(
      `select min(extract(epoch from l.started_at - a.deadline))::float8 * 1000 as "afterDeadlineMs"
       from look l join attempt a on a.id = l.attempt_id`,
    );
    expect(rows[0]?.afterDeadlineMs).toBeGreaterThanOrEqual(scene.worker.gateway.capabilities.settleMs);
  });
});

async function sendAndDieWithSnapshot(batchId: string) {
  const sent = await sendAndDie(await leaseOne(batchId));
  const attempt = await scene
    .knex('attempt')
    .where({ id: sent.attemptId })
    .first<{ snapshot: ChargeSnapshot }>('snapshot');
  return { ...sent, snapshot: attempt?.snapshot };
}

describe('the bank does what nobody expects', () => {
  test('it registers under a number of its own: adopted by our reference, never sent a second time', async () => {
    scene.bank.admin.settings({ renumbers: true });
    const { batchId } = await scene.createDueBatch(2);
    await scene.settle(batchId);
    expect(scene.bank.admin.calls.counts()['register']).toBe(2);
    expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 2, duplicates: 0 });
    expect(await states(batchId)).toEqual({ registered: 2 });
    const bankIds = await scene.knex('boleto').orderBy('bank_id').pluck('bank_id');
    expect(bankIds).toEqual(
      scene.bank.admin.ledger
        .entries()
        .map(({ number }) => number)
        .sort(),
    );
  });

  test('it never registers one boleto: after three proven absences a person is asked', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(1);
    const match = { route: 'register' as const, ownReference: String(receivableIds[0]) };
    scene.bank.admin.faults([{ match, fault: { kind: 'status', status: 500, when: 'before' } }]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ deferred: 1 });
    expect(await resolutions(batchId)).toEqual({ absent: 3 });
    expect(await scene.knex('batch_item').first('due_at')).toEqual({ due_at: null });
  });

  test('a NUL in what a look shows does not keep it from being settled', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { snapshot } = await sendAndDieWithSnapshot(batchId);
    scene.bank.admin.amend(snapshot.convenio, snapshot.ourNumber as string, { numeroTituloCedenteCobranca: 'x\0y' });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ conflict: 1 });
  });

  test('it asks everybody to come back in ten minutes: nothing waits in the worker for it', async () => {
    scene.bank.admin.faults([
      { match: { route: 'register' }, fault: { kind: 'status', status: 429, retryAfter: '600' } },
    ]);
    const { batchId } = await scene.createDueBatch(40);
    await scene.worker.communicate(batchId);
    expect(await states(batchId)).toEqual({ deferred: 40 });
    const { rows } = await scene.knex.raw<{ rows: { soonest: number }[] }>(
      `select min(extract(epoch from due_at - clock_timestamp()))::float8 as soonest from batch_item`,
    );
    expect(rows[0]?.soonest).toBeGreaterThan(500);
    expect(await scene.knex('attempt').whereNull('resolution').count()).toEqual([{ count: 0 }]);
  });
});

describe('the carteira is tied to another account or convênio', () => {
  test('a boleto refused before gets a number of the new convênio', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await onlyTheBankRefuses();
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ rejected: 1 });
    await scene.knex('customer').update({ cep: '01310100' });
    await scene.knex('carteira').update({ convenio: '3128558' });
    await scene.knex('batch_item').update({ state: 'pending', due_at: scene.knex.fn.now() });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(await scene.knex('boleto').orderBy('id').select('convenio', 'state')).toEqual([
      { convenio: '3128557', state: 'superseded' },
      { convenio: '3128558', state: 'registered' },
    ]);
  });

  test('what is uncertain at the old one is never looked for, or sent, at the new one', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await intend(await leaseOne(batchId));
    await scene.knex('carteira').update({ convenio: '3128558' });
    await scene.settle(batchId);
    expect(scene.bank.admin.calls.counts()['register']).toBeUndefined();
    expect(scene.bank.admin.calls.counts()['read']).toBeUndefined();
    expect(await scene.knex('batch_item').first('state', 'due_at', 'closed_at')).toEqual({
      state: 'unconfirmed',
      due_at: null,
      closed_at: null,
    });
  });
});

describe('what cannot be helped by repeating', () => {
  test('a used-up range of numbers pauses the batch and tells people', async () => {
    const { batchId } = await scene.createDueBatch(2);
    await scene
      .knex('numbering_space')
      .insert({ gateway: 'banco-do-brasil', convenio: '3128557', next_number: 10_000_000_000 });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ pending: 2 });
    expect(await scene.knex('batch').first('paused')).toEqual({ paused: true });
    expect(await scene.knex('alert').pluck('message')).toEqual([expect.stringContaining('a faixa acabou')]);
  });

  test('a carteira without what its bank needs pauses the batch instead of refusing every título', async () => {
    await scene.knex('carteira').update({ variation: '' });
    const { batchId } = await scene.createDueBatch(3);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ pending: 3 });
    expect(await scene.knex('batch').first('paused')).toEqual({ paused: true });
    expect(await scene.knex('boleto').count()).toEqual([{ count: 0 }]);
  });

  test('a token endpoint that is away is asked now and then, also for what a dead worker left', async () => {
    const { batchId } = await scene.createDueBatch(1);
    await intend(await leaseOne(batchId), 0);
    await scene.knex('batch_item').update({ due_at: scene.knex.raw("clock_timestamp() - interval '1 second'") });
    scene.bank.admin.faults([{ match: { route: 'token' }, fault: { kind: 'status', status: 503 } }]);
    await scene.worker.communicate(batchId);
    expect(scene.bank.admin.calls.counts()['token']).toBeLessThan(5);
    expect(await states(batchId)).toEqual({ unconfirmed: 1 });
  });

  test('an attempt that another one made needless is closed with it', async () => {
    const { batchId } = await scene.createDueBatch(1);
    const { outcome } = await sendAndDie(await leaseOne(batchId));
    await scene.knex('attempt').update({ resolution: 'absent', resolved_at: scene.knex.fn.now() });
    await scene.knex('boleto').update({ state: 'draft' });
    await scene
      .knex('batch_item')
      .update({ state: 'pending', due_at: scene.knex.raw("clock_timestamp() - interval '1 second'") });
    await intend(await leaseOne(batchId));
    await recordOutcomes(scene.knex, [outcome]);
    expect(await resolutions(batchId)).toEqual({ registered: 2 });
  });
});

describe('what the bank says', () => {
  test('with NUL, a lone surrogate and half a megabyte is stored cleaned and bounded, beside its neighbours', async () => {
    const { batchId } = await scene.createDueBatch(2);
    const { outcome } = await sendAndDie(await leaseOne(batchId));
    const dirty = `a\0b\ud800c${'😀'.repeat(200_000)}`;
    await recordOutcomes(scene.knex, [
      {
        ...outcome,
        kind: 'data',
        resolution: 'refused',
        boletoState: 'draft',
        itemState: 'rejected',
        registration: null,
        code: dirty,
        message: dirty,
      },
    ]);
    const item = await scene.knex('batch_item').where({ batch_id: batchId, ordinal: 1 }).first('provider_message');
    expect(item.provider_message).toMatch(/^ab\ufffdc(😀)+$/u);
    expect([...item.provider_message]).toHaveLength(1_000);
  });
});

describe('the next round', () => {
  test('a refused boleto keeps its number when it is sent again after the correction', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(1);
    await onlyTheBankRefuses();
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ rejected: 1 });
    const refused = await scene.knex('boleto').first('our_number');
    await scene.knex('customer').update({ cep: '01310100' });
    await scene.knex('batch_item').update({ state: 'pending', due_at: scene.knex.fn.now() });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
    expect(await scene.knex('boleto').where({ receivable_id: receivableIds[0] }).pluck('our_number')).toEqual([
      refused.our_number,
    ]);
    await expectLedgerEqualsRecord();
  });
});
