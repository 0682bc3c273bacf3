import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { audit } from '../../tools/bench/auditor';
import { FRUITLESS_LOOKS, UNPROVEN_CALLS, UNPROVEN_LOOKS } from '../../domain/boleto/evidence';
import type { FaultRule } from '../../gateways/simulator/faults';
import { simulatedAccount } from '../../gateways/bancoDoBrasil/simulator/simulator';
import { sealedAccount } from '../kit/record';
import { testSecretBox } from '../kit/testWorker';
import { openBankScene, type BankScene } from '../kit/bankScene';

let scene: BankScene;
beforeEach(async () => {
  scene = await openBankScene();
});
afterEach(async () => {
  await scene.close();
});

const contents = ['nul', 'loneSurrogate', 'invalidUtf8', 'huge'] as const;

const states = (batchId: string) =>
  scene.knex('batch_item').where({ batch_id: batchId }).orderBy('ordinal').pluck('state');
const calls = () => scene.bank.admin.calls.counts();

async function expectNoFinding(): Promise<void> {
  expect(await audit(scene.knex, scene.bank.admin.ledger.entries())).toEqual([]);
}

/** Runs the batch to its rest, without the waits between looks: they are as many as they would be. */
async function settleInAHurry(batchId: string): Promise<void> {
  for (;;) {
    await scene.worker.communicate(batchId);
    const waiting = scene.knex('batch_item').where({ batch_id: batchId }).whereNotNull('due_at');
    if ((await waiting.clone().first()) === undefined) return;
    await waiting.update({ due_at: scene.knex.fn.now() });
    await scene.knex.raw(`update look set started_at = started_at - interval '1 minute'`);
  }
}

/** Calls that register and are never answered. */
const unanswered: FaultRule = { match: { route: 'register' }, fault: { kind: 'drop', when: 'after' } };

test('a registration whose Pix or link holds NUL or half a character is stored without it, as a divergence, beside its neighbours', async () => {
  const worker = scene.createWorker({
    aroundGateway: (gateway) => ({
      ...gateway,
      async register(snapshot, call) {
        const result = await gateway.register(snapshot, call);
        if (result.kind !== 'registered') return result;
        const poison = { pixEmv: '0002\0' + '01', pixTxid: 'a\ud83db', link: 'x'.repeat(10_000) };
        return { ...result, registration: { ...result.registration, ...poison } };
      },
    }),
  });
  const { batchId } = await scene.createDueBatch(3);
  await worker.communicate(batchId);
  expect(await states(batchId)).toEqual(Array<string>(3).fill('conflict'));
  expect(await scene.knex('boleto').distinct('pix_emv', 'pix_txid', 'link')).toEqual([
    { pix_emv: '000201', pix_txid: 'a\ufffdb', link: 'x'.repeat(1_000) },
  ]);
  expect(calls()).toEqual({ token: 1, register: 3 });
});

describe('a refusal', () => {
  test('with NUL, half a character or bytes that are no UTF-8 is final for its boleto alone', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(10);
    scene.bank.admin.faults(
      contents.slice(0, 3).map((content, index) => ({
        match: { route: 'register', ownReference: String(receivableIds[index]) },
        fault: { kind: 'dirty', content, status: 400 },
      })),
    );
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual([
      ...Array<string>(3).fill('rejected'),
      ...Array<string>(7).fill('registered'),
    ]);
    const words = await scene.knex('batch_item').where({ state: 'rejected' }).pluck('provider_message');
    for (const word of words) expect(word).toMatch(/^Campo inv(á|�)lido.* no registro$/u);
    expect(calls()['register']).toBe(10);
    await expectNoFinding();
  });

  test('of 10 MB, again and again, is sent three times and looked for after each; then a person is asked', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(3);
    scene.bank.admin.faults([
      {
        match: { route: 'register', ownReference: String(receivableIds[0]) },
        fault: { kind: 'dirty', content: 'huge', status: 400 },
      },
    ]);
    await settleInAHurry(batchId);
    expect(await states(batchId)).toEqual(['deferred', 'registered', 'registered']);
    expect(await scene.knex('attempt').where({ ordinal: 1 }).pluck('resolution')).toEqual([
      'absent',
      'absent',
      'absent',
    ]);
    expect(calls()).toMatchObject({ register: 2 + 3, read: 3 * 2 });
    await expectNoFinding();
  });
});

