import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createBatchActivities } from '../../activities/batchActivities';
import { createCommunicateSlice } from '../../activities/communicateSlice';
import { createGuardActivities } from '../../activities/guard/guardActivities';
import { concludeBatch } from '../../record/engine/actions/conclude';
import { addHoliday } from '../../record/guard/holidays';
import { defineGuardRule, readGuardRule } from '../../record/guard/rules';
import { guardTroubles, listRuns, tellMissedRun } from '../../record/guard/runs';
import { addDays, localDate, saoPauloDate, saoPauloInstant, type LocalDate } from '../../domain/kinds/dates';
import { guardBatches } from '../../worker/guardBatches';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { createBatch, createCustomer, createItem, createReceivable } from '../kit/record';
import { workflowBundle } from '../workflows/support/environment';

const [FROM, TO] = [8, 12];
const MINUTE_MS = 60_000;
const everyone = { filiais: null, viewer: 'u-1' };

/** A carteira with a guard, a bank, and a calendar that the test turns: the hours between are skipped. */
let scene: BankScene;
let env: TestWorkflowEnvironment;
/** Not the environment's own, which lets the clock run on while a result is on its way: by ten years, when nothing waits. */
let client: Client;
let startsAt: number;
let startedAt: Date;
/** What others do, each at its instant. */
let events: { at: Date; happens: () => Promise<unknown> }[];
let worker: { stop(): Promise<void> } | null;
let slices: { stop(): Promise<void> };

async function now(): Promise<Date> {
  const instant = new Date(startedAt.getTime() + (await env.currentTimeMs()) - startsAt);
  while (events[0] && events[0].at <= instant) await events.shift()!.happens();
  return instant;
}

async function until(instant: Date): Promise<void> {
  // Nothing is waited for between the hours, so that the calendar is turned and the server's clock left alone.
  const ms = instant.getTime() - (await now()).getTime();
  if (ms > 0) startedAt = new Date(startedAt.getTime() + ms);
  await now();
}

async function run(create: Promise<Worker>): Promise<{ stop(): Promise<void> }> {
  const made = await create;
  const running = made.run();
  return {
    async stop() {
      made.shutdown();
      await running;
    },
  };
}

async function startWorker(): Promise<void> {
  const batches = guardBatches(client);
  worker = await run(
    Worker.create({
      ...{ connection: env.nativeConnection, namespace: 'default', taskQueue: 'boletos', shutdownForceTime: '5 s' },
      workflowBundle: await workflowBundle(),
      activities: {
        ...createBatchActivities({ knex: scene.knex, searchAttributes: false }),
        ...createGuardActivities({ knex: scene.knex, batches, now }),
      },
    }),
  );
}

async function stopWorker(): Promise<void> {
  await worker?.stop();
  worker = null;
}

/** As its schedule does: at each full hour of its hours, on weekdays, unless the last one is still at it. */
async function schedule(from: LocalDate, to: LocalDate): Promise<void> {
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    for (let hour = FROM; hour < TO && weekday % 6 !== 0; hour += 1)
      if ((await now()) <= saoPauloInstant(day, hour)) await fire(day, hour);
  }
}

async function fire(day: LocalDate, hour: number): Promise<void> {
  await until(saoPauloInstant(day, hour));
  await ended(await start(day, hour));
}

/** The clock runs ahead only when everybody waits for it: whoever works is not overtaken by the end of the hours. */
async function ended(workflowId: string): Promise<void> {
  const [guard, ended] = [client.workflow.getHandle(workflowId), { yet: false }];
  const result = guard.result().finally(() => (ended.yet = true));
  // A task that went to a worker that is dead comes back when it times out, on the same clock.
  for (let busy = 0; !ended.yet; busy += 1) {
    if (busy < 200 && !(await atRest(workflowId))) await sleep(10);
    else {
      await env.sleep(MINUTE_MS);
      busy = 0;
    }
  }
  await result;
}

async function atRest(workflowId: string): Promise<boolean> {
  const batches = await scene.knex('batch').where({ requested_by: 'guarda', concluded_at: null }).pluck<string[]>('id');
  for (const id of [workflowId, ...batches.map((batchId) => `boletos/${batchId}`)]) {
    const { raw } = await client.workflow.getHandle(id).describe();
    if ((raw.pendingActivities ?? []).length > 0 || raw.pendingWorkflowTask) return false;
  }
  return true;
}

