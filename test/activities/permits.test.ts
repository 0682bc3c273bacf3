import type { Knex } from 'knex';
import { createPermits, gatherMs, NoTurnInTime, type TakePermit } from '../../activities/permits';
import { openDatabase } from '../../record/database';
import { holdPermits, leasePermits, type PermitLease } from '../../record/engine/limits';
import { createTestDatabase } from '../kit/database';
import { createAccount } from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
/** Two workers, each with connections and a memory of its own. */
let workers: Knex[];
beforeAll(async () => {
  database = await createTestDatabase();
  workers = [openDatabase(database.url, 2), openDatabase(database.url, 2)];
});
afterAll(async () => {
  for (const worker of workers) await worker.destroy();
  await database.close();
});

async function account(calls: number, windowMs: number): Promise<number> {
  const id = await createAccount(database.knex);
  await database.knex('gateway_limit').insert({ account_id: id, route_class: 'register', calls, window_ms: windowMs });
  return id;
}

function permitsOf(accountId: number): TakePermit[] {
  return workers.map((worker) =>
    createPermits({ lease: (wanted, leadMs) => leasePermits(worker, accountId, 'register', wanted, leadMs) }),
  );
}

test('calls are gathered for a part of the time until the last turn, and not at all when it has come', () => {
  expect(gatherMs(40)).toBe(10);
  expect(gatherMs(10_000)).toBe(20);
  // Node warns of a timer below zero: the record's clock is known to parts of a microsecond.
  expect(gatherMs(-0.000_087)).toBe(0);
});

/** Takes turns until one is used in time, as a call does. @returns the instant of use. */
async function used(take: TakePermit): Promise<number> {
  for (;;) {
    const { latest } = await take(Infinity);
    const now = performance.now();
    if (now <= latest) return now;
  }
}

function windowsOver(instants: number[], calls: number, windowMs: number): number {
  const sorted = [...instants].sort((one, other) => one - other);
  return sorted.filter((first, index) => (sorted[index + calls] ?? Infinity) - first < windowMs).length;
}

test('two workers together: no window of the instants at which calls left holds more than the allowance', async () => {
  const [calls, windowMs] = [30, 200];
  const takes = permitsOf(await account(calls, windowMs));
  const instants = await Promise.all(Array.from({ length: 240 }, (_, index) => used(takes[index % 2] as TakePermit)));
  expect(instants).toHaveLength(240);
  expect(windowsOver(instants, calls, windowMs)).toBe(0);
});

test('an allowance that changes while calls wait holds for those that wait', async () => {
  const accountId = await account(1, 3_600_000);
  const [take] = permitsOf(accountId) as [TakePermit];
  await used(take);
  const waiting = Promise.all(Array.from({ length: 20 }, () => used(take)));
  await database.knex('gateway_limit').where({ account_id: accountId }).update({ calls: 20, window_ms: 200 });
  // Without the change this would take twenty hours.
  expect(windowsOver(await waiting, 20, 200)).toBe(0);
});

test('a hold that the gateway asked one worker for is obeyed by the other, and holds nobody there', async () => {
  const accountId = await account(10, 1_000);
  await holdPermits(workers[0] as Knex, accountId, 'register', 600_000);
  const ends = await Promise.allSettled(permitsOf(accountId).map((take) => take(performance.now() + 20_000)));
  for (const end of ends) {
    const reason: unknown = end.status === 'rejected' ? end.reason : null;
    expect(reason).toBeInstanceOf(NoTurnInTime);
    expect((reason as NoTurnInTime).waitMs).toBeGreaterThan(500_000);
  }
});

/** A lease of the instants `inMs` from now. */
function leaseOf(inMs: number[]): PermitLease {
  const now = 1_000_000 + performance.now();
  return { now, accountVersion: 1, instants: inMs.map((ms) => now + ms), waitMs: 1, spacingMs: 1, toleranceMs: 10_000 };
}

test('turns are handed out in the order in which calls came', async () => {
  const order: number[] = [];
  const take = createPermits({ lease: (wanted) => Promise.resolve(leaseOf(Array.from({ length: wanted }, () => 0))) });
  await Promise.all([1, 2, 3, 4].map((nth) => take(Infinity).then(() => order.push(nth))));
  expect(order).toEqual([1, 2, 3, 4]);
});

test('a turn that is over before it could be used is given to nobody', async () => {
  const leases = [leaseOf([-60_000]), leaseOf([0])];
  const take = createPermits({ lease: () => Promise.resolve(leases.shift() as PermitLease) });
  const { latest } = await take(Infinity);
  expect(latest).toBeGreaterThan(performance.now());
  expect(leases).toEqual([]);
});

test('a record that fails is told to those who wait, and asked again for the next', async () => {
  let fails = true;
  const take = createPermits({
    lease: () => (fails ? Promise.reject(new Error('away')) : Promise.resolve(leaseOf([0]))),
  });
  await expect(take(Infinity)).rejects.toThrow('away');
  fails = false;
  await take(Infinity);
});
