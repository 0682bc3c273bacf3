import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openScene, OPERATOR, type Scene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';
import { fillCarteira, startWorker, stopWorker, type Ground } from './ground';
import { cpuMsOf, peakMibOf } from './usage';
import { getBatch } from '../client/batchClient';
import { startBatch } from '../client/startBatch';
import { workflowId } from '../domain/names';
import { root } from '../stack/root';

const BANK = 'banco-do-brasil';
/** So large that nobody waits for it. */
const limit = { calls: 1_000_000, windowMs: 1_000 };
/** A batch a tenth as large, whose slices are one boleto each, is enough: its rate does not depend on its size. */
const ONE_PER_SLICE_SHARE = 10;
const SMALL_SHARE = 4;
const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 30 * 60_000;

/** One way of registering the same boletos. */
type Way = 'product' | 'onePerSlice' | HandWritten;
/** Programs that do without us, by what they are in bench/handWritten.ts. */
const modes = { handWrittenLoop: 'loop', handWrittenBatches: 'batches', handWrittenConcurrent: 'concurrent' } as const;
type HandWritten = keyof typeof modes;

interface Run {
  way: Way;
  boletos: number;
  seconds: number;
  perSecond: number;
  /** Microseconds of processor time a boleto: of the program, of each server, and of everything together. */
  cpuUs: number;
  cpuUsPostgres: number;
  cpuUsTemporal: number;
  cpuUsGateway: number;
  cpuUsAll: number;
  peakMib: number;
  walBytes: number;
  /** Temporal's, over all runs of the workflow. */
  events?: number;
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
      let carteiraId = 0;
      const measure = async (way: Way, count: number) => {
        const run = await measured(context, scene, way, count, (carteiraId += 1));
        context.measure({ ...run });
        return run;
      };
      const small = await measure('product', Math.ceil(boletos / SMALL_SHARE));
      for (let nth = 0; nth < context.option('runs'); nth += 1) {
        runs.push(await measure('product', boletos));
        for (const way of Object.keys(modes) as HandWritten[]) runs.push(await measure(way, boletos));
        runs.push(await measure('onePerSlice', Math.ceil(boletos / ONE_PER_SLICE_SHARE)));
      }
      return goals(context, runs, small);
    } finally {
      await scene.close();
    }
  },
};

function goals(context: BenchContext, runs: readonly Run[], small: Run): Goal[] {
  const rate = (way: Way) => median(runs.filter((run) => run.way === way).map(({ perSecond }) => perSecond));
  const product = rate('product');
  const peak = median(runs.filter(({ way }) => way === 'product').map(({ peakMib }) => peakMib));
  context.measure({
    vsHandWrittenLoop: ratio(product, rate('handWrittenLoop')),
    vsHandWrittenConcurrent: ratio(product, rate('handWrittenConcurrent')),
    peakMib: peak,
    peakMibOfAQuarter: small.peakMib,
  });
  return [
    { goal: 'throughput.vsHandWritten', value: ratio(product, rate('handWrittenBatches')), atLeast: 1 },
    { goal: 'throughput.vsOnePerSlice', value: ratio(product, rate('onePerSlice')), atLeast: 6 },
  ];
}