async function start(day: LocalDate, hour: number): Promise<string> {
  const workflowId = `guarda/${scene.carteira.id}-${day}-${hour}`;
  const args = [{ carteiraId: scene.carteira.id }];
  await client.workflow.start('guardCarteira', { taskQueue: 'boletos', workflowId, args });
  return workflowId;
}

beforeEach(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const path = process.env.TEMPORAL_TEST_SERVER_PATH!;
  [scene, env] = await Promise.all([
    openBankScene(),
    TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } }),
  ]);
  client = new Client({ connection: env.connection });
  events = [];
  startsAt = await env.currentTimeMs();
  startedAt = saoPauloInstant(localDate('2030-03-01'), 6);
  const communicateSlice = createCommunicateSlice({ knex: scene.knex, lineOf: () => scene.worker.line });
  const gateway = { taskQueue: 'gateway-banco-do-brasil', activities: { communicateSlice } };
  slices = await run(Worker.create({ connection: env.nativeConnection, namespace: 'default', ...gateway }));
  await startWorker();
  const rule = { daysBefore: 3, fromHour: FROM, toHour: TO, businessDays: true };
  await defineGuardRule(scene.knex, { carteiraId: scene.carteira.id, rule, by: 'adm' });
});
afterEach(async () => {
  await stopWorker();
  await slices.stop();
  await env.teardown();
  await scene.close();
});

const titulo = (due_date: string, columns: object = {}) =>
  createReceivable(scene.knex, scene.carteira, { due_date, ...columns });
const at = (day: string, hour: number, happens: () => Promise<unknown>) =>
  events.push({ at: saoPauloInstant(localDate(day), hour), happens });
const registered = () => scene.bank.admin.ledger.counts();

/** The day of the run that registered each título, by its ID da cobrança. */
async function registeredOn(): Promise<Record<number, string>> {
  const rows: { id: number; day: string }[] = await scene
    .knex('batch_item as i')
    .join('guard_run as g', 'g.batch_id', 'i.batch_id')
    .where('i.state', 'registered')
    .select('i.receivable_id as id', 'g.day');
  return Object.fromEntries(rows.map(({ id, day }) => [id, day]));
}

/** Runs of March 2030 (Carnaval on the 4th and 5th, São José on the 19th), and the due dates that each must take. */
const march: Record<string, [from: string, to: string]> = {
  '2030-03-01': ['2030-03-01', '2030-03-08'],
  '2030-03-06': ['2030-03-09', '2030-03-09'],
  '2030-03-07': ['2030-03-10', '2030-03-10'],
  '2030-03-08': ['2030-03-11', '2030-03-13'],
  '2030-03-11': ['2030-03-14', '2030-03-14'],
  '2030-03-12': ['2030-03-15', '2030-03-15'],
  '2030-03-13': ['2030-03-16', '2030-03-16'],
  '2030-03-14': ['2030-03-17', '2030-03-17'],
  '2030-03-15': ['2030-03-18', '2030-03-20'],
  '2030-03-18': ['2030-03-21', '2030-03-22'],
  '2030-03-20': ['2030-03-23', '2030-03-23'],
  '2030-03-21': ['2030-03-24', '2030-03-24'],
  '2030-03-22': ['2030-03-25', '2030-03-27'],
  '2030-03-25': ['2030-03-28', '2030-03-28'],
  '2030-03-26': ['2030-03-29', '2030-03-29'],
  '2030-03-27': ['2030-03-30', '2030-03-30'],
  '2030-03-28': ['2030-03-31', '2030-03-31'],
  '2030-03-29': ['2030-04-01', '2030-04-03'],
};

