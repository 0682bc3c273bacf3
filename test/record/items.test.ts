import type { Knex } from 'knex';
import { batchFailures, batchItems, dueSlices, failuresByCause, pendingItems } from '../../record/batches/items';
import { createTestDatabase } from '../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createItem,
  createReceivable,
  createReceivables,
} from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());

/** A batch of `count` items that are due, and the ids of their títulos. */
async function batchOf(count: number): Promise<{ batchId: string; ids: number[]; accountId: number }> {
  const carteira = await createCarteira(knex);
  const ids = await createReceivables(knex, carteira, count);
  const batchId = await createBatch(knex, carteira.id);
  for (const id of ids) await createItem(knex, batchId, id);
  return { batchId, ids, accountId: carteira.accountId as number };
}

const item = (batchId: string, ordinal: number) => knex('batch_item').where({ batch_id: batchId, ordinal });

describe('slices', () => {
  test('of one name their título, larger ones do not; they never overlap', async () => {
    const { batchId, ids } = await batchOf(5);
    expect(await dueSlices(knex, { batchId, after: 0, limit: 2, size: 1 })).toEqual([
      { from: 1, to: 1, items: 1, receivableId: ids[0] },
      { from: 2, to: 2, items: 1, receivableId: ids[1] },
    ]);
    expect(await dueSlices(knex, { batchId, after: 0, limit: 10, size: 2 })).toEqual([
      { from: 1, to: 2, items: 2 },
      { from: 3, to: 4, items: 2 },
      { from: 5, to: 5, items: 1, receivableId: ids[4] },
    ]);
  });

  test('go on after an ordinal, and end', async () => {
    const { batchId } = await batchOf(5);
    expect(await dueSlices(knex, { batchId, after: 2, limit: 1, size: 2 })).toEqual([{ from: 3, to: 4, items: 2 }]);
    expect(await dueSlices(knex, { batchId, after: 5, limit: 1, size: 2 })).toEqual([]);
  });

  test('count what is due and span what is not', async () => {
    const { batchId } = await batchOf(5);
    await item(batchId, 2).update({ state: 'rejected', due_at: null });
    await item(batchId, 3).update({ state: 'deferred', due_at: knex.raw("clock_timestamp() + interval '1 hour'") });
    await item(batchId, 5).update({ state: 'registered', due_at: null, closed_at: knex.fn.now() });
    expect(await dueSlices(knex, { batchId, after: 0, limit: 10, size: 2 })).toEqual([{ from: 1, to: 4, items: 2 }]);
  });

  test('of a batch that is being concluded hold only what has no known end', async () => {
    const { batchId, ids, accountId } = await batchOf(3);
    const boletoId = await createBoleto(knex, ids[1] as number, accountId, { state: 'unconfirmed' });
    await createAttempt(knex, boletoId, { batchId, ordinal: 2, receivableId: ids[1] as number });
    await item(batchId, 2).update({ state: 'unconfirmed' });
    await knex('batch').where({ id: batchId }).update({ concluding: true });
    expect(await dueSlices(knex, { batchId, after: 0, limit: 10, size: 10 })).toMatchObject([{ from: 2, to: 2 }]);
    expect(await pendingItems(knex, batchId)).toEqual({ pausedBy: null, pending: 1, nextDueInMs: 0 });
    await knex('attempt').update({ resolution: 'absent', resolved_at: knex.fn.now() });
    expect(await pendingItems(knex, batchId)).toEqual({ pausedBy: null, pending: 0, nextDueInMs: null });
  });
});

describe('what is left for the machine', () => {
  test('is due now as soon as one item is', async () => {
    const { batchId } = await batchOf(2);
    await item(batchId, 2).update({ due_at: knex.raw("clock_timestamp() + interval '1 hour'") });
    expect(await pendingItems(knex, batchId)).toEqual({ pausedBy: null, pending: 2, nextDueInMs: 0 });
  });

  test('is due when the earliest is', async () => {
    const { batchId } = await batchOf(2);
    await item(batchId, 1).update({ due_at: knex.raw("clock_timestamp() + interval '2 hours'") });
    await item(batchId, 2).update({ due_at: knex.raw("clock_timestamp() + interval '1 hour'") });
    const left = await pendingItems(knex, batchId);
    expect(left?.nextDueInMs).toBeGreaterThan(3_500_000);
    expect(left?.nextDueInMs).toBeLessThanOrEqual(3_600_000);
  });

  test('is nothing when people have the rest; an unknown batch is null', async () => {
    const { batchId } = await batchOf(1);
    await item(batchId, 1).update({ state: 'rejected', due_at: null });
    expect(await pendingItems(knex, batchId)).toEqual({ pausedBy: null, pending: 0, nextDueInMs: null });
    expect(await pendingItems(knex, 'nenhuma')).toBeNull();
  });
});

