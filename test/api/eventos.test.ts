import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { createApi } from '../../api/app';
import { usualPace, type EventsPace } from '../../api/events/pace';
import { correctReceivable } from '../../record/receivables/corrections';
import { knownCodec } from '../../gateways';
import { createBatch, createCarteira, createItem, createReceivables } from '../kit/record';
import { testSecretBox } from '../kit/testWorker';
import { openApiScene, PASSWORD, type ApiScene } from './support/apiScene';
import { readEvents, type EventStream } from './support/eventStream';

const NEVER = 3_600_000;

let scene: ApiScene;
let knex: Knex;
let token: string;
const streams: EventStream[] = [];

beforeAll(async () => {
  scene = await openApiScene();
  knex = scene.knex;
  ({ token } = await scene.createToken('consulta'));
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.leave()));
  while ((await listeners()) > 0);
});
afterAll(() => scene.close());

/** Connections that an API listens by, at work or about to end. */
async function listeners(): Promise<number> {
  const { rows } = await knex.raw<{ rows: { count: number }[] }>(
    `select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'boletos-eventos'`,
  );
  return rows[0]!.count;
}

/** The API of one process, with a pace of its own. */
function apiWith(eventsPace: Partial<EventsPace> = {}) {
  return createApi({
    ...{ knex, temporal: undefined as unknown as Client, secretBox: testSecretBox, secureCookies: false, eventsPace },
    log: { error: (message, details) => console.error(message, details), info: () => undefined },
  });
}
type Api = ReturnType<typeof apiWith>;

async function watch(
  api: Api,
  batchId: string,
  headers: Record<string, string> = { Authorization: `Bearer ${token}` },
  query = '',
): Promise<EventStream> {
  const response = await api.request(`/api/v1/comunicacoes/${batchId}/eventos${query}`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  const stream = readEvents(response);
  streams.push(stream);
  // Connected: what happens from here on is for it.
  await stream.until((events) => events.length > 0);
  return stream;
}

async function createLote(titulos: number) {
  const carteira = await createCarteira(knex);
  const ids = await createReceivables(knex, carteira, titulos);
  const batchId = await createBatch(knex, carteira.id, { phase: 'communicating', filiais: [carteira.filialId] });
  for (const id of ids) await createItem(knex, batchId, id);
  return { batchId, ids, carteira };
}

function settle(db: Knex, batchId: string, ordinals: number[], state = 'rejected'): Promise<unknown> {
  return db.raw(
    `update batch_item set state = ?, due_at = null, failure_kind = 'data', provider_code = 'E1'
     where batch_id = ? and ordinal = any(?)`,
    [state, batchId, ordinals],
  );
}

const seqs = (stream: EventStream) => stream.items().map(({ id }) => id);
const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, index) => index + from);

test('an outcome is told with what a list needs; going to the queue or under way is none', async () => {
  const { batchId, ids } = await createLote(2);
  const stream = await watch(apiWith(), batchId);
  await settle(knex, batchId, [1, 2], 'sending');
  await settle(knex, batchId, [2]);
  await stream.until(() => stream.items().length === 1);
  expect(stream.items()).toEqual([
    {
      ...{ id: 1, event: 'item' },
      data: {
        ...{ seq: 1, ordinal: 2, receivableId: ids[1], state: 'rejected', stateLabel: 'Rejeitado (dados)' },
        ...{ kind: 'data', code: 'E1', round: 1, at: expect.any(String) as string },
      },
    },
  ]);
  await settle(knex, batchId, [2]);
  await settle(knex, batchId, [1], 'unconfirmed');
  await stream.until(() => stream.items().length === 2);
  expect(stream.items()[1]).toMatchObject({ id: 2, data: { ordinal: 1, state: 'unconfirmed' } });
});

