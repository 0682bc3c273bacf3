import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { createDownloads } from '../../api/downloads';
import { openApiScene, type ApiScene } from './support/apiScene';
import { createPrintable } from './support/printable';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';

let scene: ApiScene;
let two: TwoFiliais;
let server: Server;
beforeAll(async () => {
  scene = await openApiScene();
  two = await twoFiliais(scene);
  await createPrintable(scene.knex, two.own.carteira, two.own.batchId);
  server = serve({ fetch: scene.api.fetch, hostname: '127.0.0.1', port: 0, createServer }) as Server;
  if (!server.listening) await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await scene.close();
});

const path = (what: string) => `/api/v1/comunicacoes/${two.own.batchId}/${what}`;
const ask = (what: string, token = two.consulta, method = 'GET') =>
  scene.api.request(path(what), { method, headers: { Authorization: `Bearer ${token}` } });
const statusOf = async (what: string, token = two.consulta) => {
  const response = await ask(what, token);
  await response.body?.cancel();
  return response.status;
};
const eventually = async (what: string, status: number) => {
  while ((await statusOf(what)) !== status) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe.each(['exportacao', 'exportacao?formato=xlsx', 'documentos'])('%s', (what) => {
  test('two at once are one person’s share, four that of all, and the next is told when to ask again', async () => {
    const others = await Promise.all([1, 2].map(() => scene.createToken('consulta')));
    const open = [await ask(what), await ask(what)];
    const refused = await ask(what);
    expect(await refused.json()).toMatchObject({ status: 429, code: 'exportacoes_demais' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    open.push(await ask(what, others[0]?.token), await ask(what, others[0]?.token));
    expect(await statusOf(what, others[1]?.token)).toBe(429);
    // Read to its end, or left: either way its place is free.
    await open[0]?.arrayBuffer();
    for (const response of open.slice(1)) await response.body?.cancel();
    await eventually(what, 200);
    expect(await statusOf(what, others[1]?.token)).toBe(200);
  });

  test('a connection that breaks frees its place', async () => {
    const { port } = server.address() as AddressInfo;
    const begun = async () => {
      const request = get({
        ...{ host: '127.0.0.1', port, path: path(what), agent: false },
        headers: { Authorization: `Bearer ${two.consulta}` },
      });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.on('error', () => undefined);
      request.on('error', () => undefined);
      return request;
    };
    for (let nth = 0; nth < 6; nth += 1) {
      const requests = [await begun(), await begun()];
      requests.forEach((request) => request.destroy());
      await eventually(what, 200);
    }
  });

  test('HEAD says what GET would, and keeps no place', async () => {
    for (let nth = 0; nth < 6; nth += 1) {
      const { status, headers, body } = await ask(what, two.consulta, 'HEAD');
      expect({ status, body }).toEqual({ status: 200, body: null });
      expect(headers.get('content-disposition')).toMatch('attachment');
    }
    expect(await statusOf(what)).toBe(200);
  });
});

test('HEAD of a stream of events takes no place of those who watch', async () => {
  for (let nth = 0; nth < 110; nth += 1) expect((await ask('eventos', two.consulta, 'HEAD')).status).toBe(200);
  expect(await statusOf('eventos')).toBe(200);
});

describe('a place', () => {
  const log = { error: jest.fn(), info: () => undefined };
  const never = () => new Promise<never>(() => undefined);
  const reader = { id: 'u-1' };

  test('of a reader that takes nothing is given to another', async () => {
    const downloads = createDownloads({ log }, 50);
    const pour = (output: PassThrough) => {
      while (output.write('x'.repeat(10_000)));
      return never();
    };
    const [stuck] = [downloads.start(reader, pour), downloads.start(reader, pour)];
    expect(() => downloads.start(reader, pour)).toThrow('arquivos demais');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect(stuck.getReader().read()).rejects.toThrow('takes nothing');
    await downloads.start(reader, never).cancel();
  });

  test('of one whose writing fails is free, and so is one whose writer takes long to see that nobody reads', async () => {
    const downloads = createDownloads({ log });
    const failing = () => Promise.reject(new Error('o registro caiu'));
    for (let nth = 0; nth < 3; nth += 1) {
      await expect(downloads.start(reader, failing).getReader().read()).rejects.toThrow('o registro caiu');
      await nextTurn();
    }
    for (let nth = 0; nth < 3; nth += 1) {
      await downloads.start(reader, never).cancel();
      await nextTurn();
    }
    expect(log.error).toHaveBeenCalledTimes(3);
  });

  test('of one that waits for the record is kept, however long it takes', async () => {
    const downloads = createDownloads({ log }, 50);
    const stream = downloads.start(reader, async (output) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      output.end('tudo');
    });
    const { value } = await stream.getReader().read();
    expect(Buffer.from(value as Uint8Array).toString()).toBe('tudo');
  });
});
