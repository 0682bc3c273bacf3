import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { hashOf, newId, newSecret } from '../../api/access/secrets';
import { connectHttp, type HttpRegistro } from '../../client/http';
import { openScene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';
import { fillCarteira, type Ground } from './ground';

const BANK = 'banco-do-brasil';
const limit = { calls: 1_000_000, windowMs: 1_000 };
const OUTCOMES_A_GROUP = 25;
const WRITERS = 9;
/** Of these, whose transactions stay open: whenever somebody reads, some began before and end after. */
const SLOW_WRITERS = 3;
const SLOW_MS = 1_500;
/** One transaction of so many is rolled back, and written again. */
const ROLLED_BACK_EVERY = 10;
/** One result of so many changes again. */
const CHANGED_EVERY = 10;
/** As a program that asks every so often; then it reads until there is no more. */
const ASK_EVERY_MS = 5_000;
const PATIENCE_MS = 120_000;

export const feed: Bench = {
  name: 'feed',
  title: 'quem lê os registros enquanto são gravados recebe cada um, e nenhum duas vezes',
  options: {
    results: { default: 100_000, help: 'quantos resultados' },
    rate: { default: 1_500, help: 'resultados por segundo' },
  },
  async run(context) {
    const stack = await context.startStack({ workers: 0, gateways: [BANK], api: true });
    const scene = await openScene(stack);
    try {
      // One of each that changes again is a result, too.
      const titulos = Math.floor((context.option('results') * CHANGED_EVERY) / (CHANGED_EVERY + 1));
      const origin = stack.gateways[BANK] ?? '';
      const ground = await fillCarteira(scene, { carteiraId: 1, boletos: titulos, limit, origin });
      await createBoletos(scene.knex, ground, titulos);
      await scene.knex.raw('vacuum analyze');
      return await measure(context, scene.knex, ground, titulos, {
        baseUrl: stack.api ?? '',
        token: await createToken(scene.knex),
      });
    } finally {
      await scene.close();
    }
  },
};

/** A version is known by its link: what the bank says of one boleto, first and after the change. */
type Version = string;
const versionOf = (receivableId: number, nth: number): Version => `https://banco.invalid/${receivableId}/${nth}`;

async function measure(
  { option, measure, signal, say }: BenchContext,
  knex: Knex,
  ground: Ground,
  titulos: number,
  api: { baseUrl: string; token: string },
): Promise<Goal[]> {
  const began = performance.now();
  const progress = { writing: true };
  const written = write(knex, ground, titulos, option('rate'), signal).finally(() => (progress.writing = false));
  written.catch(() => undefined);

  const boletos = connectHttp(api);
  const seen = new Map<Version, number>();
  const newest = new Map<number, HttpRegistro>();
  let after: string | undefined;
  let calls = 0;
  for (let done = false; !done && !signal.aborted;) {
    const wasWriting = progress.writing;
    const page = await boletos.registros({ limit: 1_000, ...(after === undefined ? {} : { after }) });
    calls += 1;
    after = page.proximo;
    for (const registro of page.registros) {
      seen.set(registro.link ?? '', (seen.get(registro.link ?? '') ?? 0) + 1);
      newest.set(registro.receivableId, registro);
    }
    done = !page.haMais && !wasWriting;
    if (!page.haMais && !done) await Promise.race([sleep(ASK_EVERY_MS, undefined, { signal }), written]);
    if (performance.now() - began > PATIENCE_MS + (option('results') / option('rate')) * 1_000) break;
  }
  const { results, rolledBack, seconds } = await written;
  const missing = [...Array(titulos).keys()].filter((nth) => {
    const id = ground.firstId + nth;
    return newest.get(id)?.link !== versionOf(id, isChanged(nth) ? 2 : 1);
  }).length;
  const repeated = [...seen.values()].reduce((sum, times) => sum + times - 1, 0);
  say(`  ${results} resultados em ${seconds.toFixed(1)} s, lidos em ${calls} chamadas`);
  measure({
    ...{ results, rolledBack, ratePerSecond: Math.round(results / seconds), calls },
    ...{ read: [...seen.values()].reduce((sum, times) => sum + times, 0) },
    seconds: Number(((performance.now() - began) / 1_000).toFixed(1)),
  });
  return [
    { goal: 'feed.missing', value: missing, atMost: 0 },
    { goal: 'feed.repeated', value: repeated, atMost: 0 },
    { goal: 'feed.calls', value: calls, atMost: 120 },
    { goal: 'feed.writtenPerSecond', value: Math.round(results / seconds), atLeast: 1_000 },
  ];
}

const isChanged = (nth: number) => nth % CHANGED_EVERY === 0;

async function createBoletos(knex: Knex, { accountId, convenio, firstId }: Ground, count: number): Promise<void> {
  await knex.raw(
    `insert into boleto (receivable_id, account_id, convenio, own_reference, our_number, state)
     select id, :accountId, :convenio, 'R' || id, lpad(id::text, 20, '0'), 'sending'
     from generate_series(:firstId::bigint, :lastId::bigint) id`,
    { accountId, convenio, firstId, lastId: firstId + count - 1 },
  );
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

/** Groups of outcomes by several writers, each a transaction: short, long, or rolled back at first. */
async function write(
  knex: Knex,
  { firstId }: Ground,
  titulos: number,
  rate: number,
  signal: AbortSignal,
): Promise<{ results: number; rolledBack: number; seconds: number }> {
  const began = performance.now();
  let [next, results, rolledBack, groups] = [0, 0, 0, 0];
  const group = async (nths: number[], version: number, { slow, fails }: { slow: boolean; fails: boolean }) => {
    const trx = await knex.transaction();
    await trx.raw(
      `update boleto set state = 'registered', registered_at = clock_timestamp(),
         linha_digitavel = '00190000090312855700500000001177187500000009990',
         link = 'https://banco.invalid/' || receivable_id || '/' || :version::int
       where receivable_id = any(:ids)`,
      { version, ids: nths.map((nth) => firstId + nth) },
    );
    if (slow) await sleep(SLOW_MS, undefined, { signal });
    if (fails) {
      await trx.rollback();
      rolledBack += nths.length;
      return;
    }
    await trx.commit();
    results += nths.length;
  };
  const writer = async (_: unknown, writerNth: number) => {
    const slow = writerNth < SLOW_WRITERS;
    while (next < titulos) {
      const from = next;
      next = Math.min(titulos, next + OUTCOMES_A_GROUP);
      const nths = Array.from({ length: next - from }, (_, nth) => from + nth);
      groups += 1;
      const fails = groups % ROLLED_BACK_EVERY === 0;
      await sleep(Math.max(0, began + (from / rate) * 1_000 - performance.now()), undefined, { signal });
      await group(nths, 1, { slow, fails });
      if (fails) await group(nths, 1, { slow: false, fails: false });
      await group(nths.filter(isChanged), 2, { slow: false, fails: false });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return { results, rolledBack, seconds: (performance.now() - began) / 1_000 };
}
