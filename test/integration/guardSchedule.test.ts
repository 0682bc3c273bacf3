import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleNotFoundError, ScheduleOverlapPolicy, type ScheduleDescription } from '@temporalio/client';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createCustomer, createReceivables } from '../kit/record';

let scene: LiveScene;
let id: number;
beforeAll(async () => {
  scene = await openLiveScene();
  id = scene.carteira.id;
  await scene.startWorker();
});
afterAll(() => scene.close());

const handle = () => scene.client.schedule.getHandle(`guarda/${id}`);

async function described(holds: (schedule: ScheduleDescription) => boolean): Promise<ScheduleDescription> {
  for (;;) {
    const schedule = await handle()
      .describe()
      .catch((error: unknown) => {
        if (error instanceof ScheduleNotFoundError) return null;
        throw error;
      });
    if (schedule && holds(schedule)) return schedule;
    await sleep(50);
  }
}

/** Hour and weekday in São Paulo. */
const clock = (at: Date) =>
  at.toLocaleString('en-GB', { timeZone: 'America/Sao_Paulo', hour: '2-digit', minute: '2-digit', weekday: 'short' });

test('a rule becomes a schedule of Temporal that strikes at its hours in São Paulo, changes with it, and goes with it', async () => {
  const defined = await scene.boletos(
    'guarda',
    'definir',
    String(id),
    ...'--dias 3 --das 8 --ate 10 --dias-uteis'.split(' '),
  );
  expect(defined.stdout).toContain('3 dia(s) antes do vencimento, das 8 às 10 h, só em dias úteis');
  const { spec, policies, action, info } = await described(() => true);
  expect(spec.timezone).toBe('America/Sao_Paulo');
  expect(policies).toMatchObject({ overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 12 * 3_600_000 });
  expect(action).toMatchObject({ workflowType: 'guardCarteira', taskQueue: 'boletos', args: [{ carteiraId: id }] });
  expect(info.nextActionTimes.length).toBeGreaterThan(4);
  for (const at of info.nextActionTimes) expect(clock(at)).toMatch(/^(Mon|Tue|Wed|Thu|Fri),? (08|09):00$/);

  await scene.boletos('guarda', 'definir', String(id), ...'--dias 1 --das 0 --ate 24'.split(' '));
  const changed = await described((schedule) => schedule.spec.calendars?.[0]?.hour[0]?.end === 23);
  expect(new Set(changed.info.nextActionTimes.map((at) => clock(at).slice(-2)))).toEqual(new Set(['00']));
  expect(await scene.knex('guard_rule').first('version', 'scheduled_version')).toEqual({
    ...{ version: 2, scheduled_version: 2 },
  });

  await scene.boletos('guarda', 'desligar', String(id));
  for (;;) {
    const gone = await handle()
      .describe()
      .then(
        () => false,
        (error: unknown) => error instanceof ScheduleNotFoundError,
      );
    if (gone) break;
    await sleep(50);
  }
}, 60_000);

test('struck, the schedule communicates what is due, as a communication like any other that ends by itself', async () => {
  await scene.knex('guard_run').delete();
  const today = scene.knex.raw("(clock_timestamp() at time zone 'America/Sao_Paulo')::date");
  await createReceivables(scene.knex, scene.carteira, 3, { issue_date: today, due_date: today });
  await createReceivables(scene.knex, scene.carteira, 1, {
    customer_id: await createCustomer(scene.knex, { cep: '123' }),
    issue_date: today,
    due_date: today,
  });
  await scene.boletos('guarda', 'definir', String(id), ...'--dias 2 --das 0 --ate 24'.split(' '));
  await described((schedule) => schedule.spec.calendars?.[0]?.hour[0]?.end === 23);
  // The hours of the last day, as after an outage: one run does it.
  await handle().backfill({
    ...{ start: new Date(Date.now() - 6 * 3_600_000), end: new Date(), overlap: ScheduleOverlapPolicy.BUFFER_ALL },
  });
  for (;;) {
    const run = await scene.knex('guard_run').whereNotNull('result').first<{ result: string } | undefined>('result');
    if (run) break;
    await sleep(100);
  }
  expect(await scene.knex('guard_run').select('slot', 'result', 'registered', 'failed')).toEqual([
    { slot: 1, result: 'partly', registered: 3, failed: 1 },
  ]);
  const batches = await scene.knex('batch').select('requested_by', 'phase', 'concluded_by');
  expect(batches).toEqual([{ requested_by: 'guarda', phase: 'concluded', concluded_by: 'guarda' }]);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 3, duplicates: 0 });
  expect((await described(({ info }) => info.numActionsTaken >= 6)).info.numActionsMissedCatchupWindow).toBe(0);

  const seen = await scene.boletos('guarda', 'ver', String(id));
  expect(seen.stdout).toMatch(/Registrado em parte +3 títulos registrados; 1 título com falha/);
  expect(seen.stdout).toContain('Corrija-os em Contas a Receber');
}, 90_000);
