import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { connectHttp, type BatchEvent } from '../../client/http';
import { createErp } from '../../examples/erp-button/server';
import { openLiveApi, type LiveApi } from '../api/support/liveApi';
import { testInBrowser, withPage } from '../kit/browser';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createCustomer, createReceivable, createReceivables } from '../kit/record';

const EXAMPLE = join(__dirname, '../../examples/erp-button');

let scene: LiveScene;
let api: LiveApi;
let erp: Server;
let origin: string;
let token: string;
beforeAll(async () => {
  scene = await openLiveScene();
  api = await openLiveApi(scene);
  token = await api.token('operador');
  erp = createErp({ baseUrl: api.origin, token, carteiraId: scene.carteira.id }).listen(0, '127.0.0.1');
  await once(erp, 'listening');
  origin = `http://127.0.0.1:${(erp.address() as AddressInfo).port}`;
  await scene.startWorker();
});
afterAll(async () => {
  erp?.closeAllConnections();
  erp?.close();
  await api?.close();
  await scene?.close();
});

const status = (page: Page, text: string) => page.getByRole('status').getByText(text, { exact: true }).waitFor();

testInBrowser(
  'the button on a page of an ERP: pressed, live until it ends, the same when the page is loaded again',
  async () => {
    await createReceivables(scene.knex, scene.carteira, 30);
    await withPage({ width: 800, height: 600 }, async (page) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(`${request.url()} ${JSON.stringify(request.headers())}`));
      await page.goto(origin);
      await page.getByRole('button', { name: 'Comunicação com Gateway' }).click();
      await status(page, 'Concluído: 30 de 30 registrados');
      expect(await page.getByRole('progressbar').getAttribute('value')).toBe('30');
      await page.reload();
      await status(page, 'Concluído: 30 de 30 registrados');
      // The browser never sees the API, nor its token.
      expect(asked.filter((each) => !each.startsWith(origin) || each.includes(token))).toEqual([]);
    });
    expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 30, duplicates: 0 });
    const batches = await scene.knex('batch').select('id');
    expect(batches).toHaveLength(1);
  },
);

testInBrowser('an API that refuses is told on the page, in its words', async () => {
  const other = createErp({ baseUrl: api.origin, token: await api.token('consulta'), carteiraId: scene.carteira.id });
  await once(other.listen(0, '127.0.0.1'), 'listening');
  try {
    await withPage({ width: 800, height: 600 }, async (page) => {
      await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
      await page.getByRole('button').click();
      await page.getByText('Isto é para o papel operador; o seu é consulta.').waitFor();
    });
  } finally {
    other.closeAllConnections();
    other.close();
  }
});

test('the client over HTTP: started, what failed corrected and communicated again, concluded; each outcome once through a cut', async () => {
  await createReceivables(scene.knex, scene.carteira, 40);
  const wrong = await createReceivable(scene.knex, scene.carteira, {
    customer_id: await createCustomer(scene.knex, { cep: '123' }),
    due_date: '2031-01-10',
  });
  const boletos = connectHttp({ baseUrl: api.origin, token });
  const { carteira } = scene;
  const [batch, same] = await Promise.all(
    [1, 2].map(() => boletos.start({ carteiraId: carteira.id, idempotencyKey: 'erp-2030-001' })),
  );
  expect(same!.batchId).toBe(batch!.batchId);

  const events: BatchEvent[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const event of batch!.events({ signal: stop.signal })) {
      events.push(event);
      if (events.filter(({ type }) => type === 'item').length === 5) api.cut();
    }
  })();
  // Whatever fails before it is awaited is what is told.
  watching.catch(() => undefined);
  for await (const { phase } of batch!.follow()) expect(phase).not.toBe('paused');
  const { phase, counts } = await batch!.progress();
  expect([phase, counts.byState.rejected]).toEqual(['awaitingAdjustments', 1]);

  await boletos.correct(wrong, { cep: '01310-100' });
  expect(await batch!.recommunicate({ scope: 'corrected' })).toMatchObject({ changed: 1, refused: [] });
  for await (const _ of batch!.follow());
  // What has nothing left to correct ends by itself, it may be between the question and the action.
  if (await batch!.running())
    await batch!.conclude().catch((error: unknown) => expect(error).toMatchObject({ code: 'comunicacao_encerrada' }));
  expect(await batch!.result()).toMatchObject({ selected: 41, registered: 41, rounds: 2, rejected: 0 });
  await expect(batch!.pause()).rejects.toMatchObject({ name: 'ApiError', status: 409, code: 'comunicacao_encerrada' });

  const seqs = () => events.flatMap((event) => (event.type === 'item' ? [event.item.seq] : []));
  const { rows } = await scene.knex.raw<{ rows: { seq: number }[] }>(
    `select seq from batch_event where batch_id = ? order by seq`,
    [batch!.batchId],
  );
  while (seqs().length < rows.length) await new Promise((resolve) => setTimeout(resolve, 50));
  stop.abort();
  await watching;
  expect(seqs()).toEqual(rows.map(({ seq }) => seq));
});

test('the example has fewer than 60 lines, blank ones aside', () => {
  const lines = ['server.ts', 'page.html'].flatMap((file) =>
    readFileSync(join(EXAMPLE, file), 'utf8').split('\n').filter(Boolean),
  );
  expect(lines.length).toBeLessThan(60);
});
