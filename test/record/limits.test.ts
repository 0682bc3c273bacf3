import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { holdPermits, leasePermits, leaseWithinQuota, useUpQuota } from '../../record/engine/limits';
import { createTestDatabase } from '../kit/database';
import { createAccount } from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ knex } = database);
});
afterAll(() => database.close());

async function account(calls: number, windowMs: number): Promise<number> {
  const id = await createAccount(knex);
  for (const route_class of ['register', 'read'])
    await knex('gateway_limit').insert({ account_id: id, route_class, calls, window_ms: windowMs });
  return id;
}

async function allow(accountId: number, calls: number, windowMs: number): Promise<void> {
  await knex('gateway_limit').where({ account_id: accountId }).update({ calls, window_ms: windowMs });
}

test('two takers at once: no window holds more than the allowance, not even when the first calls leave as late as they may', async () => {
  const [calls, windowMs, enough] = [40, 100, 400];
  const accountId = await account(calls, windowMs);
  const instants: number[] = [];
  let toleranceMs = 0;
  const take = async (wanted: number): Promise<void> => {
    while (instants.length < enough) {
      const lease = await leasePermits(knex, accountId, 'register', wanted, 0);
      instants.push(...lease.instants);
      ({ toleranceMs } = lease);
      if (lease.instants.length === 0) await sleep(lease.waitMs);
    }
  };
  await Promise.all([take(7), take(50)]);

  expect(toleranceMs).toBeGreaterThan(0);
  instants.sort((one, other) => one - other);
  for (const [index, first] of instants.entries()) {
    const next = instants[index + calls];
    if (next !== undefined) expect(next - (first + toleranceMs)).toBeGreaterThan(windowMs);
  }
});

test('a lease reaches a quarter of a second ahead, and says when there is more', async () => {
  const accountId = await account(100, 1_000);
  const first = await leasePermits(knex, accountId, 'register', 1_000, 0);
  expect(Math.max(...first.instants)).toBeLessThanOrEqual(first.now + 250);
  const second = await leasePermits(knex, accountId, 'register', 1_000, 0);
  for (const instant of second.instants) expect(instant).toBeGreaterThan(Math.max(...first.instants));
});

test('no instant is given that would be past when the answer arrives', async () => {
  const accountId = await account(100, 1_000);
  const lease = await leasePermits(knex, accountId, 'register', 3, 80);
  expect(lease.instants[0]).toBeGreaterThanOrEqual(lease.now + 79.9);
});

test('an allowance that was raised holds from the next lease on, whatever the slow one had given away', async () => {
  const accountId = await account(1, 3_600_000);
  expect((await leasePermits(knex, accountId, 'register', 5, 0)).instants).toHaveLength(1);
  expect((await leasePermits(knex, accountId, 'register', 5, 0)).instants).toHaveLength(0);
  await allow(accountId, 1_000, 1_000);
  let lease = await leasePermits(knex, accountId, 'register', 5, 0);
  // Asked again and again, as a worker does: without the change the first would come in an hour.
  for (; lease.instants.length === 0; lease = await leasePermits(knex, accountId, 'register', 5, 0))
    expect(lease.waitMs).toBeLessThan(10);
  expect(lease.spacingMs).toBeLessThan(2);
});

test('an allowance that was lowered holds from the next lease on', async () => {
  const accountId = await account(1_000, 1_000);
  await leasePermits(knex, accountId, 'register', 10, 0);
  await allow(accountId, 2, 600_000);
  const lease = await leasePermits(knex, accountId, 'register', 10, 0);
  expect(lease.instants).toHaveLength(1);
  expect(lease.spacingMs).toBeGreaterThan(300_000);
  expect((await leasePermits(knex, accountId, 'register', 10, 0)).waitMs).toBeGreaterThan(200_000);
});

