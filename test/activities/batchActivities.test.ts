import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Knex } from 'knex';
import { createBatchActivities } from '../../activities/batchActivities';
import { toFailure } from '../../activities/failure';
import { beating } from '../../activities/heartbeat';
import { recordBatch } from '../../record/batches/batches';
import { openDatabase } from '../../record/database';
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

const by = 'operador.1';

async function failureOf(work: Promise<unknown>): Promise<ApplicationFailure> {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ApplicationFailure);
  return failure as ApplicationFailure;
}

describe('opening a batch from anywhere', () => {
  const open = (input: unknown) => createBatchActivities({ knex }).openBatch(input as never);

  test('answers the gateway, the round and whether search attributes are there', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    const activities = createBatchActivities({ knex, searchAttributes: false });
    expect(await activities.openBatch({ batchId: 'a1', carteiraId, filters: {}, by })).toEqual({
      gateway: 'banco-do-brasil',
      round: 1,
      by: 'temporal',
      searchAttributes: false,
    });
  });

  test('of a batch that is in the record it needs no filters: who asked and what for is known from there', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    const filters = { city: 'São Paulo' };
    expect(await recordBatch(knex, { batchId: 'a5', carteiraId, filters, by: 'u-00000000a11c' })).toBeNull();
    expect(await open({ batchId: 'a5', carteiraId, by: 'quem-eu-quiser' })).toMatchObject({ by: 'u-00000000a11c' });
    expect(await knex('batch').where({ id: 'a5' }).first('filters', 'requested_by')).toEqual({
      filters,
      requested_by: 'u-00000000a11c',
    });
    for (const other of [{ filters: {} }, { filters: { city: 'Campinas' } }])
      expect(await failureOf(open({ batchId: 'a5', carteiraId, by: 'x', ...other }))).toMatchObject({
        type: 'comunicacaoDiferente',
      });
    expect(await open({ batchId: 'a5', carteiraId, by: 'x', filters })).toMatchObject({ by: 'u-00000000a11c' });
  });

  test('started by Temporal alone, it is told as Temporal’s, whomever the input names', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    await open({ batchId: 'a6', carteiraId, filters: {}, by: 'u-00000000a11c' });
    expect(await knex('batch').where({ id: 'a6' }).first('requested_by')).toEqual({ requested_by: 'temporal' });
    expect(await knex('audit_entry').where({ entity: 'batch', entity_id: 'a6' }).pluck('actor')).toEqual(['temporal']);
  });

  test('a login that earlier versions stored does not come into Temporal', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    await createBatch(knex, carteiraId, { id: 'a7', requested_by: 'maria.silva' });
    expect(await open({ batchId: 'a7', carteiraId, by: 'x' })).toMatchObject({
      by: expect.stringMatching(/^cli-[0-9a-f]{8}$/),
    });
  });

  test('without filters, a batch that the record does not have never takes the whole carteira', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    expect(await failureOf(open({ batchId: 'a2', carteiraId, by }))).toMatchObject({
      type: 'comunicacaoDesconhecida',
      nonRetryable: true,
      message: expect.stringContaining('informe os filtros'),
    });
    expect(await knex('batch').where({ id: 'a2' })).toEqual([]);
  });

  test('stores filters in one form', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    await open({ batchId: 'a3', carteiraId, by, filters: { dueTo: '31/01/2030', filialIds: [2, 1, 2] } });
    expect(await knex('batch').where({ id: 'a3' }).first('filters')).toEqual({
      filters: { dueTo: '2030-01-31', filialIds: [1, 2] },
    });
  });

  test.each([
    [{ batchId: '-x' }, 'entradaInvalida', /^batchId: informe/],
    [{ batchId: 'x'.repeat(65) }, 'entradaInvalida', /^batchId: informe/],
    [{ carteiraId: '3' }, 'entradaInvalida', /^carteiraId: informe o ID da carteira/],
    [{ by: 'Maria da Silva' }, 'entradaInvalida', /^by: informe o login/],
    [{ by: 'x'.repeat(65) }, 'entradaInvalida', /^by: informe o login/],
    [{ resume: {} }, 'entradaInvalida', /^campo desconhecido: resume$/],
    [{ filters: { impresso: true } }, 'entradaInvalida', /^filtro desconhecido: impresso$/],
    [{ filters: { dueFrom: '2030-02-02', dueTo: '2030-02-01' } }, 'filtrosContraditorios', /vencimento inicial/],
    [{ carteiraId: 1 }, 'carteiraDesconhecida', /A carteira 1 não existe/],
  ])('%j is refused for good, in Portuguese', async (part, type, message) => {
    const { id: carteiraId } = await createCarteira(knex);
    const failure = await failureOf(open({ batchId: 'a4', carteiraId, filters: {}, by, ...part }));
    expect(failure).toMatchObject({ type, nonRetryable: true, message: expect.stringMatching(message) });
    expect(await knex('batch').where({ id: 'a4' })).toEqual([]);
  });

  test('input that is no object is refused', async () => {
    expect(await failureOf(open('x'))).toMatchObject({ type: 'entradaInvalida', nonRetryable: true });
    expect(await failureOf(open(undefined))).toMatchObject({ type: 'entradaInvalida', nonRetryable: true });
  });
});

