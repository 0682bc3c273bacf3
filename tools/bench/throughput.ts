import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openScene, OPERATOR, type Scene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';
import { fillCarteira, startWorker, stopWorker, type Ground } from './ground';
import { cpuMsOf, peakMibOf } from './usage';
import { getBatch } from '../../client/batchClient';
import { startBatch } from '../../client/startBatch';
import { workflowId } from '../../domain/batch/names';
import { root } from '../stack/root';

const BANK = 'banco-do-brasil';
/** So large that nobody waits for it. */
const limit = { calls: 1_000_000, windowMs: 1_000 };
/** A batch a tenth as large, whose slices are one boleto each, is enough: its rate does not depend on its size. */
const ONE_PER_SLICE_SHARE = 10;
const COLD_SHARE = 4;
const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 30 * 60_000;

/** One way of registering the same boletos. */
type Way = 'product' | 'onePerSlice' | HandWritten;
/** Programs that do without us, by what they are in tools/bench/handWritten.ts. */
const modes = { handWrittenLoop: 'loop', handWrittenBatches: 'batches', handWrittenConcurrent: 'concurrent' } as const;
type HandWritten = keyof typeof modes;

interface Run {
  way: Way;
  boletos: number;
  seconds: number;
  perSecond: number;
  /** Of the boletos that the program got first, to become warm. */
  perSecondCold: number;
  /** Microseconds of processor time a boleto: of the program, of each server, and of everything together. */
  cpuUs: number;
  cpuUsPostgres: number;
  cpuUsTemporal: number;
  cpuUsGateway: number;
  cpuUsAll: number;
  peakMib: number;
  /** Before the batch that was measured: a quarter as large, and the program's start. */
  peakMibCold: number;
  walBytes: number;
  /** Temporal's, over all runs of the workflow. */
  events?: number;
}

/** A program that runs and waits for work. */
interface Program {
  pid: number;
  /** Registers what a carteira has; returns when its record says so. */
  register(ground: Ground): Promise<void>;
  /** Of the last registration, once it is known. */
  events?(): Promise<number>;
  stop(): Promise<void>;
}

export const throughput: Bench = {
  name: 'throughput',
  title: 'sem latência no gateway e sem limite: o caminho inteiro contra programas escritos à mão',
  options: {
    boletos: { default: 20_000, help: 'boletos de cada medida' },
    runs: { default: 3, help: 'medidas de cada programa, alternadas; conta a mediana' },
  },
  async run(context) {
    const boletos = context.option('boletos');
    const stack = await context.startStack({ workers: 0, gateways: [BANK] });
    const scene = await openScene(stack);
    try {
      const runs: Run[] = [];
      const measure = async (way: Way, count: number) => {
        const run = await measured(scene, way, count, 2 * runs.length + 1, context.signal);
        context.measure({ ...run });
        runs.push(run);
      };
      for (let nth = 0; nth < context.option('runs'); nth += 1) {
        await measure('product', boletos);
        for (const way of Object.keys(modes) as HandWritten[]) await measure(way, boletos);
        await measure('onePerSlice', Math.ceil(boletos / ONE_PER_SLICE_SHARE));
      }
      return goals(context, runs);
    } finally {
      await scene.close();
    }
  },
};

function goals(context: BenchContext, runs: readonly Run[]): Goal[] {
  const of = (way: Way, what: 'perSecond' | 'perSecondCold' | 'peakMib' | 'peakMibCold') =>
    median(runs.filter((run) => run.way === way).map((run) => run[what]));
  const product = of('product', 'perSecond');
  context.measure({
    vsHandWrittenLoop: ratio(product, of('handWrittenLoop', 'perSecond')),
    vsHandWrittenConcurrent: ratio(product, of('handWrittenConcurrent', 'perSecond')),
    vsHandWrittenCold: ratio(of('product', 'perSecondCold'), of('handWrittenBatches', 'perSecondCold')),
    peakMib: of('product', 'peakMib'),
    peakMibCold: of('product', 'peakMibCold'),
  });
  return [
    { goal: 'throughput.vsHandWritten', value: ratio(product, of('handWrittenBatches', 'perSecond')), atLeast: 1 },
    { goal: 'throughput.vsOnePerSlice', value: ratio(product, of('onePerSlice', 'perSecond')), atLeast: 6 },
  ];
}

/**
 * A program is measured warm, as a worker is that runs all day: it has registered a quarter of the boletos before.
 * Compiled code counts, and whoever has little of it is warm sooner.
 */