async function measured(
  { signal }: BenchContext,
  scene: Scene,
  way: Way,
  boletos: number,
  carteiraId: number,
): Promise<Run> {
  const { knex, stack } = scene;
  const origin = stack.gateways[BANK] ?? '';
  const ground = await fillCarteira(scene, { carteiraId, boletos, limit, origin });
  if (isHandWritten(way)) await prepareHandWritten(scene, ground);
  // Nobody inherits another's dirty pages, full-page images or outdated statistics.
  await knex.raw('vacuum analyze');
  await knex.raw('checkpoint');
  const usEach = (ms: number) => Math.round((ms * 1_000) / boletos);
  const servers = () => {
    const { postgres, temporal, gateways } = stack.pids();
    return [postgres, temporal, gateways[BANK]].map((pid) => (pid ? cpuMsOf(pid) : 0));
  };
  const [cpuBefore, walBefore] = [servers(), await walPosition(scene)];
  const { seconds, cpuMs, peakMib, events } = isHandWritten(way)
    ? await handWritten(scene, way, ground)
    : await product(scene, way, ground, signal);
  const spent = servers().map((ms, index) => ms - (cpuBefore[index] ?? 0));
  const [cpuUsPostgres, cpuUsTemporal, cpuUsGateway] = spent.map(usEach) as [number, number, number];
  const walBytes = (await walPosition(scene)) - walBefore;
  return {
    ...{ way, boletos, seconds: round(seconds, 1), perSecond: Math.round(boletos / seconds) },
    ...{ cpuUs: usEach(cpuMs), cpuUsPostgres, cpuUsTemporal, cpuUsGateway },
    cpuUsAll: usEach(spent.reduce((sum, ms) => sum + ms, cpuMs)),
    ...{ peakMib, walBytes: Math.round(walBytes / boletos), ...(events === undefined ? {} : { events }) },
  };
}

function isHandWritten(way: Way): way is HandWritten {
  return way in modes;
}

interface Spent {
  seconds: number;
  cpuMs: number;
  peakMib: number;
  events?: number;
}

/** From the button to the batch that is concluded: selection, analysis and report are part of it. */
async function product(scene: Scene, way: Way, { carteiraId }: Ground, signal: AbortSignal): Promise<Spent> {
  const { knex, client, stack } = scene;
  const worker = await startWorker(stack, way === 'onePerSlice' ? { SLICE_SIZE: '1' } : {});
  try {
    const pid = worker.pid as number;
    const [began, cpuBefore] = [performance.now(), cpuMsOf(pid)];
    const batchId = `${way}-${carteiraId}`;
    await startBatch(client, { batchId, carteiraId, filters: {}, by: OPERATOR });
    for (;;) {
      const batch = await knex('batch').where({ id: batchId }).first<{ phase: string } | undefined>('phase');
      if (batch?.phase === 'concluded') break;
      if (batch?.phase === 'awaitingAdjustments' || performance.now() - began > PATIENCE_MS)
        throw new Error(`batch ${batchId} did not register everything: ${batch?.phase ?? 'not begun'}`);
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
    const seconds = (performance.now() - began) / 1_000;
    const spent = { seconds, cpuMs: cpuMsOf(pid) - cpuBefore, peakMib: peakMibOf(pid) };
    return { ...spent, events: await historyEvents(scene, batchId) };
  } finally {
    await stopWorker(worker);
  }
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

async function handWritten({ knex, stack }: Scene, way: HandWritten, { convenio }: Ground): Promise<Spent> {
  const program = spawn(process.execPath, ['--import', 'tsx', 'bench/handWritten.ts'], {
    cwd: root,
    env: {
      ...process.env,
      ...{ DATABASE_URL: stack.databaseUrl, ORIGIN: stack.gateways[BANK] ?? '', CONVENIO: convenio },
      MODE: modes[way],
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(program, 'exit') as Promise<[number | null]>;
  await Promise.race([once(program, 'message'), ended]);
  const pid = program.pid as number;
  const [began, cpuBefore] = [performance.now(), cpuMsOf(pid)];
  program.send('go');
  const [last] = (await Promise.race([once(program, 'message'), ended])) as [unknown];
  const seconds = (performance.now() - began) / 1_000;
  const spent = { seconds, cpuMs: cpuMsOf(pid) - cpuBefore, peakMib: peakMibOf(pid) };
  program.send('end');
  await ended;
  const { rows } = await knex.raw<{ rows: { missing: number }[] }>(
    `select count(*) filter (where line is null)::int as missing from hand_written`,
  );
  if (typeof last !== 'object' || rows[0]?.missing !== 0) throw new Error(`${way} did not register everything`);
  return spent;
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