describe('lists for people', () => {
  test('are paged by ordinal and filtered by state', async () => {
    const { batchId, ids } = await batchOf(3);
    await item(batchId, 2).update({ state: 'registered', due_at: null, closed_at: knex.fn.now() });
    const page = await batchItems(knex, batchId, { cursor: 0, limit: 2 });
    expect(page.map(({ ordinal, receivableId, state }) => [ordinal, receivableId, state])).toEqual([
      [1, ids[0], 'pending'],
      [2, ids[1], 'registered'],
    ]);
    expect(await batchItems(knex, batchId, { cursor: 2, limit: 2 })).toHaveLength(1);
    expect(await batchItems(knex, batchId, { states: ['registered'], cursor: 0, limit: 9 })).toHaveLength(1);
  });

  test('show a failure with the bank’s words and whether its título was corrected', async () => {
    const carteira = await createCarteira(knex);
    const receivableId = await createReceivable(knex, carteira);
    const batchId = await createBatch(knex, carteira.id);
    await createItem(knex, batchId, receivableId, {
      state: 'rejected',
      due_at: null,
      failure_kind: 'data',
      provider_code: '4874838',
      provider_message: 'CEP do pagador inválido',
      field: 'payer.cep',
    });
    expect(await batchFailures(knex, batchId, { cursor: 0, limit: 9 })).toMatchObject([
      { receivableId, providerMessage: 'CEP do pagador inválido', field: 'payer.cep', corrected: false },
    ]);
    await knex('receivable').where({ id: receivableId }).update({ due_date: '2030-05-05' });
    expect(await batchFailures(knex, batchId, { cursor: 0, limit: 9 })).toMatchObject([{ corrected: true }]);
  });

  test('group failures by cause, most frequent first', async () => {
    const { batchId, ids } = await batchOf(4);
    const failed = { state: 'rejected', due_at: null, failure_kind: 'data' };
    await item(batchId, 1).update({ ...failed, provider_code: 'A', provider_message: 'valor 1' });
    await item(batchId, 2).update({ ...failed, provider_code: 'B', provider_message: 'outro' });
    await item(batchId, 3).update({ ...failed, provider_code: 'A', provider_message: 'valor 2' });
    expect(await failuresByCause(knex, batchId)).toMatchObject([
      {
        state: 'rejected',
        gateway: 'banco-do-brasil',
        failureKind: 'data',
        providerCode: 'A',
        providerMessage: 'valor 1',
        httpStatus: null,
        field: null,
        count: 2,
        corrected: 0,
        receivableIds: [ids[0], ids[2]],
      },
      expect.objectContaining({ providerCode: 'B', count: 1, receivableIds: [ids[1]] }),
    ]);
  });

  test('failures without a code are one cause when their words are, whatever the numbers in them', async () => {
    const { batchId, ids } = await batchOf(3);
    const failed = { state: 'rejected', due_at: null, failure_kind: 'data' };
    await item(batchId, 1).update({ ...failed, provider_message: 'Multa de R$ 0,00 é pequena' });
    await item(batchId, 2).update({ ...failed, provider_message: 'O nome é obrigatório' });
    await item(batchId, 3).update({ ...failed, provider_message: 'Multa de R$ 10.000,00 é pequena' });
    expect(await failuresByCause(knex, batchId)).toMatchObject([
      { count: 2, receivableIds: [ids[0], ids[2]] },
      { count: 1, receivableIds: [ids[1]] },
    ]);
  });

  test('failures have the status of the call that brought their words, not of another', async () => {
    const { batchId, ids, accountId } = await batchOf(1);
    const [receivableId] = ids as [number];
    const boletoId = await createBoleto(knex, receivableId, accountId);
    const call = { batchId, ordinal: 1, receivableId };
    const words = { provider_code: 'A', provider_message: 'não' };
    await createAttempt(knex, boletoId, call, { ...words, http_status: 422, resolution: 'refused' });
    await createAttempt(knex, boletoId, call, { provider_message: 'vez', http_status: 429, resolution: 'notSent' });
    const failed = { state: 'rejected', due_at: null, failure_kind: 'data', boleto_id: boletoId };
    await item(batchId, 1).update({ ...failed, ...words });
    expect(await batchFailures(knex, batchId, { cursor: 0, limit: 9 })).toMatchObject([{ httpStatus: 422 }]);
    expect(await failuresByCause(knex, batchId)).toMatchObject([{ httpStatus: 422 }]);
    await item(batchId, 1).update({ provider_message: 'formato' });
    expect(await batchFailures(knex, batchId, { cursor: 0, limit: 9 })).toMatchObject([{ httpStatus: null }]);
  });
});