async function measured(
  scene: Scene,
  way: Way,
  boletos: number,
  carteiraId: number,
  signal: AbortSignal,
): Promise<Run> {
  const { knex, stack } = scene;
  const origin = stack.gateways[BANK] ?? '';
  const usEach = (ms: number) => Math.round((ms * 1_000) / boletos);
  const servers = () => {
    const { postgres, temporal, gateways } = stack.pids();
    return [postgres, temporal, gateways[BANK]].map((pid) => (pid ? cpuMsOf(pid) : 0));
  };
  const program = isHandWritten(way) ? await handWritten(scene, way) : await product(scene, way, signal);
  try {
    const { pid } = program;
    const secondsFor = async (ground: Ground) => {
      if (isHandWritten(way)) await prepareHandWritten(scene, ground);
      // Nobody inherits another's dirty pages, full-page images or outdated statistics.
      await knex.raw('vacuum analyze');
      await knex.raw('checkpoint');
      const before = { began: performance.now(), cpu: cpuMsOf(pid), servers: servers(), wal: await walPosition(scene) };
      await program.register(ground);
      const seconds = (performance.now() - before.began) / 1_000;
      const spent = servers().map((ms, index) => ms - (before.servers[index] ?? 0));
      const [cpuMs, wal] = [cpuMsOf(pid) - before.cpu, (await walPosition(scene)) - before.wal];
      return { seconds, cpuMs, spent, wal, peakMib: peakMibOf(pid) };
    };
    const coldBoletos = Math.ceil(boletos / COLD_SHARE);
    const cold = await secondsFor(await fillCarteira(scene, { carteiraId, boletos: coldBoletos, limit, origin }));
    const warm = await secondsFor(await fillCarteira(scene, { carteiraId: carteiraId + 1, boletos, limit, origin }));
    const [cpuUsPostgres, cpuUsTemporal, cpuUsGateway] = warm.spent.map(usEach) as [number, number, number];
    const events = await program.events?.();
    return {
      ...{ way, boletos, seconds: round(warm.seconds, 1), perSecond: Math.round(boletos / warm.seconds) },
      perSecondCold: Math.round(coldBoletos / cold.seconds),
      ...{ cpuUs: usEach(warm.cpuMs), cpuUsPostgres, cpuUsTemporal, cpuUsGateway },
      cpuUsAll: usEach(warm.spent.reduce((sum, ms) => sum + ms, warm.cpuMs)),
      ...{ peakMib: warm.peakMib, peakMibCold: cold.peakMib, walBytes: Math.round(warm.wal / boletos) },
      ...(events === undefined ? {} : { events }),
    };
  } finally {
    await program.stop();
  }
}

function isHandWritten(way: Way): way is HandWritten {
  return way in modes;
}

/** From the button to the batch that is concluded: selection, analysis and report are part of it. */
async function product(scene: Scene, way: Way, signal: AbortSignal): Promise<Program> {
  const { knex, client, stack } = scene;
  const worker = await startWorker(stack, way === 'onePerSlice' ? { SLICE_SIZE: '1' } : {});
  let batchId = '';
  return {
    pid: worker.pid as number,
    async register({ carteiraId }) {
      const began = performance.now();
      batchId = `${way}-${carteiraId}`;
      await startBatch(client, { batchId, carteiraId, filters: {}, by: OPERATOR });
      for (;;) {
        const batch = await knex('batch').where({ id: batchId }).first<{ phase: string } | undefined>('phase');
        if (batch?.phase === 'concluded') return;
        if (batch?.phase === 'awaitingAdjustments' || performance.now() - began > PATIENCE_MS)
          throw new Error(`batch ${batchId} did not register everything: ${batch?.phase ?? 'not begun'}`);
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
    },
    events: () => historyEvents(scene, batchId),
    stop: () => stopWorker(worker),
  };
}

/** Over all runs of the workflow; the list follows what happened by a second or so. */
async function historyEvents({ client }: Scene, batchId: string): Promise<number> {
  await getBatch(client, batchId).result();
  for (;;) {
    let [events, found, running] = [0, 0, 0];
    for await (const run of client.workflow.list({ query: `WorkflowId = "${workflowId(batchId)}"` })) {
      found += 1;
      if (run.status.name === 'RUNNING') running += 1;
      events += run.historyLength;
    }
    if (found > 0 && running === 0) return events;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Its own tables, without our constraints and indexes: what such a program would have. */
async function prepareHandWritten({ knex }: Scene, { convenio, firstId, carteiraId }: Ground): Promise<void> {
  await knex.raw(`drop table if exists hand_written, hand_written_attempt`);
  await knex.raw(
    `create table hand_written as
     select r.id::int as id, '000' || :convenio || lpad((r.id - :firstId + 1)::text, 10, '0') as our_number,
       r.amount_cents::int as cents, c.name, c.document, c.cep, c.street, null::int as status, null::text as line,
       false as sent
     from receivable r join customer c on c.id = r.customer_id where r.carteira_id = :carteiraId`,
    { convenio, firstId, carteiraId },
  );
  await knex.raw(`alter table hand_written add primary key (id)`);
  await knex.raw(
    `create table hand_written_attempt (titulo bigint primary key, body jsonb, intended_at timestamptz default now(),
       status int, request text, response text, finished_at timestamptz)`,
  );
}

async function handWritten({ knex, stack }: Scene, way: HandWritten): Promise<Program> {
  const program = spawn(process.execPath, ['--import', 'tsx', 'tools/bench/handWritten.ts'], {
    cwd: root,
    env: {
      ...process.env,
      ...{ DATABASE_URL: stack.databaseUrl, ORIGIN: stack.gateways[BANK] ?? '', MODE: modes[way] },
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(program, 'exit') as Promise<[number | null]>;
  const told = () => Promise.race([once(program, 'message'), ended]);
  await told();
  return {
    pid: program.pid as number,
    async register({ convenio }) {
      const answer = told();
      program.send({ convenio });
      await answer;
      const { rows } = await knex.raw<{ rows: { missing: number }[] }>(
        `select count(*) filter (where line is null)::int as missing from hand_written`,
      );
      if (rows[0]?.missing !== 0) throw new Error(`${way} did not register everything`);
    },
    async stop() {
      if (program.connected) program.disconnect();
      await ended;
    },
  };
}

async function walPosition({ knex }: Scene): Promise<number> {
  const { rows } = await knex.raw<{ rows: { bytes: string }[] }>(
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bytes`,
  );
  return Number(rows[0]?.bytes);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function ratio(value: number, other: number): number {
  return round(value / other, 2);
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
