import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit } from '../../domain/manifest';
import { MARGIN } from '../../record/engine/limits';
import { startSimulator } from '../../gateways/bancoDoBrasil/simulator/simulator';
import { useOf, type Use } from './allowance';
import { bankAt } from './bank';
import { openScene, type Scene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';
import { fillCarteira, startWorker, stopWorker } from './ground';
import { press } from './operator';

const BANK = 'banco-do-brasil';
/** At the bank, calls arrive closer together than they left when the way of the first was slower. */
const RECEIVED_SHARE = 0.95;
const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 15 * 60_000;

/** In turns: a single pair says more about the machine than about us. */
const NEIGHBOUR_ROUNDS = 3;

const perSecond = (calls: number): Limit => ({ calls, windowMs: 1_000 });
const perMinute = (calls: number): Limit => ({ calls, windowMs: 60_000 });

interface Scenario {
  name: string;
  workers: 1 | 2;
  /** Accounts that are communicated with at the same time. */
  limits: readonly Limit[];
  seconds: number;
  /** Of every answer. */
  latencyMs?: number;
  /** A process beside us that does nothing but compute. */
  load?: boolean;
}

const scenarios: readonly Scenario[] = [
  // 120 a minute holds few windows in so short a time: it runs longer than the others, two and a half windows.
  { name: 'lentas', workers: 2, limits: [perSecond(10), perMinute(120)], seconds: 150 },
  { name: 'lentas, 100 ms', workers: 2, limits: [perSecond(10)], seconds: 40, latencyMs: 100 },
  { name: 'lentas, sob carga', workers: 2, limits: [perSecond(10)], seconds: 40, load: true },
  ...([1, 2] as const).flatMap((workers) =>
    [perSecond(50), perSecond(300)].flatMap((limit): Scenario[] => [
      { name: '', workers, limits: [limit], seconds: 20 },
      { name: '100 ms', workers, limits: [limit], seconds: 20, latencyMs: 100 },
      { name: 'sob carga', workers, limits: [limit], seconds: 20, load: true },
    ]),
  ),
];

export const limit: Bench = {
  name: 'limit',
  title: 'o limite de cada conta, usado até a borda e nunca além, por um e por dois workers',
  options: { scale: { default: 100, help: 'duração de cada cenário, em porcento' } },
  async run(context) {
    const stack = await context.startStack({ workers: 0, gateways: [BANK] });
    const scene = await openScene(stack);
    const carteiras = numbered();
    const workers: ChildProcess[] = [];
    try {
      const uses: (Use & { receivedOver: number })[] = [];
      for (const scenario of scenarios) {
        while (workers.length < scenario.workers) workers.push(await startWorker(stack));
        while (workers.length > scenario.workers) await stopWorker(workers.pop() as ChildProcess);
        uses.push(...(await measureScenario(context, scene, scenario, carteiras)));
      }
      const slowed = await measureNeighbour(context, scene, carteiras);
      return goals(uses, slowed);
    } finally {
      await Promise.all(workers.map(stopWorker));
      await scene.close();
    }
  },
};

function goals(uses: readonly (Use & { receivedOver: number })[], slowedBy: number): Goal[] {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return [
    { goal: 'limit.windowsOver', value: sum(uses.map(({ windowsOver }) => windowsOver)), atMost: 0 },
    { goal: 'limit.receivedWindowsOver', value: sum(uses.map(({ receivedOver }) => receivedOver)), atMost: 0 },
    { goal: 'limit.used', value: round(Math.min(...uses.map(({ used }) => used))), atLeast: 0.97 },
    { goal: 'limit.slowedByNeighbour', value: round(slowedBy), atMost: 0.05 },
  ];
}

async function measureScenario(
  context: BenchContext,
  scene: Scene,
  scenario: Scenario,
  nextCarteira: () => number,
): Promise<(Use & { receivedOver: number })[]> {
  const { name, workers, limits, seconds, latencyMs = 0, load = false } = scenario;
  const bank = bankAt(scene.stack.gateways[BANK] ?? '');
  await bank.settings({ latency: { register: { minMs: latencyMs, maxMs: latencyMs } } });
  const origin = scene.stack.gateways[BANK] ?? '';
  const duration = (seconds * context.option('scale')) / 100;
  const batches = [];
  for (const one of limits)
    batches.push({ ...(await prepare(scene, nextCarteira(), one, duration, origin)), limit: one });
  const stopLoad = load ? startLoad() : () => Promise.resolve();
  try {
    await Promise.all(batches.map(({ carteiraId, batchId }) => press(scene, carteiraId, batchId)));
    await Promise.all(batches.map(({ batchId }) => concluded(scene, batchId, context.signal)));
  } finally {
    await stopLoad();
  }
  const entries = await bank.entries();
  const uses = [];
  for (const { batchId, convenio, limit: allowance } of batches) {
    const use = await sendsOf(scene, batchId, allowance);
    const received = useOf(
      entries.filter((entry) => entry.convenio === convenio).map(({ at }) => at),
      allowance,
      RECEIVED_SHARE,
    );
    context.measure({
      ...(name && { scenario: name }),
      ...{ workers, limit: `${allowance.calls}/${allowance.windowMs / 1_000} s`, calls: use.calls },
      ...{ windowsOver: use.windowsOver, receivedWindowsOver: received.windowsOver, used: round(use.used) },
      turnsUnused: await turnsUnused(scene, batchId, allowance, use.calls),
    });
    uses.push({ ...use, receivedOver: received.windowsOver });
  }
  return uses;
}

/** How much longer, in the median, a batch takes while another account's bank is down: both with the same worker, one after the other. */
async function measureNeighbour(context: BenchContext, scene: Scene, nextCarteira: () => number): Promise<number> {
  const origin = scene.stack.gateways[BANK] ?? '';
  await bankAt(origin).settings({ latency: {} });
  const seconds = (20 * context.option('scale')) / 100;
  const fast = perSecond(100);
  const stateFolder = join(scene.stack.folder, 'gateways', 'neighbour');
  mkdirSync(stateFolder, { recursive: true });
  const neighbour = await startSimulator({ stateFolder });
  try {
    const used = { beside: [] as number[], alone: [] as number[] };
    for (const isDown of Array.from({ length: 2 * NEIGHBOUR_ROUNDS }, (_, nth) => nth % 2 === 1)) {
      const other = await prepare(scene, nextCarteira(), fast, seconds, neighbour.url);
      const own = await prepare(scene, nextCarteira(), fast, seconds, origin);
      if (isDown) neighbour.admin.down(seconds * 2_000);
      await Promise.all([other, own].map(({ carteiraId, batchId }) => press(scene, carteiraId, batchId)));
      await concluded(scene, own.batchId, context.signal);
      const { used: share } = await sendsOf(scene, own.batchId, fast);
      context.measure({ neighbour: isDown ? 'fora do ar' : 'no ar', limit: '100/1 s', used: round(share) });
      (isDown ? used.alone : used.beside).push(share);
      if (!isDown) await concluded(scene, other.batchId, context.signal);
    }
    return 1 - median(used.alone) / median(used.beside);
  } finally {
    await neighbour.close();
  }
}

async function prepare(scene: Scene, carteiraId: number, allowance: Limit, seconds: number, origin: string) {
  const boletos = Math.ceil((seconds * 1_000 * allowance.calls) / allowance.windowMs);
  const { convenio } = await fillCarteira(scene, { carteiraId, boletos, limit: allowance, origin });
  return { carteiraId, convenio, batchId: `limit-${carteiraId}` };
}

async function concluded({ knex }: Scene, batchId: string, signal: AbortSignal): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const batch = await knex('batch').where({ id: batchId }).first<{ phase: string } | undefined>('phase');
    if (batch?.phase === 'concluded') return;
    if (performance.now() > until) throw new Error(`${batchId} did not end: ${batch?.phase ?? 'not begun'}`);
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function sendsOf({ knex }: Scene, batchId: string, allowance: Limit): Promise<Use> {
  const attempts = await knex('attempt')
    .where({ batch_id: batchId })
    .whereNotNull('sent_at')
    .select<{ sent_at: Date }[]>('sent_at');
  return useOf(
    attempts.map(({ sent_at }) => sent_at.getTime()),
    allowance,
  );
}

/**
 * Turns that the allowance gave between the first call and the last, and that no call used: missed because a process
 * was late (the call took another), or left free after a slow answer of the record.
 */
async function turnsUnused({ knex }: Scene, batchId: string, allowance: Limit, calls: number): Promise<number> {
  const { rows } = await knex.raw<{ rows: { givenMs: number }[] }>(
    `select extract(epoch from l.tat - (select min(sent_at) from attempt where batch_id = b.id))::float8 * 1000 as "givenMs"
     from batch b join carteira c on c.id = b.carteira_id
     join gateway_limit l on l.account_id = c.account_id and l.route_class = 'register'
     where b.id = ?`,
    [batchId],
  );
  const spacingMs = (allowance.windowMs * (1 + MARGIN)) / allowance.calls;
  return Math.round((rows[0]?.givenMs ?? 0) / spacingMs) - calls;
}

/** A process beside us that keeps a processor busy. @returns how to end it. */
function startLoad(): () => Promise<void> {
  const busy = spawn(process.execPath, ['-e', 'process.once("disconnect", process.exit); for (;;);'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return async () => {
    const ended = once(busy, 'exit');
    busy.kill('SIGKILL');
    await ended;
  };
}

function numbered(): () => number {
  let last = 0;
  return () => (last += 1);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
