import type { Knex } from 'knex';
import { pruneOldRows } from '../../record/pruning';
import { readProgress } from '../../record/batches/progress';
import { createTestDatabase } from '../kit/database';
import { createBatch, createCarteira, createItem, createReceivable, createWebhook } from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
beforeAll(async () => void ({ knex, close } = await createTestDatabase()));
afterAll(() => close());

const daysAgo = (days: number) => knex.raw(`clock_timestamp() - interval '${days} days'`);

/** A batch with three outcomes. */
async function createEnded(concludedAt: Knex.Raw | null): Promise<string> {
  const carteira = await createCarteira(knex);
  const batchId = await createBatch(knex, carteira.id, { phase: 'communicating' });
  for (let nth = 0; nth < 3; nth += 1)
    await createItem(knex, batchId, await createReceivable(knex, carteira), { state: 'sending' });
  await knex('batch_item')
    .where({ batch_id: batchId })
    .update({ state: 'rejected', failure_kind: 'data', due_at: null });
  if (concludedAt) {
    await knex('batch_item').where({ batch_id: batchId }).update({ closed_at: concludedAt });
    await knex('batch').where({ id: batchId }).update({ phase: 'concluded', concluded_at: concludedAt });
  }
  return batchId;
}
const seqs = (batchId: string) =>
  knex('batch_event').where({ batch_id: batchId }).orderBy('seq').pluck<number[]>('seq');

test('of a batch that ended long ago only the last event stays, and nothing seems to move', async () => {
  const [old, recent, live] = [await createEnded(daysAgo(31)), await createEnded(daysAgo(29)), await createEnded(null)];
  await knex('batch_event').update({ at: daysAgo(31) });
  await pruneOldRows(knex);
  expect(await Promise.all([old, recent, live].map(seqs))).toEqual([[3], [1, 2, 3], [1, 2, 3]]);
  expect(await readProgress(knex, old)).toMatchObject({ lastSeq: 3, ratePerMinute: 0, byState: { rejected: 3 } });
});

test('notices that found their end long ago go, those that still wait stay', async () => {
  const webhook_id = await createWebhook(knex, { active: false });
  const deliver = async (state: string, age: number) => {
    const id = `evt_${state}_${age}`;
    await knex('webhook_event').insert({ id, type: 'batch.done', data: '{}', at: daysAgo(age) });
    const [row] = await knex('webhook_delivery')
      .insert({ webhook_id, event_id: id, state, created_at: daysAgo(age) })
      .returning<{ id: number }[]>('id');
    await knex('webhook_attempt').insert({ delivery_id: row?.id, at: daysAgo(age), duration_ms: 1 });
  };
  for (const state of ['delivered', 'failed', 'pending']) for (const age of [91, 89]) await deliver(state, age);
  await pruneOldRows(knex);
  const kept = ['evt_delivered_89', 'evt_failed_89', 'evt_pending_89', 'evt_pending_91'];
  expect(await knex('webhook_delivery').orderBy('event_id').pluck('event_id')).toEqual(kept);
  expect(await knex('webhook_event').orderBy('id').pluck('id')).toEqual(kept);
  expect(await knex('webhook_attempt')).toHaveLength(4);
});

test('what was wrong with the lines of an import goes after a while, and how much it was stays', async () => {
  for (const [id, age] of [
    ['i-old', 91],
    ['i-recent', 89],
  ] as const) {
    await knex('import_run').insert({
      ...{ id, by: 'operador.1', source: 'cli', state: 'refused', problems: 2, result: '{}', ended_at: daysAgo(age) },
    });
    for (const number of [1, 2])
      await knex('import_problem').insert({
        ...{ import_id: id, number, line: number, code: 'campo_invalido', message: 'x', kind: 'form' },
      });
  }
  expect(await pruneOldRows(knex)).toBe(2);
  expect(await knex('import_problem').orderBy('number').pluck('import_id')).toEqual(['i-recent', 'i-recent']);
  expect(await knex('import_run').where({ id: 'i-old' }).pluck('problems')).toEqual([2]);
});
