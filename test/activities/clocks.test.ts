import { audit } from '../../tools/bench/auditor';
import { addDays, saoPauloDate } from '../../domain/kinds/dates';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { startSlice, type SliceProcess } from '../kit/sliceProcess';

let scene: BankScene;
const processes: SliceProcess[] = [];
beforeEach(async () => {
  scene = await openBankScene();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.kill()));
  await scene.close();
});

const calls = () => scene.bank.admin.calls.counts();
const item = (batchId: string) => scene.knex('batch_item').where({ batch_id: batchId }).first();
const resolutions = () => scene.knex('attempt').orderBy('intended_at').pluck('resolution');
const evidence = () => scene.knex('look').orderBy('started_at').pluck('evidence');

async function expectRegisteredOnce(count: number): Promise<void> {
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: count, duplicates: 0 });
  expect(await audit(scene.knex, scene.bank.admin.ledger.entries())).toEqual([]);
}

async function receivedByTheBank(): Promise<void> {
  while (calls()['register'] === undefined) await new Promise(setImmediate);
}

describe('midnight in São Paulo', () => {
  // Looks are by number: no calendar of ours is on this path, only the bank's.
  const due = addDays(saoPauloDate(new Date()), 10);
  const EVENING = `${due}T23:55:00-03:00`;
  const AFTER = `${addDays(due, 1)}T00:00:01-03:00`;
  const sides: [what: string, then: string][] = [
    ['still to come', EVENING],
    ['between the call and the look', AFTER],
  ];
  const dueBatch = async () => {
    const batch = await scene.createDueBatch(1);
    await scene.knex('receivable').update({ due_date: due });
    return batch;
  };
  const setBankClock = (instant: string) =>
    scene.bank.admin.settings({ clockAheadMs: Date.parse(instant) - Date.now() });

  test.each(sides)('%s: a boleto that was registered before it is found', async (_, then) => {
    setBankClock(EVENING);
    await scene.waitForAnswers(1);
    scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'silent', when: 'after' } }]);
    const { batchId } = await dueBatch();
    const settled = scene.settle(batchId);
    await receivedByTheBank();
    setBankClock(then);
    await settled;
    expect(await evidence()).toEqual(['registered']);
    expect(await item(batchId)).toMatchObject({ state: 'registered', reconciled: true });
    expect(calls()).toMatchObject({ register: 1, read: 1 });
    await expectRegisteredOnce(1);
  });

  test.each(sides)('%s: a call that never arrived is proven absent, and sent again', async (_, then) => {
    setBankClock(EVENING);
    await scene.waitForAnswers(1);
    scene.bank.admin.faults([{ match: { route: 'register' }, times: 1, fault: { kind: 'silent' } }]);
    const { batchId } = await dueBatch();
    const settled = scene.settle(batchId);
    await receivedByTheBank();
    setBankClock(then);
    await settled;
    expect(await evidence()).toEqual(['absent', 'absent']);
    expect(calls()).toMatchObject({ register: 2, read: 2 });
    expect((await resolutions())[0]).toBe('absent');
  });

  test('makes a título overdue that was due today: the bank refuses it, and corrected it keeps its number', async () => {
    setBankClock(EVENING);
    await scene.waitForAnswers(1);
    scene.bank.admin.faults([{ match: { route: 'register' }, times: 1, fault: { kind: 'silent' } }]);
    const { batchId, receivableIds } = await dueBatch();
    const settled = scene.settle(batchId);
    await receivedByTheBank();
    setBankClock(AFTER);
    await settled;
    expect(await resolutions()).toEqual(['absent', 'refused']);
    expect(await item(batchId)).toMatchObject({ state: 'rejected', field: 'dueDate', due_at: null });
    expect(scene.bank.admin.ledger.counts().registered).toBe(0);

    await scene
      .knex('receivable')
      .where({ id: receivableIds[0] })
      .update({ due_date: addDays(due, 5) });
    await scene.knex('batch_item').update({ state: 'pending', due_at: scene.knex.fn.now() });
    await scene.settle(batchId);
    expect(await resolutions()).toEqual(['absent', 'refused', 'registered']);
    expect(await scene.knex('boleto').pluck('generation')).toEqual([1]);
    expect(scene.bank.admin.ledger.entries()).toMatchObject([{ dueDate: addDays(due, 5) }]);
    await expectRegisteredOnce(1);
  });
});