describe('an answer to a look', () => {
  test.each([200, 404, 500])('%i with each of them, once: the next look finds the boleto', async (status) => {
    const { batchId, receivableIds } = await scene.createDueBatch(contents.length);
    scene.bank.admin.faults([
      unanswered,
      ...contents.map((content, index): FaultRule => {
        const match = { route: 'read' as const, ownReference: String(receivableIds[index]) };
        return { match, times: 1, fault: { kind: 'dirty', content, status } };
      }),
    ]);
    await settleInAHurry(batchId);
    expect(await states(batchId)).toEqual(contents.map(() => 'registered'));
    expect(calls()).toMatchObject({ register: contents.length, read: 2 * contents.length });
    await expectNoFinding();
  });

  test('again and again: sent again under the same number, at last asked ten times, then a person decides; the boletos beside it are registered', async () => {
    const { batchId, receivableIds } = await scene.createDueBatch(6);
    scene.bank.admin.faults([
      unanswered,
      ...contents.map((content, index): FaultRule => ({
        match: { route: 'read', ownReference: String(receivableIds[index]) },
        fault: { kind: 'dirty', content, status: 200 },
      })),
    ]);
    await settleInAHurry(batchId);
    expect(await states(batchId)).toEqual([...contents.map(() => 'unconfirmed'), 'registered', 'registered']);
    const looks = UNPROVEN_CALLS * UNPROVEN_LOOKS + FRUITLESS_LOOKS;
    const sent = contents.length * (1 + UNPROVEN_CALLS) + 2;
    expect(calls()).toMatchObject({ register: sent, read: contents.length * looks + 2 });

    // A person asks again when the bank is well.
    scene.bank.admin.faults([]);
    await scene.knex('batch_item').where({ state: 'unconfirmed' }).update({ due_at: scene.knex.fn.now() });
    await settleInAHurry(batchId);
    expect(await states(batchId)).toEqual(Array<string>(6).fill('registered'));
    expect(calls()['register']).toBe(sent);
    await expectNoFinding();
  });

  test.each([
    ['NUL', 'x\0y'],
    ['half a character', 'x\ud83dy'],
    ['ten thousand characters', 'x'.repeat(10_000)],
  ])('whose boleto has %s in its seuNumero is a conflict for a person', async (_, reference) => {
    scene.bank.admin.faults([{ ...unanswered, times: 1 }]);
    const { batchId } = await scene.createDueBatch(2);
    const running = scene.worker.communicate(batchId, 1, 1);
    while (scene.bank.admin.ledger.counts().registered === 0) await new Promise(setImmediate);
    const [entry] = scene.bank.admin.ledger.entries();
    scene.bank.admin.amend(entry!.convenio, entry!.number, { numeroTituloCedenteCobranca: reference });
    await running;
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual(['conflict', 'registered']);
    expect(calls()).toMatchObject({ register: 2, read: 1 });
  });
});

describe('an answer of the token endpoint', () => {
  test.each([200, 500])('%i with one after the other delays the boletos, before any intent', async (status) => {
    scene.bank.admin.faults(
      contents.map((content) => ({ match: { route: 'token' }, times: 1, fault: { kind: 'dirty', content, status } })),
    );
    const { batchId } = await scene.createDueBatch(3);
    await settleInAHurry(batchId);
    expect(await states(batchId)).toEqual(Array<string>(3).fill('registered'));
    expect(await scene.knex('attempt').pluck('resolution')).toEqual(Array<string>(3).fill('registered'));
    expect(calls()).toEqual({ token: contents.length + 1, register: 3 });
    await expectNoFinding();
  });

  test.each(contents.slice(0, 3))(
    'refusing with %s pauses the batch with an alert that can be read, and nothing is burnt',
    async (content) => {
      scene.bank.admin.faults([{ match: { route: 'token' }, fault: { kind: 'dirty', content, status: 400 } }]);
      const { batchId } = await scene.createDueBatch(3);
      await scene.settle(batchId);
      expect(await states(batchId)).toEqual(Array<string>(3).fill('pending'));
      expect(await scene.knex('alert').pluck('message')).toEqual([expect.stringMatching(/^Campo inv.+ no registro$/)]);
      expect(calls()).toEqual({ token: 1 });
    },
  );

  describe('in a shape that is right', () => {
    let front: Server;
    let answered: number;
    /** Stands before the bank's own endpoint, and changes its first answer. */
    async function changeFirstAnswer(changes: Record<string, unknown>): Promise<void> {
      answered = 0;
      const { authUrl } = scene.bank;
      front = createServer((request, response) => {
        const { authorization = '', 'content-type': type = '' } = request.headers;
        const asked = text(request).then((body) =>
          fetch(authUrl, { method: 'POST', headers: { authorization, 'content-type': type }, body }),
        );
        void asked
          .then((answer) => answer.json() as Promise<Record<string, unknown>>)
          .then((answer) => response.end(JSON.stringify({ ...answer, ...(++answered === 1 ? changes : {}) })));
      });
      await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
      const { port } = front.address() as AddressInfo;
      const addresses = { baseUrl: scene.bank.baseUrl, authUrl: `http://127.0.0.1:${port}/oauth/token` };
      await scene.knex('gateway_account').update(sealedAccount(testSecretBox, addresses, simulatedAccount));
    }
    afterEach(() => void front.close());

    test.each([
      ['a NUL', 'a\0b'],
      ['half a character', 'a\ud83db'],
      ['a line of its own', 'a\r\nX-Admin: 1'],
      ['letters that no header has', 'ação→'],
      ['half a megabyte', 'x'.repeat(524_288)],
    ])('a token with %s is not used, and asked for again', async (_, token) => {
      await changeFirstAnswer({ access_token: token });
      const { batchId } = await scene.createDueBatch(3);
      await scene.settle(batchId);
      expect(await states(batchId)).toEqual(Array<string>(3).fill('registered'));
      expect(answered).toBe(2);
      expect(await scene.knex('attempt').pluck('resolution')).toEqual(Array<string>(3).fill('registered'));
    });

    test('a token that lives for ever is one that lives for long', async () => {
      await changeFirstAnswer({ expires_in: 1e300 });
      const { batchId } = await scene.createDueBatch(3);
      await scene.settle(batchId);
      expect(await states(batchId)).toEqual(Array<string>(3).fill('registered'));
      expect(answered).toBe(1);
    });
  });
});