test('every viewer gets each outcome once and in order, while transactions of several workers end out of order', async () => {
  const WRITERS = 4;
  const EACH = 40;
  const [one, other] = [await createLote(WRITERS * EACH), await createLote(WRITERS * EACH)];
  const api = apiWith();
  const viewers = await Promise.all([one, one, one, other].map(({ batchId }) => watch(api, batchId)));
  await Promise.all(
    upTo(WRITERS).map(async (writer) => {
      for (const nth of upTo(EACH)) {
        const ordinal = (nth - 1) * WRITERS + writer;
        await knex.transaction(async (trx) => {
          // A group of outcomes may be of two batches, named in any order.
          await trx.raw(
            `update batch_item set state = 'registered', closed_at = clock_timestamp(), due_at = null
             where (batch_id, ordinal) in (values (?, ?::int), (?, ?::int))`,
            [...(writer % 2 ? [one, other] : [other, one]).flatMap(({ batchId }) => [batchId, ordinal])],
          );
          if (nth % 3 === writer % 3) await trx.raw('select pg_sleep(0.01)');
        });
      }
    }),
  );
  for (const viewer of viewers) {
    await viewer.until(() => viewer.items().length >= WRITERS * EACH);
    expect(seqs(viewer)).toEqual(upTo(WRITERS * EACH));
    expect(new Set(viewer.items().map(({ data }) => data.ordinal as number)).size).toBe(WRITERS * EACH);
  }
});

test('a number is seen only when every smaller one is', async () => {
  const { batchId } = await createLote(2);
  const first = await knex.transaction();
  await settle(first, batchId, [1]);
  let second = false;
  const writing = settle(knex, batchId, [2]).then(() => (second = true));
  // The second waits for the first one's end, so that nobody reads 2 without 1.
  while (!(await waitsForLock())) expect(second).toBe(false);
  expect(await knex('batch_event').where({ batch_id: batchId })).toEqual([]);
  await first.rollback();
  await writing;
  expect(await knex('batch_event').where({ batch_id: batchId }).select('seq', 'ordinal')).toEqual([
    { seq: 1, ordinal: 2 },
  ]);
});

