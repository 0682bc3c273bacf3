import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { holdPermits, leasePermits } from '../../record/engine/limits';
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