test('a hold gives nobody anything, is never shortened, survives a changed allowance, and leaves the other route alone', async () => {
  const accountId = await account(10, 1_000);
  await holdPermits(knex, accountId, 'register', 600_000);
  await holdPermits(knex, accountId, 'register', 1_000);
  await allow(accountId, 1_000, 1_000);
  for (const lease of await Promise.all(
    [1, 50].map((wanted) => leasePermits(knex, accountId, 'register', wanted, 0)),
  )) {
    expect(lease.instants).toEqual([]);
    expect(lease.waitMs).toBeGreaterThan(500_000);
  }
  expect((await leasePermits(knex, accountId, 'read', 1, 0)).instants).toHaveLength(1);
});

test('an account without an allowance is a defect', async () => {
  const accountId = await createAccount(knex);
  await expect(leasePermits(knex, accountId, 'register', 1, 0)).rejects.toThrow('has no limit');
});

describe('a quota besides the pace', () => {
  const used = (accountId: number) => knex('gateway_quota_use').where({ account_id: accountId }).sum('calls');

  test('is used at once, not spread, and then tells when its day ends', async () => {
    const accountId = await account(100, 1_000);
    const take = (wanted: number) => leaseWithinQuota(knex, accountId, 'register', wanted, 0, { calls: 5, per: 'day' });
    expect((await take(3)).instants).toHaveLength(3);
    expect((await take(10)).instants).toHaveLength(2);
    const none = await take(1);
    expect(none).toMatchObject({ instants: [], usedUp: true });
    const { rows } = await knex.raw<{ rows: { day: string; before: string }[] }>(
      `select to_char(at at time zone 'America/Sao_Paulo', 'HH24:MI') as day,
         to_char((at - interval '1 second') at time zone 'America/Sao_Paulo', 'HH24:MI') as before
       from (select to_timestamp(?::float8 / 1000) as at) x`,
      [Math.round((none.now + none.waitMs) / 1_000) * 1_000],
    );
    expect(rows).toEqual([{ day: '00:00', before: '23:59' }]);
    expect(await used(accountId)).toEqual([{ sum: 5 }]);
    // Yesterday's is yesterday's.
    await knex('gateway_quota_use')
      .where({ account_id: accountId })
      .update({ slot: knex.raw(`slot - interval '1 day'`) });
    expect((await take(10)).instants).toHaveLength(5);
  });

  test('of a rolling window comes free when what was used is older than it, and never earlier', async () => {
    const accountId = await account(100, 1_000);
    const take = () => leaseWithinQuota(knex, accountId, 'register', 9, 0, { calls: 2, per: 3_600_000 });
    expect((await take()).instants).toHaveLength(2);
    const none = await take();
    expect(none.usedUp).toBe(true);
    expect(none.waitMs).toBeGreaterThan(3_600_000);
    expect(none.waitMs).toBeLessThanOrEqual(3_600_000 * (1 + 1 / 24));
    const age = (ms: number) =>
      knex('gateway_quota_use')
        .where({ account_id: accountId })
        .update({ slot: knex.raw(`slot - ? * interval '1 millisecond'`, [ms]) });
    await age(3_600_000);
    expect((await take()).usedUp).toBe(true);
    await age(150_000);
    expect((await take()).instants).toHaveLength(2);
  });

  test('two workers together take no more than it has, and what the bank says is used up is', async () => {
    const accountId = await account(1_000, 1_000);
    const quota = { calls: 10, per: 'day' } as const;
    const leases = await Promise.all(
      Array.from({ length: 8 }, () => leaseWithinQuota(knex, accountId, 'register', 3, 0, quota)),
    );
    expect(leases.reduce((sum, { instants }) => sum + instants.length, 0)).toBe(10);
    const other = await account(1_000, 1_000);
    await useUpQuota(knex, other, 'register', quota);
    expect(await leaseWithinQuota(knex, other, 'register', 1, 0, quota)).toMatchObject({ instants: [], usedUp: true });
  });
});
