import type { Knex } from 'knex';
import { readProgress } from '../../record/batches/progress';
import { createTestDatabase } from '../kit/database';
import { createBatch, createCarteira, createItem, createReceivables } from '../kit/record';

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

test.each([
  ['a first group of outcomes', [0, 0, 0]],
  ['a single outcome', [20]],
])('of %s no end is foretold: there is no rate yet', async (_, secondsAgo) => {
  expect(await readProgress(knex, await batchWith(secondsAgo))).toMatchObject({ estimatedEndAt: null });
});

test('since when it stands still is told of what is due, and of nothing else', async () => {
  const batchId = await batchWith([30]);
  const idle = async () => (await readProgress(knex, batchId))!.idleSince;
  await knex('batch_item')
    .where({ batch_id: batchId })
    .update({ due_at: knex.raw(`now() - interval '1 hour'`) });
  const [{ at }] = (await knex('batch_event').where({ batch_id: batchId }).select('at')) as [{ at: Date }];
  expect(await idle()).toEqual(at);
  // A round that began after the last outcome.
  await knex('batch_item')
    .where({ batch_id: batchId })
    .update({ due_at: knex.raw(`now() - interval '10 seconds'`) });
  expect((await idle())!.getTime()).toBeGreaterThan(at.getTime());
  await knex('batch_item')
    .where({ batch_id: batchId })
    .update({ due_at: knex.raw(`now() + interval '10 minutes'`) });
  expect(await idle()).toBeNull();
  await knex('batch_item').where({ batch_id: batchId }).update({ due_at: knex.fn.now() });
  await knex('batch').where({ id: batchId }).update({ paused: true });
  expect(await idle()).toBeNull();
});

test('nothing is estimated for a batch that stands still', async () => {
  expect(await readProgress(knex, await batchWith([90, 80]))).toMatchObject({ ratePerMinute: 0, estimatedEndAt: null });
});
