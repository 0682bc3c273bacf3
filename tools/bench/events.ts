import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { hashOf, newId, newSecret } from '../../api/access/secrets';
import { openBatch } from '../../record/batches/batches';
import { selectReceivables } from '../../record/engine/selection';
import { openScene, OPERATOR } from './cadastro';
import { openViewer, type EventViewer } from './eventViewer';
import type { Bench, BenchContext, Goal } from './frame';
import { fillCarteira } from './ground';
import { cpuMsOf, rssMibOf } from './usage';

const BANK = 'banco-do-brasil';
/** As a worker writes them: one transaction each, several under way at once. */
const OUTCOMES_A_GROUP = 25;
const WRITERS = 4;
const CUT_EVERY_MS = 2_000;
const SAMPLE_EVERY_MS = 1_000;
/** Delays are counted by the millisecond, the longest together. */
const LONGEST_DELAY_MS = 60_000;
const PATIENCE_MS = 60_000;
const limit = { calls: 1_000_000, windowMs: 1_000 };

export const events: Bench = {
  name: 'events',
  title: 'quem acompanha uma comunicação vê cada resultado uma vez, em ordem e logo',
  options: {
    viewers: { default: 50, help: 'quantos acompanham' },
    rate: { default: 1_000, help: 'resultados por segundo' },
    seconds: { default: 60, help: 'por quanto tempo' },
  },
  async run(context) {
    const stack = await context.startStack({ workers: 0, gateways: [BANK], api: true });
    const scene = await openScene(stack);
    try {
      const boletos = context.option('rate') * context.option('seconds');
      const origin = stack.gateways[BANK] ?? '';
      const { carteiraId } = await fillCarteira(scene, { carteiraId: 1, boletos, limit, origin });
      const batchId = 'eventos';
      await openBatch(scene.knex, { batchId, carteiraId, filters: {}, by: OPERATOR });
      await selectReceivables(scene.knex, batchId);
      await scene.knex.raw('vacuum analyze');
      const url = `${stack.api}/api/v1/comunicacoes/${batchId}/eventos`;
      return await measure(context, scene.knex, { batchId, url, boletos, apiPid: stack.pids().api ?? 0 });
    } finally {
      await scene.close();
    }
  },
};

async function measure(
  { option, measure, signal, say }: BenchContext,
  knex: Knex,
  { batchId, url, boletos, apiPid }: { batchId: string; url: string; boletos: number; apiPid: number },
): Promise<Goal[]> {
  const delays = new Uint32Array(LONGEST_DELAY_MS + 1);
  const onDelay = (ms: number) => {
    const slot = Math.max(0, Math.min(LONGEST_DELAY_MS, ms));
    delays[slot] = (delays[slot] ?? 0) + 1;
  };
  const token = await createToken(knex);
  const viewers = Array.from({ length: option('viewers') }, () => openViewer({ url, token, from: 0 }, onDelay));
  const memory: number[] = [];
  const sample = setInterval(() => memory.push(rssMibOf(apiPid)), SAMPLE_EVERY_MS);
  let nth = 0;
  const cutting = setInterval(() => viewers[nth++ % viewers.length]?.cut(), CUT_EVERY_MS);
  try {
    const [began, cpuBefore] = [performance.now(), cpuMsOf(apiPid)];
    await write(knex, batchId, boletos, option('rate'), signal);
    const seconds = (performance.now() - began) / 1_000;
    const cpu = (cpuMsOf(apiPid) - cpuBefore) / 1_000 / seconds;
    say(`  ${boletos} resultados em ${seconds.toFixed(1)} s`);
    clearInterval(cutting);
    await settled(viewers, boletos, signal);
    const sum = (of: (viewer: EventViewer) => number) => viewers.reduce((total, viewer) => total + of(viewer), 0);
    const missing = sum((viewer) => viewer.missing() + boletos - viewer.last());
    const half = memory.length >> 1;
    measure({
      ...{ viewers: viewers.length, outcomes: boletos, ratePerSecond: Math.round(boletos / seconds) },
      ...{ resumed: sum((viewer) => viewer.resumed()), medianMs: delayAt(delays, 0.5), p99Ms: delayAt(delays, 0.99) },
      ...{ apiProcessors: Number(cpu.toFixed(2)), apiMibFirstHalf: median(memory.slice(0, half)) },
      ...{ apiMibSecondHalf: median(memory.slice(half)), apiMibMost: Math.max(...memory) },
    });
    return [
      { goal: 'events.missing', value: missing, atMost: 0 },
      { goal: 'events.repeated', value: sum((viewer) => viewer.repeated()), atMost: 0 },
      { goal: 'events.medianMs', value: delayAt(delays, 0.5), atMost: 1_000 },
    ];
  } finally {
    clearInterval(sample);
    clearInterval(cutting);
    for (const viewer of viewers) viewer.leave();
  }
}

async function createToken(knex: Knex): Promise<string> {
  const token = newSecret();
  await knex.raw(
    `insert into api_token (id, token_hash, name, role, created_by, expires_at)
     select ?, ?, 'bench', 'consulta', id, clock_timestamp() + interval '1 day' from app_user limit 1`,
    [newId('t'), hashOf(token)],
  );
  return token;
}

/** Items move as recordOutcomes moves them, group by group, at the rate and not faster. */
async function write(knex: Knex, batchId: string, boletos: number, rate: number, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  let next = 1;
  const writer = async () => {
    while (next <= boletos) {
      const from = next;
      next += OUTCOMES_A_GROUP;
      await sleep(Math.max(0, began + (from / rate) * 1_000 - performance.now()), undefined, { signal });
      await knex.raw(
        `update batch_item set state = 'registered', updated_at = clock_timestamp(), due_at = null, tries = tries + 1,
           closed_at = clock_timestamp()
         where batch_id = ? and ordinal between ? and ?`,
        [batchId, from, from + OUTCOMES_A_GROUP - 1],
      );
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

async function settled(viewers: readonly EventViewer[], last: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (viewers.some((viewer) => viewer.last() < last) && performance.now() < until)
    await sleep(100, undefined, { signal });
}

/** The delay that the share of all outcomes stayed within. */
function delayAt(delays: Uint32Array, share: number): number {
  const all = delays.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return delays.findIndex((count) => (seen += count) >= all * share);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
