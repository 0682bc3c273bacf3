import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openScene, type Scene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';
import { fillCarteira } from './ground';
import { peakMibOf } from './usage';
import { root } from '../stack/root';

const BANK = 'banco-do-brasil';
const limit = { calls: 1_000_000, windowMs: 1_000 };
const LOOK_EVERY_MS = 20;
/** One título in so many has a defect. */
const BROKEN_EVERY = 20;
const SMALL_SHARE = 10;

type Program = 'dryRun' | 'loadAll';

interface Run {
  program: Program;
  titulos: number;
  pending: number;
  seconds: number;
  peakMib: number;
}

export const previa: Bench = {
  name: 'previa',
  title: 'a simulação (comunicar --simular) contra um programa que lê todos os títulos para a memória',
  options: {
    titulos: { default: 100_000, help: 'títulos da carteira' },
    runs: { default: 3, help: 'medidas de cada programa, alternadas; conta a mediana' },
  },
  async run(context) {
    const titulos = context.option('titulos');
    const stack = await context.startStack({ workers: 0, gateways: [BANK] });
    const scene = await openScene(stack);
    try {
      const origin = stack.gateways[BANK] ?? '';
      // The whole, a tenth, and nothing: what a program needs by itself.
      const sizes = [titulos, Math.ceil(titulos / SMALL_SHARE), 0];
      for (const [index, boletos] of sizes.entries())
        await fillCarteira(scene, { carteiraId: index + 1, boletos, limit, origin });
      await scene.knex.raw(`update customer set district = '' where id % ? = 0`, [BROKEN_EVERY]);
      await scene.knex.raw('vacuum analyze');
      const runs: Run[] = [];
      for (let nth = 0; nth < context.option('runs'); nth += 1)
        for (const [index, size] of sizes.entries())
          for (const program of ['dryRun', 'loadAll'] as const)
            runs.push(await measured(context, scene, program, { carteiraId: index + 1, titulos: size }));
      return goals(context, runs, sizes);
    } finally {
      await scene.close();
    }
  },
};

const programs: Record<Program, (carteiraId: number) => string[]> = {
  dryRun: (carteiraId) => ['bin/boletos.js', 'comunicar', '--carteira', String(carteiraId), '--simular', '--json'],
  loadAll: () => ['--import', 'tsx', 'tools/bench/loadAll.ts'],
};

function goals(context: BenchContext, runs: readonly Run[], sizes: readonly number[]): Goal[] {
  const [all = 0, tenth = 0, none = 0] = sizes;
  const peak = (program: Program, titulos: number) =>
    median(runs.filter((run) => run.program === program && run.titulos === titulos).map(({ peakMib }) => peakMib));
  const added = (program: Program) => peak(program, all) - peak(program, none);
  const found = new Set(runs.filter(({ titulos }) => titulos === all).map(({ pending }) => pending));
  if (found.size !== 1) throw new Error(`the programs do not find the same: ${[...found].join(', ')} pending`);
  context.measure({ addedMib: added('dryRun'), loadAllAddedMib: added('loadAll') });
  context.measure({ ofTheWholeProcess: round(peak('dryRun', all) / peak('loadAll', all)) });
  return [
    { goal: 'previa.memoryRatio', value: round(added('dryRun') / added('loadAll')), atMost: 0.34 },
    { goal: 'previa.grownTenfold', value: round(peak('dryRun', all) / peak('dryRun', tenth)), atMost: 1.2 },
  ];
}

/** A process of its own, so that nobody inherits another's heap. Its peak is read until it ends. */
async function measured(
  context: BenchContext,
  { stack }: Scene,
  program: Program,
  { carteiraId, titulos }: { carteiraId: number; titulos: number },
): Promise<Run> {
  const began = performance.now();
  const child = spawn(process.execPath, programs[program](carteiraId), {
    cwd: root,
    env: { ...process.env, ...stack.variables, DATABASE_URL: stack.databaseUrl, CARTEIRA: String(carteiraId) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close') as Promise<[number | null]>;
  const state = { over: false };
  void ended.finally(() => (state.over = true));
  let peakMib = 0;
  while (!state.over) {
    peakMib = Math.max(peakMib, peakMibOf(child.pid as number));
    await Promise.race([sleep(LOOK_EVERY_MS, undefined, { signal: context.signal }), ended]);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  const { pending } = JSON.parse(said) as { pending: { count: number } };
  const seconds = round((performance.now() - began) / 1_000);
  const run = { program, titulos, pending: pending.count, seconds, peakMib };
  context.measure(run);
  return run;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
