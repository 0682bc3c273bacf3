import { isTrusted, limitKey } from '../../api/access/address';
import { createRateLimit } from '../../api/access/rateLimit';
import { createUnknownLogins } from '../../api/access/unknownLogins';
import { createTestDatabase } from '../kit/database';
import { startApiProgram, type RunningProgram } from './support/programs';

describe('a rate limit', () => {
  function limit(options: { perSecond: number; burst: number; keys?: number }) {
    const clock = { ms: 1_000_000 };
    return { clock, ...createRateLimit(options, () => clock.ms) };
  }

  test('lets a burst through, then so many a second, and says how long to wait', () => {
    const { take, clock } = limit({ perSecond: 0.5, burst: 3 });
    expect([1, 2, 3, 4].map(() => take('a'))).toEqual([0, 0, 0, 2]);
    clock.ms += 1_999;
    expect(take('a')).toBe(1);
    clock.ms += 1;
    expect([take('a'), take('a')]).toEqual([0, 2]);
    clock.ms += 60_000;
    expect([1, 2, 3, 4].map(() => take('a'))).toEqual([0, 0, 0, 2]);
  });

  test('what was refused costs nothing, and one key takes nothing from another', () => {
    const { take, clock } = limit({ perSecond: 1, burst: 1 });
    take('a');
    for (let nth = 0; nth < 100; nth += 1) take('a');
    clock.ms += 1_000;
    expect([take('a'), take('b')]).toEqual([0, 0]);
  });

  test('remembers at most so many keys, and forgets first who asked longest ago', () => {
    const { take } = limit({ perSecond: 1, burst: 1, keys: 2 });
    take('a');
    take('b');
    take('c');
    expect([take('c'), take('b'), take('a')]).toEqual([1, 1, 0]);
  });
});

test('logins that nobody has are locked after five tries, whatever their letters, for a quarter of an hour', () => {
  const clock = { ms: 0 };
  const { countTry } = createUnknownLogins(2, () => clock.ms);
  for (let nth = 0; nth < 5; nth += 1) expect(countTry(nth === 0 ? 'Quem' : 'quem')).toBe(0);
  // Also the seventh: what came beside the fifth does not open it again.
  expect([countTry('QUEM'), countTry('quem')]).toEqual([15 * 60_000, 15 * 60_000]);
  clock.ms = 15 * 60_000;
  expect(countTry('quem')).toBe(0);
  for (const other of ['a', 'b', 'c']) for (let nth = 0; nth < 5; nth += 1) countTry(other);
  expect(['c', 'b', 'a'].map((login) => countTry(login) > 0)).toEqual([true, true, false]);
});

describe('an address', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['unix socket', 'unknown'],
  ])('%s is limited as %s', (address, key) => {
    expect(limitKey(address)).toBe(key);
  });

  test('is a trusted proxy’s by its network only', () => {
    expect(isTrusted('10.1.2.3', ['10.0.0.0/8'])).toBe(true);
    expect(isTrusted('11.1.2.3', ['10.0.0.0/8'])).toBe(false);
    expect(isTrusted('::1', ['10.0.0.0/8', '::1/128'])).toBe(true);
    expect(isTrusted('x', ['10.0.0.0/8'])).toBe(false);
  });
});

describe('on a running API', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let api: RunningProgram<{ origin: string }>;
  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startApiProgram(database.url, { API_RATE: '10', API_TRUSTED_PROXIES: '127.0.0.0/8' });
  });
  afterAll(async () => {
    await api?.stop();
    await database?.close();
  });
  const ask = (from: string, path = '/sessao', init: RequestInit = {}) =>
    fetch(`${api.ready.origin}/api/v1${path}`, { ...init, headers: { ...init.headers, 'X-Forwarded-For': from } });

  test('who asks too often is told to wait, and nobody else', async () => {
    // What stands before the proxy's own entry anybody can write: it makes nobody another.
    const from = (nth: number) => `198.51.100.${nth}, 198.51.100.1`;
    const answers = await Promise.all(Array.from({ length: 400 }, (_, nth) => ask(from(nth))));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(await refused[0]!.json()).toMatchObject({ status: 429, code: 'pedidos_demais' });
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('198.51.100.2')).status).toBe(401);
  });

  test('tokens that nobody has are calls of the address that tries them', async () => {
    const guess = (nth: number) => ({ headers: { Authorization: `Bearer ${'x'.repeat(40)}${nth}` } });
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, nth) => ask('192.0.2.9', '/filiais', guess(nth))),
    );
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([401, 429]);
    expect((await ask('192.0.2.10', '/filiais', guess(0))).status).toBe(401);
  });

  test('changes that come from another site are, too', async () => {
    const foreign = { method: 'POST', headers: { Origin: 'https://mau.invalid' } };
    const answers = await Promise.all(Array.from({ length: 400 }, () => ask('192.0.2.11', '/sessao', foreign)));
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([403, 429]);
  });

  test('an address that tries many logins is stopped before its passwords are looked at', async () => {
    const codes = await Promise.all(
      Array.from({ length: 40 }, async (_, nth) => {
        const body = JSON.stringify({ login: `ninguem-${nth}`, password: 'errada' });
        const headers = { 'Content-Type': 'application/json' };
        const answer = await ask('203.0.113.5', '/sessao', { method: 'POST', body, headers });
        return ((await answer.json()) as { code: string }).code;
      }),
    );
    expect([...new Set(codes)].sort()).toEqual(['entradas_demais', 'login_recusado']);
  });
});