describe('an unexpected error', () => {
  test('of the database is tried again, and takes neither statement nor values into Temporal', async () => {
    const secret = 'Fulano 52998224725';
    const error = await knex('customer')
      .where({ id: secret })
      .then(
        () => null,
        (cause: unknown) => cause as Error,
      );
    expect(error?.message).toContain(secret);
    const failure = toFailure(error);
    expect(failure).toMatchObject({ type: 'bancoDeDados', nonRetryable: false });
    expect(failure.message).toBe('O banco de dados não respondeu como esperado (22P02).');
    expect(JSON.stringify([failure.message, failure.stack, failure.cause])).not.toMatch(/Fulano|52998224725|select/i);
    expect(failure.stack).toMatch(/\n\s+at /);
  });

  test('of a database that is away is tried again', async () => {
    const away = openDatabase('postgres://nobody@127.0.0.1:1/nothing', 1);
    const failure = await failureOf(createBatchActivities({ knex: away }).selectBoletos({ batchId: 'x' }));
    await away.destroy();
    expect(failure).toMatchObject({ type: 'bancoDeDados', nonRetryable: false });
    expect(failure.message).toContain('ECONNREFUSED');
  });

  test('of ours is tried again under its class, without its words', () => {
    expect(toFailure(new TypeError('Fulano'))).toMatchObject({
      type: 'erroInesperado',
      message: 'Erro inesperado (TypeError).',
      nonRetryable: false,
    });
    expect(toFailure(undefined)).toMatchObject({ type: 'erroInesperado' });
  });

  test('that is Temporal’s own passes unchanged', () => {
    const failure = ApplicationFailure.nonRetryable('já traduzida', 'tipo');
    expect(toFailure(failure)).toBe(failure);
  });
});

describe('planning slices', () => {
  async function batchOf(count: number): Promise<string> {
    const carteira = await createCarteira(knex);
    const batchId = await createBatch(knex, carteira.id);
    const ids = await createReceivables(knex, carteira, count);
    const rows = ids.map((receivable_id, index) => ({
      batch_id: batchId,
      ordinal: index + 1,
      receivable_id,
      due_at: knex.raw("clock_timestamp() - interval '1 second'"),
    }));
    await knex.batchInsert('batch_item', rows, 500);
    return batchId;
  }

  test('up to 500 pending items each is a slice of its own; above, slices grow', async () => {
    const batchId = await batchOf(501);
    const { planSlices } = createBatchActivities({ knex });
    const large = await planSlices({ batchId, after: 0, limit: 100 });
    expect(large.nextDueInMs).toBe(0);
    expect(large.slices).toHaveLength(51);
    expect(large.slices[50]).toMatchObject({ from: 501, to: 501, items: 1 });
    await knex('batch_item').where({ batch_id: batchId, ordinal: 1 }).update({ state: 'rejected', due_at: null });
    const single = await planSlices({ batchId, after: 0, limit: 3 });
    expect(single.slices.map(({ from, to, items }) => [from, to, items])).toEqual([
      [2, 2, 1],
      [3, 3, 1],
      [4, 4, 1],
    ]);
    expect(single.slices.every(({ receivableId }) => receivableId !== undefined)).toBe(true);
  });

  test('a size that is given wins: of the call, else of the worker', async () => {
    const batchId = await batchOf(6);
    const activities = createBatchActivities({ knex, sliceSize: 2 });
    expect((await activities.planSlices({ batchId, after: 0, limit: 9 })).slices).toHaveLength(3);
    expect((await activities.planSlices({ batchId, after: 0, limit: 9, sliceSize: 3 })).slices).toHaveLength(2);
  });

  test('after the last ordinal there are none, though something before it is due', async () => {
    const batchId = await batchOf(2);
    const plan = await createBatchActivities({ knex }).planSlices({ batchId, after: 2, limit: 9 });
    expect(plan).toEqual({ slices: [], nextDueInMs: 0 });
  });

  test('a paused batch has none, and says why', async () => {
    const batchId = await batchOf(2);
    await knex('batch').where({ id: batchId }).update({ paused: true, pause_reason: 'config' });
    const plan = await createBatchActivities({ knex }).planSlices({ batchId, after: 0, limit: 9 });
    expect(plan).toEqual({ slices: [], nextDueInMs: 0, pausedBy: 'config' });
  });

  test('with nothing left for the machine there is no next time', async () => {
    const batchId = await batchOf(1);
    await knex('batch_item').where({ batch_id: batchId }).update({ state: 'rejected', due_at: null });
    const plan = await createBatchActivities({ knex }).planSlices({ batchId, after: 0, limit: 9 });
    expect(plan).toEqual({ slices: [], nextDueInMs: null });
  });
});

