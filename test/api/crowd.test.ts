import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { openDatabase } from '../../record/database';
import { createReceivables } from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';
import { createPrintable } from './support/printable';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';

/* Many requests of one person at once: the others are answered meanwhile. */

let scene: ApiScene;
let two: TwoFiliais;
let server: Server;
let origin: string;
let printable: number;
beforeAll(async () => {
  scene = await openApiScene();
  two = await twoFiliais(scene);
  printable = await createPrintable(scene.knex, two.own.carteira, two.own.batchId);
  await createReceivables(scene.knex, two.own.carteira, 1_500);
  server = serve({ fetch: scene.api.fetch, hostname: '127.0.0.1', port: 0, createServer }) as Server;
  if (!server.listening) await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await scene.close();
});

const as = (token: string) => ({ Authorization: `Bearer ${token}` });
const simulation = (token: string) =>
  fetch(`${origin}/comunicacoes/simulacao`, {
    method: 'POST',
    headers: { ...as(token), 'Content-Type': 'application/json' },
    body: JSON.stringify({ carteiraId: two.own.carteira.id }),
  });
const document = (token: string) => fetch(`${origin}/titulos/${printable}/documento`, { headers: as(token) });

test.each([
  ['14 simulations', 14, simulation, 'simulacoes_demais'],
  ['60 PDFs', 60, document, 'documentos_demais'],
])(
  '%s of one consulta: some are answered, the others told when to come back, and nobody else waits',
  async (_what, count, ask, code) => {
    const { token } = await scene.createToken('consulta');
    let open = count;
    const flood = Array.from({ length: count }, async () => {
      const response = await ask(token);
      const text = await response.text();
      open -= 1;
      return { response, text };
    });
    const meanwhile = async (path: string, headers: Record<string, string> = {}) => {
      const { status } = await fetch(`${origin}${path}`, { headers });
      return [path, status, open > 0];
    };
    expect(await meanwhile('/saude')).toEqual(['/saude', 200, true]);
    const answers = await Promise.all(flood);
    const refused = answers.filter(({ response }) => response.status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(count);
    for (const { response, text } of refused) {
      expect([response.status, (JSON.parse(text) as { code: string }).code]).toEqual([429, code]);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // All places are free again.
    expect((await ask(token)).status).toBe(200);
  },
);

describe('while the record keeps all simulations that there are places for', () => {
  test('the surplus is refused at once, and health and lists are answered', async () => {
    const tokens = await Promise.all([1, 2, 3].map(async () => (await scene.createToken('consulta')).token));
    const holder = openDatabase(scene.url, 1);
    const held = await holder.transaction();
    // Of all that is asked for here, only a simulation looks into it.
    await held.raw('lock table numbering_space in access exclusive mode');
    const places = [tokens[0]!, tokens[0]!, tokens[1]!, tokens[1]!].map((token) => simulation(token));
    const waiting = async () => {
      const { rows } = await scene.knex.raw<{ rows: unknown[] }>(
        `select from pg_locks l join pg_class c on c.oid = l.relation where not granted and relname = 'numbering_space'`,
      );
      return rows.length;
    };
    while ((await waiting()) < places.length) await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      for (const token of tokens) expect((await simulation(token)).status).toBe(429);
      expect((await fetch(`${origin}/saude`)).status).toBe(200);
      expect((await fetch(`${origin}/titulos`, { headers: as(tokens[2]!) })).status).toBe(200);
      expect((await document(tokens[2]!)).status).toBe(200);
    } finally {
      await held.rollback();
      await holder.destroy();
    }
    expect((await Promise.all(places)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

test('a statement that takes too long is given up, and says so', async () => {
  const impatient = { knex: openDatabase(scene.url, 2, { statementTimeoutMs: 100 }), url: scene.url };
  const other = await openApiScene(undefined, undefined, impatient);
  const held = await scene.knex.transaction();
  try {
    const { session } = await scene.createSession('administrador');
    await held.raw('lock table webhook in access exclusive mode');
    const { status, body, headers } = await other.ask(session, 'GET', '/webhooks');
    expect([status, body.code, Number(headers.get('retry-after')) > 0]).toEqual([503, 'registro_lento', true]);
    expect((await other.ask(session, 'GET', '/filiais')).status).toBe(200);
  } finally {
    await held.rollback();
    await impatient.knex.destroy();
  }
});