async function waitsForLock(): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: object[] }>(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

describe('resuming', () => {
  test('goes on after Last-Event-ID, or after ?desde, and loses none; without either it begins now', async () => {
    const { batchId } = await createLote(30);
    await settle(knex, batchId, upTo(20));
    const api = apiWith();
    const authorization = { Authorization: `Bearer ${token}` };
    const now = await watch(api, batchId);
    const header = await watch(api, batchId, { ...authorization, 'Last-Event-ID': '7' });
    const query = await watch(api, batchId, authorization, '?desde=0');
    const beyond = await watch(api, batchId, authorization, '?desde=999');
    await settle(knex, batchId, upTo(30, 21));
    for (const [stream, from] of [
      [now, 21],
      [header, 8],
      [query, 1],
      [beyond, 21],
    ] as const) {
      await stream.until(() => stream.items().at(-1)?.id === 30);
      expect(seqs(stream)).toEqual(upTo(30, from));
    }
  });

  test('far behind, a viewer reads the record in pages until it is among the others', async () => {
    const { batchId } = await createLote(1);
    await knex.raw(
      `with counted as (update batch_event_counter set seq = 7000 where batch_id = :batchId)
       insert into batch_event (batch_id, seq, ordinal, receivable_id, state, round, at)
       select :batchId, seq, 1, 1, 'rejected', 1, clock_timestamp() from generate_series(1, 7000) seq`,
      { batchId },
    );
    const api = apiWith();
    const ahead = await watch(api, batchId);
    const behind = await watch(api, batchId, { Authorization: `Bearer ${token}`, 'Last-Event-ID': '3' });
    await settle(knex, batchId, [1]);
    await Promise.all([ahead, behind].map((stream) => stream.until(() => stream.items().at(-1)?.id === 7_001)));
    expect(seqs(ahead)).toEqual([7_001]);
    expect(seqs(behind)).toEqual(upTo(7_001, 4));
  });

  test('a number that is none is refused', async () => {
    const { batchId } = await createLote(1);
    const answer = await scene.ask(token, 'GET', `/comunicacoes/${batchId}/eventos?desde=ontem`);
    expect(answer.body).toMatchObject({ status: 400, fields: [{ field: 'desde' }] });
  });
});

describe('the listening connection', () => {
  async function listener(): Promise<number> {
    for (;;) {
      const { rows } = await knex.raw<{ rows: { pid: number }[] }>(
        `select pid from pg_stat_activity where datname = current_database() and application_name = 'boletos-eventos'
         and query like 'listen%' and state = 'idle'`,
      );
      if (rows[0]) return rows[0].pid;
    }
  }

  test('alone brings what happens: nobody looks meanwhile', async () => {
    const { batchId } = await createLote(1);
    const stream = await watch(apiWith({ quietMs: NEVER, busyMs: NEVER }), batchId);
    await settle(knex, batchId, [1]);
    await stream.until(() => stream.items().length === 1);
  });

  test('killed, it comes back, and what happened meanwhile is on the streams', async () => {
    const { batchId } = await createLote(60);
    const stream = await watch(apiWith({ quietMs: NEVER, busyMs: NEVER }), batchId);
    for (const nth of upTo(6)) {
      const pid = await listener();
      await settle(knex, batchId, upTo(nth * 10 - 5, nth * 10 - 9));
      await knex.raw('select pg_terminate_backend(?)', [pid]);
      await settle(knex, batchId, upTo(nth * 10, nth * 10 - 4));
    }
    await stream.until(() => stream.items().length >= 60);
    expect(seqs(stream)).toEqual(upTo(60));
  });

  test('without it, looking now and then finds everything', async () => {
    const { batchId } = await createLote(3);
    await knex.raw('alter table batch_item disable trigger batch_item_outcomes');
    const stream = await watch(apiWith({ quietMs: 50 }), batchId);
    // As if the announcement were lost.
    await knex.raw(
      `with counted as (update batch_event_counter set seq = 1 where batch_id = :batchId)
       insert into batch_event (batch_id, seq, ordinal, receivable_id, state, round, at)
       values (:batchId, 1, 1, 1, 'rejected', 1, clock_timestamp())`,
      { batchId },
    );
    await knex.raw('alter table batch_item enable trigger batch_item_outcomes');
    await stream.until(() => stream.items().length === 1);
  });

  test('is there while somebody watches, and one for all', async () => {
    const { batchId } = await createLote(1);
    const api = apiWith();
    const [one, other] = [await watch(api, batchId), await watch(api, batchId)];
    await listener();
    expect(await listeners()).toBe(1);
    await one.leave();
    await other.leave();
    while ((await listeners()) > 0);
  });
});

describe('progress', () => {
  test('comes at once, and again when outcomes, the phase or a pause change it', async () => {
    const { batchId } = await createLote(4);
    const stream = await watch(apiWith({ quietMs: NEVER }), batchId);
    const last = () => stream.all.filter(({ event }) => event === 'progress').at(-1)?.data;
    expect(last()).toMatchObject({
      ...{
        phase: 'communicating',
        phaseLabel: 'Comunicando com o gateway',
        round: 0,
        paused: false,
        concluding: false,
      },
      ...{ total: 4, corrected: 0, reconciled: 0, due: 4, ratePerMinute: 0, estimatedEndAt: null, lastSeq: 0 },
    });
    expect(last().byState).toMatchObject({ pending: 4, rejected: 0 });
    await settle(knex, batchId, [1, 2]);
    await stream.until(() => last().lastSeq === 2);
    // Two outcomes are no rate yet.
    expect(last()).toMatchObject({ ratePerMinute: 2, estimatedEndAt: null });
    expect(last().byState).toMatchObject({ pending: 2, rejected: 2 });
    await knex('batch').where({ id: batchId }).update({ paused: true, pause_reason: 'operator' });
    await stream.until(() => last().paused === true);
    await knex('batch').where({ id: batchId }).update({ paused: false, phase: 'analysing' });
    await stream.until(() => last().phase === 'analysing');
  });

  test('a correction is told with the título, to viewers of the batch that has it', async () => {
    const { batchId, ids } = await createLote(2);
    await settle(knex, batchId, [1, 2]);
    const stream = await watch(apiWith({ quietMs: NEVER }), batchId);
    await correctReceivable(
      knex,
      {
        receivableId: ids[1] as number,
        changes: { data_vencimento: '2031-01-01' },
        by: 'u',
      },
      knownCodec,
    );
    const corrected = () => stream.all.filter(({ event }) => event === 'corrected');
    await stream.until(() => corrected().length > 0 && stream.all.at(-1)?.data.corrected === 1);
    expect(corrected()).toEqual([{ event: 'corrected', data: { receivableId: ids[1] } }]);
    // Of the payer, it reaches every título of theirs.
    await correctReceivable(
      knex,
      { receivableId: ids[0] as number, changes: { cep: '01310200' }, by: 'u' },
      knownCodec,
    );
    await stream.until(() => corrected().length === 3);
  });

  test('corrections beyond counting are told as one', async () => {
    const { batchId, ids } = await createLote(300);
    const stream = await watch(apiWith({ quietMs: NEVER }), batchId);
    await knex('receivable').whereIn('id', ids).increment('version');
    await stream.until((events) =>
      events.some(({ event, data }) => event === 'corrected' && data.receivableId === null),
    );
  });
});

describe('who may watch', () => {
  test('of another filial a batch does not exist', async () => {
    const { batchId, carteira } = await createLote(1);
    const own = await scene.createToken('consulta', [carteira.filialId]);
    await watch(apiWith(), batchId, { Authorization: `Bearer ${own.token}` });
    const foreign = await scene.createToken('administrador', [carteira.filialId + 1]);
    const answer = await scene.ask(foreign.token, 'GET', `/comunicacoes/${batchId}/eventos`);
    const unknown = await scene.ask(foreign.token, 'GET', `/comunicacoes/nenhuma/eventos`);
    expect(answer.body).toMatchObject({ status: 404, code: 'nao_encontrado' });
    expect({ ...answer.body, title: '' }).toEqual({ ...unknown.body, title: '' });
    expect((await scene.ask(null, 'GET', `/comunicacoes/${batchId}/eventos`)).status).toBe(401);
  });

  const pace = { quietMs: 20, recheckMs: 20 };

  test('a token that is revoked, or loses the filial, loses the stream', async () => {
    const { batchId, carteira } = await createLote(1);
    for (const change of [
      { revoked_at: new Date() },
      { filiais: [carteira.filialId + 1] },
      { expires_at: new Date() },
    ]) {
      const own = await scene.createToken('consulta', [carteira.filialId]);
      const stream = await watch(apiWith(pace), batchId, { Authorization: `Bearer ${own.token}` });
      await knex('api_token').where({ id: own.id }).update(change);
      await stream.ended;
    }
  });

  test('a session that ends, by itself or by its person, ends the stream; watching does not keep it alive', async () => {
    const { batchId } = await createLote(1);
    for (const end of [
      (id: string) => knex('app_session').where({ user_id: id }).delete(),
      (id: string) =>
        knex('app_session')
          .where({ user_id: id })
          .update({ seen_at: new Date(0) }),
      (id: string) => knex('app_user').where({ id }).update({ active: false }),
    ]) {
      const { id, login } = await scene.createUser('consulta');
      const signedIn = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD });
      const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] as string;
      const stream = await watch(apiWith(pace), batchId, { Cookie: cookie });
      await end(id);
      await stream.ended;
    }
  });

  test('the usual pace asks again within a minute', () => {
    expect(usualPace.recheckMs + usualPace.quietMs).toBeLessThan(60_000);
  });

  test('one token cannot take every place', async () => {
    const { batchId } = await createLote(1);
    const greedy = await scene.createToken('consulta');
    const api = apiWith();
    const headers = { Authorization: `Bearer ${greedy.token}` };
    const open = [];
    for (let nth = 0; nth < 100; nth += 1) open.push(await watch(api, batchId, headers));
    const refused = await api.request(`/api/v1/comunicacoes/${batchId}/eventos`, { headers });
    expect(refused.status).toBe(429);
    await open[0]?.leave();
    await watch(api, batchId, headers);
  });
});

describe('a viewer is forgotten', () => {
  test('that goes away, over HTTP', async () => {
    const { batchId } = await createLote(1);
    const server = serve({ fetch: apiWith().fetch, hostname: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const leaving = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/comunicacoes/${batchId}/eventos`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: leaving.signal,
    });
    const stream = readEvents(response);
    await stream.until((events) => events.length > 0);
    expect(await listeners()).toBe(1);
    leaving.abort();
    while ((await listeners()) !== 0);
    const closed = once(server, 'close');
    server.close();
    await closed;
  });

  test('that takes nothing', async () => {
    const { batchId } = await createLote(1);
    const headers = { Authorization: `Bearer ${token}` };
    const response = await apiWith({ stuckMs: 50 }).request(`/api/v1/comunicacoes/${batchId}/eventos`, { headers });
    while ((await listeners()) !== 0);
    await expect(response.text()).rejects.toThrow('the viewer takes nothing');
  });
});