describe('analysing', () => {
  // 09:00 in São Paulo, three days before the due date of the títulos below.
  const now = () => new Date('2030-02-07T12:00:00Z');

  async function batch() {
    const carteira = await createCarteira(knex);
    const batchId = await createBatch(knex, carteira.id);
    const add = async (columns: Record<string, unknown>) => {
      const receivableId = await createReceivable(knex, carteira);
      const ordinal = await createItem(knex, batchId, receivableId, columns);
      return { batchId, ordinal, receivableId };
    };
    return { batchId, add, accountId: carteira.accountId as number };
  }
  const rejected = { state: 'rejected', due_at: null, failure_kind: 'data', provider_code: '4874838' };
  const done = { state: 'registered', due_at: null, reconciled: true };

  test('counts states, corrections, settlements by a look and unknown ends', async () => {
    const { batchId, add, accountId } = await batch();
    await add(rejected);
    const corrected = await add(rejected);
    await knex('receivable').where({ id: corrected.receivableId }).update({ open_amount_cents: 5_000 });
    await add({ ...done, closed_at: knex.fn.now() });
    // Unknown since an earlier batch: this item never had the boleto.
    const uncertain = await add({});
    const boletoId = await createBoleto(knex, uncertain.receivableId, accountId, { state: 'unconfirmed' });
    await createAttempt(knex, boletoId, uncertain);
    const { counts, needsAdjustments } = await createBatchActivities({ knex, now }).analyseOutcomes({ batchId });
    expect(counts).toMatchObject({ total: 4, corrected: 1, reconciled: 1, unresolved: 1 });
    expect(counts.byState).toMatchObject({ rejected: 2, registered: 1, pending: 1, conflict: 0 });
    expect(needsAdjustments).toBe(true);
  });

  test('groups causes by code, most frequent first, with the first five ids', async () => {
    const { batchId, add } = await batch();
    const ids: number[] = [];
    for (let count = 0; count < 6; count += 1) ids.push((await add(rejected)).receivableId);
    const other = await add({ ...rejected, state: 'deferred', failure_kind: 'transient', provider_code: null });
    const { causes } = await createBatchActivities({ knex, now }).analyseOutcomes({ batchId });
    expect(causes).toEqual([
      { state: 'rejected', cause: 'data/4874838', count: 6, receivableIds: ids.slice(0, 5) },
      { state: 'deferred', cause: 'transient', count: 1, receivableIds: [other.receivableId] },
    ]);
  });

  test('lets no words of the bank through where its code belongs', async () => {
    const { batchId, add } = await batch();
    await add({ ...rejected, provider_code: 'CPF de Fulano inválido' });
    await add({ ...rejected, provider_code: 'x'.repeat(100) });
    const { causes } = await createBatchActivities({ knex, now }).analyseOutcomes({ batchId });
    for (const { cause } of causes) expect(cause).toMatch(/^data\/x-[0-9a-f]{8}$/);
    expect(causes).toHaveLength(2);
  });

  test('shows at most 20 causes', async () => {
    const { batchId, add } = await batch();
    for (let code = 0; code < 22; code += 1) await add({ ...rejected, provider_code: `C${code}` });
    const { causes } = await createBatchActivities({ knex, now }).analyseOutcomes({ batchId });
    expect(causes).toHaveLength(20);
  });

  test('people are needed only when something waits for them', async () => {
    const { batchId, add } = await batch();
    await add({ ...done, closed_at: knex.fn.now() });
    await add({ state: 'deferred' });
    const { analyseOutcomes } = createBatchActivities({ knex, now });
    expect((await analyseOutcomes({ batchId })).needsAdjustments).toBe(false);
    await add({ state: 'unconfirmed', due_at: null });
    expect((await analyseOutcomes({ batchId })).needsAdjustments).toBe(true);
  });

  test('an ended batch has no nearest due date and no alert', async () => {
    const { batchId, add } = await batch();
    await add({ ...done, closed_at: knex.fn.now() });
    expect(await createBatchActivities({ knex, now }).analyseOutcomes({ batchId })).toMatchObject({
      nearestDueDate: null,
      alertInMs: null,
      needsAdjustments: false,
    });
  });

  test('plans the alert for 08:00 two days before, raises it once a day and then for the next', async () => {
    const { batchId, add } = await batch();
    await add(rejected);
    const HOUR = 3_600_000;
    const dayBefore = createBatchActivities({ knex, now });
    expect(await dayBefore.analyseOutcomes({ batchId })).toMatchObject({
      nearestDueDate: '2030-02-10',
      alertInMs: 23 * HOUR,
    });

    const onTheDay = createBatchActivities({ knex, now: () => new Date('2030-02-08T12:00:00Z') });
    expect(await onTheDay.analyseOutcomes({ batchId })).toMatchObject({ alertInMs: 0 });
    await onTheDay.raiseDueDateAlert({ batchId });
    await onTheDay.raiseDueDateAlert({ batchId });
    expect(await knex('alert').where({ batch_id: batchId }).select('kind', 'day', 'message')).toEqual([
      {
        kind: 'dueDate',
        day: '2030-02-08',
        message: '1 cobrança sem boleto registrado: a mais próxima vence em 10/02/2030.',
      },
    ]);
    expect(await onTheDay.analyseOutcomes({ batchId })).toMatchObject({ alertInMs: 23 * HOUR });

    await createBatchActivities({ knex, now: () => new Date('2030-02-12T12:00:00Z') }).raiseDueDateAlert({ batchId });
    expect(await knex('alert').where({ batch_id: batchId, day: '2030-02-12' }).first('message')).toEqual({
      message: '1 cobrança sem boleto registrado: a mais antiga venceu em 10/02/2030.',
    });
  });

  test('no alert is raised about a batch that has nothing open', async () => {
    const { batchId } = await batch();
    await createBatchActivities({ knex, now }).raiseDueDateAlert({ batchId });
    expect(await knex('alert').where({ batch_id: batchId })).toEqual([]);
  });
});

