import { audit } from '../../tools/bench/auditor';
import type { FaultRule } from '../../gateways/simulator/faults';
import { testBanks, type TestBankName } from '../kit/banks';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { startSlice, type Point, type SliceProcess } from '../kit/sliceProcess';

describe.each(Object.keys(testBanks) as TestBankName[])('at %s', (bankName) => {
  const { registration } = testBanks[bankName].createGateway({ settleMs: 0, staleMs: 0 }).capabilities;
  /** Where the answer only says that it was accepted, one look more shows that it was registered. */
  const looksAfterAnswer = registration === 'sync' ? 0 : 1;
  let scene: BankScene;
  const processes: SliceProcess[] = [];

  beforeEach(async () => {
    scene = await openBankScene(bankName);
    // The freeze has to outlast it.
    await scene.waitForAnswers(2);
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((each) => each.kill()));
    await scene.close();
  });

  function start(batchId: string, at: Point, by: 'SIGSTOP' | 'SIGKILL'): SliceProcess {
    const started = startSlice(scene, batchId, { halt: { at, by } });
    processes.push(started);
    return started;
  }

  const item = (batchId: string) => scene.knex('batch_item').where({ batch_id: batchId }).first();
  const resolutions = () => scene.knex('attempt').orderBy('intended_at').pluck('resolution');
  const calls = () => scene.bank.admin.calls.counts();

  async function expectRegisteredOnce(): Promise<void> {
    expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 1, duplicates: 0 });
    expect(await audit(scene.knex, scene.bank.admin.ledger.entries())).toEqual([]);
  }

  /** Answered late enough for the process to be stopped by then. */
  const slowly: FaultRule = { match: { route: 'register' }, times: 1, fault: { kind: 'slow', ms: 500, when: 'after' } };

  describe('a worker frozen past its lease, taken over, and woken: the bank has the boleto once', () => {
    const cases: {
      at: Point;
      what: string;
      faults?: FaultRule[];
      allowance?: { calls: number; window_ms: number };
      /** Of its attempts, oldest first. */
      resolutions: string[];
      /** POSTs that the bank has received when the other worker is done, and when the frozen one has ended. */
      posts: [taken: number, woken: number];
      looks: number;
    }[] = [
      {
        at: 'beforeIntent',
        what: 'before its intent: the other one sends, and it is refused its own',
        resolutions: ['registered'],
        posts: [1, 1],
        looks: 0,
      },
      {
        at: 'waitingForItsTurn',
        what: 'with its POST queued for its turn: absence is proven, the other one sends, and it forfeits',
        resolutions: ['absent', 'registered'],
        posts: [1, 1],
        looks: 2,
      },
      {
        at: 'withItsTurn',
        what: 'with its turn in hand and not one byte written: absence is proven, the other one sends, and it forfeits',
        // A turn of a whole day's allowance is good for half an hour: only the lease says no.
        allowance: { calls: 200_000, window_ms: 86_400_000 },
        resolutions: ['absent', 'registered'],
        posts: [1, 1],
        looks: 2,
      },
      {
        at: 'pastTheLastCheck',
        what: 'between its last check and the first byte: its POST leaves, and the bank refuses the number it has',
        resolutions: ['absent', 'registered'],
        posts: [1, 2],
        looks: 2,
      },
      {
        at: 'requestLeft',
        what: 'with its request at the bank: the other one finds it there, and does not send',
        faults: [slowly],
        resolutions: ['registered'],
        posts: [1, 1],
        looks: 1,
      },
      {
        at: 'headRead',
        what: 'between the head of the answer and its body: the other one finds it there, and does not send',
        resolutions: ['registered'],
        posts: [1, 1],
        looks: 1,
      },
      {
        at: 'beforeFlush',
        what: 'between answer and flush: the other one finds it there, and does not send',
        resolutions: ['registered'],
        posts: [1, 1],
        looks: 1,
      },
    ];

    test.each(cases)('$what', async ({ at, faults = [], allowance, posts, looks, ...expected }) => {
      scene.bank.admin.faults(faults);
      if (allowance) await scene.knex('gateway_limit').where({ route_class: 'register' }).update(allowance);
      const { batchId } = await scene.createDueBatch(1);
      const frozen = start(batchId, at, 'SIGSTOP');
      await frozen.stopped();
      expect(await resolutions()).toEqual(at === 'beforeIntent' ? [] : [null]);

      await scene.settle(batchId);
      expect(await resolutions()).toEqual(expected.resolutions);
      expect(calls()['register']).toBe(posts[0]);
      await expectRegisteredOnce();
      const before = await item(batchId);
      expect(before).toMatchObject({ state: 'registered', due_at: null });

      frozen.wake();
      expect(await frozen.ended).toEqual({ code: 0, signal: null });
      expect(await item(batchId)).toEqual(before);
      expect(await resolutions()).toEqual(expected.resolutions);
      expect(calls()['register']).toBe(posts[1]);
      // Who found it there had no answer of its own.
      const answered = expected.resolutions.length > 1 || at === 'beforeIntent';
      expect(calls()['read'] ?? 0).toBe(looks + (answered ? looksAfterAnswer : 0));
      await expectRegisteredOnce();
    });

    if (registration === 'sync')
      test('its answer is the first proof: it closes its own attempt, and the item stays where the other one put it', async () => {
        const { batchId } = await scene.createDueBatch(1);
        const frozen = start(batchId, 'beforeFlush', 'SIGSTOP');
        await frozen.stopped();
        // The other worker asks, and the bank's reads are down.
        scene.bank.admin.faults([{ match: { route: 'read' }, fault: { kind: 'status', status: 503 } }]);
        const other = scene.createWorker();
        while (calls()['read'] === undefined) await other.communicate(batchId);
        const before = await item(batchId);
        expect(before).toMatchObject({ state: 'unconfirmed' });

        frozen.wake();
        expect(await frozen.ended).toEqual({ code: 0, signal: null });
        expect(await item(batchId)).toEqual(before);
        expect(await scene.knex('attempt').select('resolution', 'http_status')).toEqual([
          { resolution: 'registered', http_status: 201 },
        ]);
        // Nobody has to ask any more.
        const asked = calls()['read'];
        await scene.settle(batchId);
        expect(calls()).toMatchObject({ register: 1, read: asked });
        await expectRegisteredOnce();
      });
  });

  describe('a worker killed', () => {
    test.each<[what: string, at: Point, faults: FaultRule[]]>([
      ['between answer and flush', 'beforeFlush', []],
      ['with its request at the bank', 'requestLeft', [slowly]],
    ])('%s: the bank is asked once, and not posted to again', async (_, at, faults) => {
      scene.bank.admin.faults(faults);
      const { batchId } = await scene.createDueBatch(1);
      const killed = start(batchId, at, 'SIGKILL');
      expect(await killed.ended).toEqual({ code: null, signal: 'SIGKILL' });
      expect(await resolutions()).toEqual([null]);
      while (calls()['register'] === undefined) await new Promise(setImmediate);

      await scene.settle(batchId);
      expect(calls()).toMatchObject({ register: 1, read: 1 });
      expect(await resolutions()).toEqual(['registered']);
      expect(await item(batchId)).toMatchObject({ state: 'registered', reconciled: true });
      await expectRegisteredOnce();
    });
  });
});