test('a month with holidays, a person’s batch in the way and a dead worker over the hour: each título is registered n days before, once', async () => {
  const { knex, carteira } = scene;
  await addHoliday(knex, {
    ...{ day: localDate('2030-03-19'), name: 'São José', filialId: carteira.filialId, yearly: true, by: 'adm' },
  });
  const due: Record<number, string> = {};
  const expected: Record<number, string> = {};
  for (const [runDay, [from, to]] of Object.entries(march))
    for (let day = localDate(from); day <= to; day = addDays(day, 1))
      for (let count = 0; count < 2; count += 1) {
        const id = await titulo(day);
        [due[id], expected[id]] = [day, runDay];
      }
  // Nobody's: past due, paid, and of the next month.
  for (const columns of [
    { due_date: '2030-02-28' },
    { due_date: '2030-03-14', status: 'R' },
    { due_date: '2030-04-20' },
  ])
    await titulo('2030-03-14', columns);

  // A person communicates títulos of that very day, from 8 to half past 10.
  const byPerson = await scene.createDueBatch(2);
  await knex('receivable').whereIn('id', byPerson.receivableIds).update({ due_date: '2030-03-14' });
  await knex('batch').where({ id: byPerson.batchId }).update({ concluded_at: knex.fn.now() });
  at('2030-03-11', 8, () => knex('batch').where({ id: byPerson.batchId }).update({ concluded_at: null }));
  at('2030-03-11', 10, async () => {
    await scene.settle(byPerson.batchId);
    await concludeBatch(knex, { batchId: byPerson.batchId });
  });
  // Imported late, on the day before it is due.
  at('2030-03-13', 10, async () => {
    const id = await titulo('2030-03-14');
    [due[id], expected[id]] = ['2030-03-13', '2030-03-13'];
  });
  // Refused on its day, corrected in Contas a Receber on the next one; the screen of no communication is opened.
  const wrong = await createCustomer(knex, { cep: '123' });
  const corrected = await titulo('2030-03-24', { customer_id: wrong });
  expected[corrected] = '2030-03-22';
  at('2030-03-22', 7, () => knex('customer').where({ id: wrong }).update({ cep: '01310100' }));

  await schedule(localDate('2030-03-01'), localDate('2030-03-17'));
  // Nobody is there when the hour strikes, nor at the next; the schedule of the real server starts it all the same.
  await stopWorker();
  await until(saoPauloInstant(localDate('2030-03-18'), 8));
  const late = await start(localDate('2030-03-18'), 8);
  await until(saoPauloInstant(localDate('2030-03-18'), 10));
  await startWorker();
  await ended(late);
  await schedule(localDate('2030-03-18'), localDate('2030-03-31'));

  expect(await registeredOn()).toEqual(expected);
  const lateOnes = Object.entries(expected).filter(
    ([id, day]) => due[Number(id)] && addDays(localDate(day), 3) > due[Number(id)]!,
  );
  // What was due before the first run could be three days ahead of it, and what was imported late.
  expect(lateOnes.map(([id]) => due[Number(id)]).sort()).toEqual(
    ['2030-03-01', '2030-03-01', '2030-03-02', '2030-03-02', '2030-03-03', '2030-03-03', '2030-03-13'].sort(),
  );
  expect(registered()).toEqual({ registered: Object.keys(expected).length + 2, duplicates: 0 });
  const runs = await listRuns(knex, carteira.id, 100);
  expect(runs.filter(({ slot }) => slot === 1).map(({ day }) => day)).toEqual(Object.keys(march).reverse());
  expect(runs.filter(({ result }) => result !== 'registered')).toMatchObject([{ day: '2030-03-21', failed: 1 }]);
  const waited = runs.find(({ day }) => day === '2030-03-11')!;
  expect(waited.finishedAt!.getTime()).toBeGreaterThanOrEqual(saoPauloInstant(localDate('2030-03-11'), 10).getTime());
  expect(await guardTroubles(knex, everyone)).toEqual([]);
}, 120_000);

test('a título in a communication that waits for people is left to it, and told', async () => {
  const { knex, carteira } = scene;
  const [theirs, own] = [await titulo('2030-03-05'), await titulo('2030-03-05')];
  const batchId = await createBatch(knex, carteira.id, { phase: 'awaitingAdjustments' });
  await createItem(knex, batchId, theirs, { state: 'rejected', due_at: null });
  await fire(localDate('2030-03-01'), 8);
  expect(Object.keys(await registeredOn())).toEqual([String(own)]);
  expect(await guardTroubles(knex, everyone)).toMatchObject([
    { carteiraId: carteira.id, result: 'registered', elsewhere: 1 },
  ]);
  expect(await knex('batch').where({ id: batchId }).first('phase', 'concluded_at')).toEqual({
    ...{ phase: 'awaitingAdjustments', concluded_at: null },
  });
});

