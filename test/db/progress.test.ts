import type { Knex } from 'knex';
import { readProgress } from '../../db/progress';
import { createTestDatabase } from '../support/database';
import { createBatch, createCarteira, createItem, createReceivables } from '../support/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());

/** A batch with three títulos to send, and an outcome so many seconds ago for each of `secondsAgo`. */
async function batchWith(secondsAgo: number[]): Promise<string> {
  const carteira = await createCarteira(knex);
  const batchId = await createBatch(knex, carteira.id, { phase: 'communicating', round: 1 });
  for (const id of await createReceivables(knex, carteira, 3)) await createItem(knex, batchId, id);
  await knex.raw(
    `insert into batch_event_counter (batch_id, seq) values (:batchId, :seq)
     on conflict (batch_id) do update set seq = excluded.seq`,
    { batchId, seq: secondsAgo.length },
  );
  for (const [index, seconds] of secondsAgo.entries())
    await knex.raw(
      `insert into batch_event (batch_id, seq, ordinal, receivable_id, state, round, at)
       values (:batchId, :seq, 1, 1, 'registered', 1, clock_timestamp() - :seconds * interval '1 second')`,
      { batchId, seq: index + 1, seconds },
    );
  return batchId;
}

test.each([
  ['a batch that has just begun', [10, 10, 5, 1], 4, 10],
  ['one that rested meanwhile', [600, 590, 10, 10, 5, 1], 4, 10],
  ['one that has run for long', [90, 70, 50, 30, 10], 3, 50],
  ['a first group of outcomes', [0, 0, 0], 3, 5],
])('the end of %s is estimated by the time that its outcomes took', async (_, secondsAgo, rate, inSeconds) => {
  const batchId = await batchWith(secondsAgo);
  const asked = Date.now();
  const { ratePerMinute, estimatedEndAt } = (await readProgress(knex, batchId))!;
  expect(ratePerMinute).toBe(rate);
  const perTitulo = (estimatedEndAt!.getTime() - asked) / 3 / 1_000;
  expect(perTitulo).toBeGreaterThan((inSeconds / rate) * 0.95);
  // A machine that was away meanwhile makes it later.
  expect(perTitulo).toBeLessThan((inSeconds / rate) * 3 + 1);
});

test('nothing is estimated for a batch that stands still', async () => {
  expect(await readProgress(knex, await batchWith([90, 80]))).toMatchObject({ ratePerMinute: 0, estimatedEndAt: null });
});
