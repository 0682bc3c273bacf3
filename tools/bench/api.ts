import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { listBatches, readBatch } from '../../record/batches/batches';
import { batchItems } from '../../record/batches/items';
import { readReceivable, searchReceivables } from '../../record/receivables/receivables';
import { FIRST_LOGIN } from '../../api/firstAdministrator';
import type { Stack } from '../stack/stack';
import { openScene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';
import { fillCarteira } from './ground';
import { peakMibOf } from './usage';

const BANK = 'banco-do-brasil';
const CARTEIRA = 1;
/** Slow enough that the batch is under way all the time: what is read changes meanwhile. */
const limit = { calls: 20, windowMs: 1_000 };
const PAGE = 50;
/** Between two pairs that are measured. */
const PROBE_PAUSE_MS = 50;
/** One in so many requests of a client is an action. */
const ACTS_EVERY = 10;
/** A pause takes hold when the calls that are under way have ended. */
const LOOK_EVERY_MS = 250;
const MOST_LOOKS = 240;

export const api: Bench = {
  name: 'api',
  title: 'leituras e ações pela API durante uma comunicação, contra as mesmas consultas feitas direto ao registro',
  options: {
    seconds: { default: 120, help: 'duração' },
    clients: { default: 10, help: 'programas ao mesmo tempo, cada um com seu token' },
    pauseMs: { default: 50, help: 'pausa de cada programa entre dois pedidos' },
    titulos: { default: 20_000, help: 'títulos da carteira' },
  },
  async run(context) {
    const stack = await context.startStack({ workers: 1, gateways: [BANK], api: true });
    const scene = await openScene(stack);
    try {
      const titulos = context.option('titulos');
      const origin = stack.gateways[BANK] ?? '';
      const { firstId } = await fillCarteira(scene, { carteiraId: CARTEIRA, boletos: titulos, limit, origin });
      await scene.knex.raw('vacuum analyze');
      const tokens = await signInPrograms(stack, context.option('clients') + 1);
      const ask = caller(stack);
      const [probe = '', ...clients] = tokens;
      const started = await ask(probe, 'POST', '/comunicacoes', { carteiraId: CARTEIRA });
      const { batchId } = JSON.parse(started.text) as { batchId: string };
      while (
        (await scene.knex('batch_item').where({ batch_id: batchId, state: 'registered' }).first('ordinal')) == null
      )
        await sleep(100, undefined, { signal: context.signal });

      const subject: Subject = { batchId, firstId, titulos };
      const until = performance.now() + context.option('seconds') * 1_000;
      const failures: string[] = [];
      let requests = 0;
      const asking: Asking = async (...call) => {
        requests += 1;
        const answer = await ask(...call).catch((error: unknown) => ({ status: 0, text: String(error) }));
        if (answer.status < 200 || answer.status >= 300)
          failures.push(`${call[1]} ${call[2]}: ${answer.status} ${answer.text.slice(0, 200)}`);
        return answer.text;
      };
      const load = clients.map(async (token, index) => {
        for (let nth = index; performance.now() < until && !context.signal.aborted; nth += 1) {
          if (nth % ACTS_EVERY === 0) await act(asking, token, subject, nth, index);
          else await asking(token, 'GET', (reads[nth % reads.length] as Read).path(subject, nth));
          await sleep(context.option('pauseMs'));
        }
      });
      const pairs: Pair[] = [];
      for (let nth = 0; performance.now() < until && !context.signal.aborted; nth += 1) {
        const read = reads[nth % reads.length] as Read;
        // In turns which is first: what one of them brings into memory serves the other.
        const http = () => timed(() => asking(probe, 'GET', read.path(subject, nth)));
        const bare = () => timed(() => read.bare(scene.knex, subject, nth));
        const inOrder =
          nth % 2 === 0 ? { http: await http(), bare: await bare() } : { bare: await bare(), http: await http() };
        pairs.push({ read: read.name, ...inOrder });
        await sleep(PROBE_PAUSE_MS);
      }
      await Promise.all(load);
      return goals(context, { pairs, failures, requests, apiMib: peakMibOf(stack.pids().api as number) });
    } finally {
      await scene.close();
    }
  },
};

interface Subject {
  batchId: string;
  firstId: number;
  titulos: number;
}

/** What a screen asks for, and the statement behind it. */
interface Read {
  name: string;
  path(subject: Subject, nth: number): string;
  bare(knex: Knex, subject: Subject, nth: number): Promise<unknown>;
}

const idOf = ({ firstId, titulos }: Subject, nth: number) => firstId + ((nth * 7_919) % titulos);
const reads: readonly Read[] = [
  {
    name: 'comunicacoes',
    path: () => `/comunicacoes?limit=${PAGE}`,
    bare: (knex) => listBatches(knex, { limit: PAGE + 1 }),
  },
  {
    name: 'comunicacao',
    path: ({ batchId }) => `/comunicacoes/${batchId}`,
    bare: (knex, { batchId }) => readBatch(knex, batchId),
  },
  {
    name: 'itens',
    path: ({ batchId }) => `/comunicacoes/${batchId}/itens?limit=${PAGE}`,
    bare: (knex, { batchId }) => batchItems(knex, batchId, { cursor: 0, limit: PAGE + 1 }),
  },
  {
    name: 'titulos',
    path: (subject, nth) => `/titulos?q=${idOf(subject, nth)}`,
    bare: (knex, subject, nth) =>
      searchReceivables(knex, { q: String(idOf(subject, nth)), filiais: null, limit: PAGE + 1 }),
  },
  {
    name: 'titulo',
    path: (subject, nth) => `/titulos/${idOf(subject, nth)}`,
    bare: (knex, subject, nth) => readReceivable(knex, idOf(subject, nth), null),
  },
];

/** One of the clients pauses and resumes, as a person who waits for each; the others check what they would change. */
async function act(asking: Asking, token: string, subject: Subject, nth: number, client: number): Promise<void> {
  const { batchId } = subject;
  if (client === 0) {
    await asking(token, 'POST', `/comunicacoes/${batchId}/acoes/pausar`, { reasonCode: 'bench' });
    await phaseIs('paused');
    await asking(token, 'POST', `/comunicacoes/${batchId}/acoes/retomar`, {});
    await phaseIs('communicating');
  } else if (nth % (2 * ACTS_EVERY) === 0)
    await asking(token, 'POST', `/titulos/${idOf(subject, nth)}/validacao`, { changes: { cep: '01310-100' } });
  else
    await asking(token, 'POST', '/comunicacoes/simulacao', {
      ...{ carteiraId: CARTEIRA, filters: { customerIds: [idOf(subject, nth)] } },
    });

  async function phaseIs(phase: string): Promise<void> {
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const view = await asking(token, 'GET', `/comunicacoes/${batchId}`);
      if ((JSON.parse(view) as { phase?: string }).phase === phase) return;
      await sleep(LOOK_EVERY_MS);
    }
    throw new Error(`${batchId} is not ${phase} after ${(MOST_LOOKS * LOOK_EVERY_MS) / 1_000} s`);
  }
}

