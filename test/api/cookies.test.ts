import type { Client } from '@temporalio/client';
import { hashPassword } from '../../api/access/passwords';
import { createApi } from '../../api/app';
import type { Oidc } from '../../api/access/oidc';
import { Problem } from '../../api/problem';
import { createTestDatabase } from '../kit/database';
import { createUser } from '../kit/record';
import { signInPlace } from '../../domain/account/sealedPlaces';
import { testSecretBox } from '../kit/testWorker';

/* What a browser is told where people reach the API by https. */

const ORIGIN = 'https://boletos.invalid';
const password = 'senha somente de teste';
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let api: ReturnType<typeof createApi>;
/** Only its address matters here; what a provider answers is in oidc.test.ts. */
const oidc: Oidc = {
  begin: async (redirectUri) => ({
    url: `https://id.invalid/?to=${encodeURIComponent(redirectUri)}`,
    flow: { state: 's', nonce: 'n', verifier: 'v' },
  }),
  finish: () => Promise.reject(new Problem(503, 'provedor_inacessivel', 'x')),
};

beforeAll(async () => {
  database = await createTestDatabase();
  await createUser(database.knex, { login: 'quem', password_hash: await hashPassword(password) });
  api = createApi({
    ...{ knex: database.knex, temporal: undefined as unknown as Client, secretBox: testSecretBox, oidc },
    ...{ secureCookies: true, publicOrigin: ORIGIN },
    log: { error: () => undefined, info: () => undefined },
  });
});
afterAll(() => database.close());

function signIn(headers: Record<string, string>) {
  return api.request('/api/v1/sessao', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ login: 'quem', password }),
  });
}

test('the cookie of a session goes by https only, to this host only', async () => {
  const answer = await signIn({ Origin: ORIGIN });
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^__Host-boletos_sessao=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  const own = { headers: { Cookie: cookie.split(';')[0] as string } };
  expect((await api.request('/api/v1/sessao', own)).status).toBe(200);
  // The name that plain http uses is nobody's here.
  const other = { headers: { Cookie: own.headers.Cookie.replace('__Host-', '') } };
  expect((await api.request('/api/v1/sessao', other)).status).toBe(401);
});

test('only the public origin may change anything, whatever host was asked for', async () => {
  expect((await signIn({ Origin: 'https://outro.invalid', Host: 'boletos.invalid' })).status).toBe(403);
  expect((await signIn({ Origin: 'http://localhost', Host: 'localhost' })).status).toBe(403);
  expect((await signIn({ Origin: 'http://boletos.invalid' })).status).toBe(403);
});

test('the way to the provider is kept sealed for ten minutes, and comes back to the public origin', async () => {
  const answer = await api.request('/api/v1/sessao/oidc', { headers: { Host: 'localhost' } });
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(
    /^boletos_entrada=[\w-]+; Max-Age=600; Path=\/api\/v1\/sessao\/oidc; HttpOnly; Secure; SameSite=Lax$/,
  );
  const sealed = Buffer.from(/=([\w-]+);/.exec(cookie)?.[1] ?? '', 'base64url');
  expect(sealed.toString('latin1')).not.toContain('verifier');
  expect(answer.headers.get('location')).toContain(encodeURIComponent(`${ORIGIN}/api/v1/sessao/oidc/retorno`));
});

test.each([
  ['in time', 1_000, { status: 503, code: 'provedor_inacessivel' }],
  ['too late', -1, { status: 401, code: 'entrada_recusada' }],
])('who comes back from the provider %s', async (_when, inMs, expected) => {
  const flow = { state: 's', nonce: 'n', verifier: 'v', until: Date.now() + inMs * 1_000 };
  const Cookie = `boletos_entrada=${testSecretBox.seal(JSON.stringify(flow), signInPlace).toString('base64url')}`;
  const answer = await api.request('/api/v1/sessao/oidc/retorno?code=x&state=s', { headers: { Cookie } });
  expect(await answer.json()).toMatchObject(expected);
});