test('a whole batch goes through its activities, each of which may run twice', async () => {
  const carteira = await createCarteira(knex);
  const [receivableId] = await createReceivables(knex, carteira, 1);
  const activities = createBatchActivities({ knex });
  const twice = async <T>(run: () => Promise<T>): Promise<T> => {
    const first = await run();
    expect(await run()).toEqual(first);
    return first;
  };
  const batchId = 'inteira-1';
  await twice(() => activities.openBatch({ batchId, carteiraId: carteira.id, filters: {}, by }));
  expect(await twice(() => activities.selectBoletos({ batchId }))).toMatchObject({ selected: 1 });
  await twice(() => activities.enterPhase({ batchId, phase: 'communicating', round: 1, pauseReason: null }));
  const action = (actionId: string) => ({ batchId, by, actionId });
  await twice(() => activities.pause(action('p')));
  await twice(() => activities.resume(action('q')));
  await twice(() =>
    activities.discard({ ...action('d'), receivableIds: [receivableId as number], reasonCode: 'contratoCancelado' }),
  );
  await twice(() => activities.beginConclusion(action('c')));
  const report = await twice(() => activities.concludeBatch({ batchId }));
  expect(report).toMatchObject({ selected: 1, discarded: 1, registered: 0, notSent: 0 });
  expect(await failureOf(activities.pause(action('late')))).toMatchObject({
    type: 'comunicacaoEncerrada',
    nonRetryable: true,
  });
  expect(await failureOf(activities.openBatch({ batchId, carteiraId: carteira.id, filters: {}, by }))).toMatchObject({
    type: 'comunicacaoEncerrada',
  });
});

test('a long statement tells Temporal that its worker lives', async () => {
  const environment = new MockActivityEnvironment();
  const beat = new Promise<string>((resolve) => environment.on('heartbeat', () => resolve('alive')));
  expect(await environment.run(() => beating(() => beat))).toBe('alive');
});
