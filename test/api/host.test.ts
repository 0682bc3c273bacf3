import { get } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { createTestDatabase } from '../kit/database';
import { startApiProgram, type RunningProgram } from './support/programs';

/* By which names the API is asked for: a page elsewhere can call this machine by one of its own. */

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database?.close());

describe.each([
  ['where nobody said how people reach it', {}, 'API_PUBLIC_URL', []],
  [
    'where API_PUBLIC_URL says it',
    { API_PUBLIC_URL: 'https://boletos.exemplo.com.br' },
    'Use o de API_PUBLIC_URL.',
    ['boletos.exemplo.com.br', 'BOLETOS.exemplo.com.br:443'],
  ],
] as const)('%s', (_where, variables, words, own) => {
  let api: RunningProgram<{ origin: string }>;
  beforeAll(async () => void (api = await startApiProgram(database.url, variables)));
  afterAll(() => api?.stop());

  async function asked(host: string, path = '/api/v1/sessao') {
    const request = get(`${api.ready.origin}${path}`, { headers: { Host: host } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode, ...((await json(response)) as { code?: string; detail?: string }) };
  }

  test.each(['localhost', 'localhost:3000', '127.0.0.1', '127.8.0.1:80', '[::1]:3000', ...own])(
    '%s is answered',
    async (host) => {
      expect(await asked(host)).toMatchObject({ status: 401, code: 'sem_acesso' });
    },
  );

  test.each(['mau.invalid', '127.0.0.1.mau.invalid', 'localhost.mau.invalid', '10.0.0.7', '0.0.0.0'])(
    '%s is refused, with the words that name the way out; its health is told',
    async (host) => {
      const answer = await asked(host);
      expect(answer).toMatchObject({ status: 421, code: 'endereco_desconhecido' });
      expect(answer.detail).toContain(words);
      expect(await asked(host, '/api/v1/saude')).toMatchObject({ status: 200, ok: true });
    },
  );
});