test('an account that fails stops the day: the batch stays paused, it is told at once, and the next day goes on by itself', async () => {
  const { knex } = scene;
  const id = await titulo('2030-03-05');
  scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'status', status: 403 } }]);
  let seen: unknown;
  at('2030-03-01', 11, async () => void (seen = await guardTroubles(knex, everyone)));
  await fire(localDate('2030-03-01'), 8);
  expect(seen).toMatchObject([{ result: 'paused', finishedAt: null }]);
  const [told] = await guardTroubles(knex, everyone);
  expect(told).toMatchObject({ result: 'paused', day: '2030-03-01' });
  expect(await knex('batch').where({ id: told!.batchId }).first('paused', 'concluded_at')).toEqual({
    ...{ paused: true, concluded_at: null },
  });
  expect(registered()).toEqual({ registered: 0, duplicates: 0 });

  scene.bank.admin.faults([]);
  // Wednesday after Carnaval; it is due then, and too late for nothing.
  await knex('receivable').where({ id }).update({ due_date: '2030-03-06' });
  await fire(localDate('2030-03-06'), 8);
  expect(await registeredOn()).toEqual({ [id]: '2030-03-06' });
  expect(await guardTroubles(knex, everyone)).toEqual([]);
  expect(registered()).toEqual({ registered: 1, duplicates: 0 });
});

test('what the bank leaves without an answer to the end of the hours is not sent after them, and goes the next day', async () => {
  const { knex } = scene;
  const id = await titulo('2030-03-05');
  await knex('guard_rule').update({ to_hour: FROM + 1 });
  scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'status', status: 429 } }]);
  await fire(localDate('2030-03-01'), 8);
  const [told] = await guardTroubles(knex, everyone);
  expect(told).toMatchObject({ result: 'partly', notSent: 1, registered: 0 });
  expect(saoPauloDate(told!.finishedAt!)).toBe('2030-03-01');
  const batch = await knex('batch').where({ id: told!.batchId }).first<{ phase: string }>('phase');
  expect(batch.phase).toBe('concluded');
  scene.bank.admin.faults([]);
  await knex('receivable').where({ id }).update({ due_date: '2030-03-08' });
  await fire(localDate('2030-03-06'), 8);
  expect(await registeredOn()).toEqual({ [id]: '2030-03-06' });
});

test('a day that passed without a worker is told, and its títulos go with the next run', async () => {
  const { knex, carteira } = scene;
  const ids = [await titulo('2030-03-10'), await titulo('2030-03-11')];
  await knex('guard_rule').update({ updated_at: startedAt });
  await fire(localDate('2030-03-06'), 8);
  await stopWorker();
  await until(saoPauloInstant(localDate('2030-03-07'), 8));
  const dead = await start(localDate('2030-03-07'), 8);
  await until(saoPauloInstant(localDate('2030-03-07'), 13));
  await startWorker();
  await ended(dead);
  const rule = (await readGuardRule(knex, carteira.id))!;
  expect(await tellMissedRun(knex, rule, await now())).toBe(true);
  expect(await tellMissedRun(knex, rule, await now())).toBe(false);
  expect(await guardTroubles(knex, everyone)).toMatchObject([{ result: 'missed', day: '2030-03-07' }]);
  expect(registered().registered).toBe(0);
  await fire(localDate('2030-03-08'), 8);
  expect(await registeredOn()).toEqual({ [ids[0]!]: '2030-03-08', [ids[1]!]: '2030-03-08' });
  expect(await guardTroubles(knex, everyone)).toEqual([]);
});

test('a carteira that lost its account is told once a day, and nothing is tried', async () => {
  const { knex, carteira } = scene;
  await titulo('2030-03-05');
  await knex('carteira').where({ id: carteira.id }).update({ account_id: null });
  await schedule(localDate('2030-03-01'), localDate('2030-03-01'));
  expect(await listRuns(knex, carteira.id, 9)).toMatchObject([{ slot: 1, result: 'noAccount', batchId: null }]);
  expect(await guardTroubles(knex, everyone)).toMatchObject([{ result: 'noAccount' }]);
});

test('a person’s batch that never ends delays the guard to its last hour, and no further', async () => {
  const { knex, carteira } = scene;
  const [theirs, own] = [await titulo('2030-03-05'), await titulo('2030-03-05')];
  const batchId = await createBatch(knex, carteira.id, { phase: 'communicating' });
  await createItem(knex, batchId, theirs);
  let seen: unknown;
  at('2030-03-01', 10, async () => void (seen = await listRuns(knex, carteira.id, 9)));
  await fire(localDate('2030-03-01'), 8);
  expect(seen).toMatchObject([{ result: null, waitsFor: batchId, batchId: null }]);
  expect(await registeredOn()).toEqual({ [own]: '2030-03-01' });
  const [first] = await listRuns(knex, carteira.id, 1);
  expect(first).toMatchObject({ result: 'registered', elsewhere: 1 });
  expect(first!.finishedAt!.getTime()).toBeGreaterThanOrEqual(saoPauloInstant(localDate('2030-03-01'), 11).getTime());
});