interface Pair {
  read: string;
  http: number;
  bare: number;
}

function goals(
  context: BenchContext,
  { pairs, failures, requests, apiMib }: { pairs: Pair[]; failures: string[]; requests: number; apiMib: number },
): Goal[] {
  for (const { name } of reads) {
    const own = pairs.filter(({ read }) => read === name);
    const [httpMs, bareMs] = [median(own.map(({ http }) => http)), median(own.map(({ bare }) => bare))];
    context.measure({ read: name, httpMs, bareMs, ratio: round(httpMs / bareMs), pairs: own.length });
  }
  for (const failure of [...new Set(failures)].slice(0, 10)) context.say(`  ✗ ${failure}`);
  context.measure({ requests, errors: failures.length, apiPeakMib: apiMib });
  const ratio = median(pairs.map(({ http }) => http)) / median(pairs.map(({ bare }) => bare));
  return [
    { goal: 'api.errors', value: failures.length, atMost: 0 },
    { goal: 'api.readRatio', value: round(ratio), atMost: 5 },
  ];
}

/** @returns the answer's text; what is no success is counted */
type Asking = (...call: Parameters<Ask>) => Promise<string>;
type Ask = (token: string, method: string, path: string, body?: object) => Promise<{ status: number; text: string }>;

function caller({ api }: Stack): Ask {
  return async (token, method, path, body) => {
    const response = await fetch(`${api}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body ? { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, text: await response.text() };
  };
}

/** A token of role operador for each program, made by the first administrator. */
async function signInPrograms({ api, firstPassword }: Stack, count: number): Promise<string[]> {
  const entered = await fetch(`${api}/api/v1/sessao`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login: FIRST_LOGIN, password: firstPassword }),
  });
  const { csrfToken } = (await entered.json()) as { csrfToken: string };
  const Cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const own = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken, Cookie };
  await fetch(`${api}/api/v1/sessao/confirmacao`, {
    ...{ method: 'POST', headers: own, body: JSON.stringify({ password: firstPassword }) },
  });
  const made = Array.from({ length: count }, async (_, nth) => {
    const answer = await fetch(`${api}/api/v1/tokens`, {
      method: 'POST',
      headers: own,
      body: JSON.stringify({ name: `bench ${nth}`, role: 'operador', filiais: null, expiresInDays: 1 }),
    });
    return ((await answer.json()) as { token: string }).token;
  });
  return Promise.all(made);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return round([...values].sort((one, other) => one - other)[values.length >> 1] ?? 0);
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
