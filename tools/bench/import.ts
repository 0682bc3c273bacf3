import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { root } from '../stack/root';
import { openScene, type Scene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';
import { oneByOne } from './import/oneByOne';
import { importOverHttp } from './import/overHttp';
import { peakMibOf } from './usage';

/** One line in so many does not fit: 100 of 100,000. */
const BAD_EVERY = 1_000;
const SMALL_SHARE = 10;
const CUSTOMERS = 500;
const LOOK_EVERY_MS = 20;

/** A file of títulos, `lines` long, and what must become of it. */
export interface ImportFile {
  path: string;
  lines: number;
  bad: number;
}

/** What somebody was told by one way of importing a file. */
export interface Imported {
  seconds: number;
  /** Of the processes that read the file. */
  peakMib: number;
  /** Numbers of the lines that it listed. */
  listed: ReadonlySet<number>;
}

/** A way in. Each is measured by the same files: the HTTP API's stands beside this one. */
export interface Way {
  name: string;
  importFile(context: BenchContext, scene: Scene, file: ImportFile): Promise<Imported>;
}

const byCommand: Way = { name: 'cli', importFile: importByCommand };

const overHttp: Way = { name: 'http', importFile: importOverHttp };

const ways: readonly Way[] = [byCommand, overHttp];

export const importBench: Bench = {
  name: 'import',
  title: 'importar um arquivo com linhas erradas, contra um INSERT por linha',
  options: {
    lines: { default: 100_000, help: 'linhas do arquivo grande' },
    runs: { default: 3, help: 'medidas de cada um, alternadas; conta a mediana' },
  },
  async run(context) {
    const stack = await context.startStack({ workers: 1, gateways: [], api: true });
    const scene = await openScene(stack);
    try {
      const lines = context.option('lines');
      const large = await writeTitulos(scene, lines, 'grande');
      const small = await writeTitulos(scene, Math.ceil(lines / SMALL_SHARE), 'pequeno');
      const goals: Goal[] = [];
      for (const way of ways) goals.push(...(await measureWay(context, scene, way, { large, small })));
      return goals;
    } finally {
      await scene.close();
    }
  },
};

/** Goals of the first way have the plain names; those of the others end in the name of theirs. */
async function measureWay(
  context: BenchContext,
  scene: Scene,
  way: Way,
  { large, small }: Record<'large' | 'small', ImportFile>,
): Promise<Goal[]> {
  const peaks: Record<'large' | 'small', number[]> = { large: [], small: [] };
  const ratios: number[] = [];
  const faults = { missing: 0, unlisted: 0 };
  for (let nth = 0; nth < context.option('runs'); nth += 1) {
    for (const [size, file] of [['small', small] as const, ['large', large] as const]) {
      await emptyRecord(scene.knex);
      const imported = await way.importFile(context, scene, file);
      peaks[size].push(imported.peakMib);
      faults.missing += file.lines - file.bad - (await countTitulos(scene.knex));
      faults.unlisted += unlisted(file, imported.listed);
      const rowsPerSecond = Math.round(file.lines / imported.seconds);
      context.measure({ way: way.name, lines: file.lines, ...imported, listed: imported.listed.size, rowsPerSecond });
      if (size === 'large') {
        await emptyRecord(scene.knex);
        const single = await oneByOne(scene.stack.databaseUrl, small.lines);
        context.measure({ way: 'INSERT', lines: small.lines, rowsPerSecond: Math.round(single) });
        ratios.push(rowsPerSecond / single);
      }
    }
  }
  const suffix = way === ways[0] ? '' : `.${way.name}`;
  return [
    { goal: `import.memoryRatio${suffix}`, value: round(median(peaks.large) / median(peaks.small)), atMost: 1.2 },
    { goal: `import.rowsRatio${suffix}`, value: round(median(ratios)), atLeast: 5 },
    { goal: `import.missing${suffix}`, value: faults.missing, atMost: 0 },
    { goal: `import.unlisted${suffix}`, value: faults.unlisted, atMost: 0 },
  ];
}

/** Bad lines that were not listed, and good ones that were. */
function unlisted({ lines }: ImportFile, listed: ReadonlySet<number>): number {
  let wrong = 0;
  for (let line = 1; line <= lines; line += 1) if (isBad(line) !== listed.has(line)) wrong += 1;
  return wrong;
}

const isBad = (line: number) => line % BAD_EVERY === 0;

/** What is wrong with a bad line, in turn. */
const defects: readonly ((line: number) => object)[] = [
  () => ({ id_cliente: 99_999_999 }),
  () => ({ valor: 'dez reais' }),
  // A key that is on the line before.
  (line) => ({ id: line - 1 }),
  () => ({ data_vencimento: '2030-02-31' }),
];

async function writeTitulos({ stack }: Scene, lines: number, name: string): Promise<ImportFile> {
  await mkdir(stack.folder, { recursive: true });
  const path = join(stack.folder, `${name}.jsonl`);
  const file = await open(path, 'w');
  let bad = 0;
  for (let from = 1; from <= lines; from += 1_000) {
    const text: string[] = [];
    for (let line = from; line < from + 1_000 && line <= lines; line += 1) {
      if (isBad(line)) bad += 1;
      const titulo = {
        ...{ type: 'titulo', id: line, id_cliente: (line % CUSTOMERS) + 1, filial_id: 1, id_carteira_cobranca: 1 },
        ...{ data_emissao: '2030-01-02', data_vencimento: '2030-02-10', valor: '99,90', documento: `NF ${line}` },
        ...{ id_contrato: line, tipo_cobranca: 'mensalidade', lote: '2030-01', nparcela: 1, status: 'A' },
        ...(isBad(line) ? defects[bad % defects.length]?.(line) : {}),
      };
      text.push(`${JSON.stringify(titulo)}\n`);
    }
    await file.write(text.join(''));
  }
  await file.close();
  return { path, lines, bad };
}

async function emptyRecord(knex: Knex): Promise<void> {
  await knex.raw('truncate filial, carteira, customer, receivable, import_run cascade');
  await knex('filial').insert({ id: 1, name: 'Provedor Inventado' });
  await knex('carteira').insert({ id: 1, description: 'Carteira', filial_id: 1 });
  await knex.raw(
    `insert into customer (id, person_type, name, document)
     select id, 'F', 'Fulano Inventado ' || id, '52998224725' from generate_series(1, ?::bigint) id`,
    [CUSTOMERS],
  );
  await knex.raw('vacuum analyze filial, carteira, customer, receivable');
}

async function countTitulos(knex: Knex): Promise<number> {
  const { rows } = await knex.raw<{ rows: { count: number }[] }>('select count(*)::int as count from receivable');
  return rows[0]?.count ?? 0;
}

/** `boletos importar`, a process of its own, whose peak is read until it ends. */
async function importByCommand(context: BenchContext, { stack }: Scene, file: ImportFile): Promise<Imported> {
  const began = performance.now();
  const child = spawn(process.execPath, ['bin/boletos.js', 'importar', file.path, '--json'], {
    cwd: root,
    env: { ...process.env, ...stack.variables, DATABASE_URL: stack.databaseUrl },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const listed = new Set<number>();
  const reading = (async () => {
    for await (const text of createInterface({ input: child.stdout })) {
      const { line } = JSON.parse(text) as { line?: number };
      if (line !== undefined) listed.add(line);
    }
  })();
  const state = { over: false };
  void ended.finally(() => (state.over = true));
  let peakMib = 0;
  while (!state.over) {
    peakMib = Math.max(peakMib, peakMibOf(child.pid as number));
    await Promise.race([sleep(LOOK_EVERY_MS, undefined, { signal: context.signal }), ended]);
  }
  const [code] = await ended;
  await reading;
  // 1: some lines are listed.
  if (code !== (file.bad > 0 ? 1 : 0)) throw new Error(`importar ended with ${code}`);
  return { seconds: round((performance.now() - began) / 1_000), peakMib, listed };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