describe('a worker whose clock is wrong', () => {
  const TWO_MINUTES = 120_000;
  function start(batchId: string, how: Parameters<typeof startSlice>[2]): SliceProcess {
    const started = startSlice(scene, batchId, how);
    processes.push(started);
    return started;
  }
  const done = { code: 0, signal: null };

  test('two minutes fast beside one two minutes slow: no false absence, no lease broken, the limit kept', async () => {
    const PER_SECOND = 20;
    await scene.knex('gateway_limit').update({ calls: PER_SECOND });
    await scene.waitForAnswers(5);
    const { batchId, receivableIds } = await scene.createDueBatch(40);
    const [unanswered, lost, later] = [
      receivableIds.slice(0, 6),
      receivableIds.slice(6, 10),
      receivableIds.slice(10, 13),
    ];
    const match = (id: number) => ({ route: 'register' as const, ownReference: String(id) });
    scene.bank.admin.faults([
      ...unanswered.map((id) => ({ match: match(id), times: 1, fault: { kind: 'drop', when: 'after' } as const })),
      ...lost.map((id) => ({ match: match(id), times: 1, fault: { kind: 'drop' } as const })),
      ...later.map((id) => ({
        match: match(id),
        times: 1,
        fault: { kind: 'status', status: 429, retryAfter: '1' } as const,
      })),
    ]);
    const both = [TWO_MINUTES, -TWO_MINUTES].map((clockOffMs) => start(batchId, { clockOffMs, settles: true }));
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([done, done]);

    const ends = await scene.knex('attempt').pluck('resolution');
    expect(ends.filter((end) => end === 'absent')).toHaveLength(lost.length);
    expect(ends.filter((end) => end === 'registered')).toHaveLength(40);
    expect(calls()['register']).toBe(40 + lost.length + later.length);
    // Both may look at one boleto.
    expect(calls()['read']).toBeLessThanOrEqual(2 * (unanswered.length + 2 * lost.length));
    // The instants are those of receipt, in a process that may be busy; two allowances would be 28 in such a window.
    expect(scene.bank.admin.calls.busiestWindow('register', 700)).toBeLessThanOrEqual(PER_SECOND);
    await expectRegisteredOnce(40);
  });

  test.each([
    ['fast', TWO_MINUTES],
    ['slow', -TWO_MINUTES],
  ])(
    'two minutes %s: told to come back at an instant of the bank’s clock, it comes back then',
    async (_, clockOffMs) => {
      const told = new Date(Date.now() + 60_000);
      scene.bank.admin.faults([
        { match: { route: 'register' }, fault: { kind: 'status', status: 429, retryAfter: told.toUTCString() } },
      ]);
      const { batchId } = await scene.createDueBatch(1);
      expect(await start(batchId, { clockOffMs }).ended).toEqual(done);
      const { state, due_at: due } = await item(batchId);
      expect(state).toBe('deferred');
      expect(Math.abs(due - told.getTime())).toBeLessThan(TWO_MINUTES / 4);
    },
  );

  test.each([
    ['forward', TWO_MINUTES, ['notSent', 'registered']],
    ['back', -TWO_MINUTES, ['registered']],
  ])(
    'set %s two minutes while a call waits for its turn: nothing leaves late, and it leaves once',
    async (_, byMs, ends) => {
      const { batchId } = await scene.createDueBatch(1);
      const stepping = start(batchId, { clockStep: { at: 'withItsTurn', byMs }, settles: true });
      expect(await stepping.ended).toEqual(done);
      expect(await resolutions()).toEqual(ends);
      expect(calls()['register']).toBe(1);
      await expectRegisteredOnce(1);
    },
  );
});

describe('a not-found that the bank keeps in its cache', () => {
  const CACHE_MS = 4_000;
  const worker = () => scene.createWorker({ staleMs: CACHE_MS + 100 });

  test.each([
    ['by our own look', false],
    ['by the look of a stranger', true],
  ])(
    '%s, of a boleto that it registers right afterwards, is no absence: nothing is sent again',
    async (_, byAStranger) => {
      scene.bank.admin.settings({ readCacheMs: CACHE_MS });
      await scene.waitForAnswers(1);
      // Registered well after the call was given up, and after the first look.
      scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'silent', lateMs: 4_000 } }]);
      const { batchId } = await scene.createDueBatch(1);
      const own = worker();
      const settled = own.settle(batchId);
      if (byAStranger) {
        await receivedByTheBank();
        const account = await own.line.account();
        const token = await own.line.tokens.current(account);
        if (token.kind !== 'token') throw new Error(token.kind);
        const { snapshot } = await scene.knex('attempt').first('snapshot');
        const seen = await own.gateway.look(snapshot, null, {
          ...{ account, token: token.token, timeoutMs: 5_000 },
          permit: () => Promise.resolve(),
          maySend: () => true,
        });
        expect(seen.kind).toBe('notFound');
      }
      await settled;
      expect(await evidence()).toEqual(['absent', 'registered']);
      expect(await resolutions()).toEqual(['registered']);
      expect(calls()).toMatchObject({ register: 1, read: byAStranger ? 3 : 2 });
      await expectRegisteredOnce(1);
    },
  );
});
