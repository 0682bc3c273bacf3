import type { Knex } from 'knex';
import { enterPhase, listBatches, openBatch, readBatch } from '../../record/batches/batches';
import { createTestDatabase } from '../kit/database';
import { createBatch, createCarteira, createItem, createReceivable, createUser } from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());

const by = 'operador.1';

describe('opening a batch', () => {
  test('creates it once, also when asked twice at the same instant', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    const batch = { batchId: 'abrir-1', carteiraId, filters: { filialIds: [1, 2] }, by };
    const answers = await Promise.all([openBatch(knex, batch), openBatch(knex, batch), openBatch(knex, batch)]);
    expect(answers).toEqual(Array(3).fill({ gateway: 'banco-do-brasil', round: 1, by }));
    expect(await knex('batch').where({ id: 'abrir-1' })).toMatchObject([
      { requested_by: by, filters: { filialIds: [1, 2] } },
    ]);
    expect(await knex('audit_entry').where({ entity_id: 'abrir-1' })).toMatchObject([
      { actor: by, action: 'openBatch' },
    ]);
  });

  test('answers the round of a batch that the record had already', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    const batch = { batchId: 'abrir-2', carteiraId, filters: {}, by };
    await openBatch(knex, batch);
    await knex('batch').where({ id: 'abrir-2' }).update({ round: 3 });
    expect(await openBatch(knex, batch)).toEqual({ gateway: 'banco-do-brasil', round: 3, by });
  });

  test('refuses the id of a batch with another carteira or other filters', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    const { id: other } = await createCarteira(knex);
    const batch = { batchId: 'abrir-3', carteiraId, filters: { lote: 'A' }, by };
    await openBatch(knex, batch);
    expect(await openBatch(knex, { ...batch, carteiraId: other })).toMatchObject({ refused: 'comunicacaoDiferente' });
    expect(await openBatch(knex, { ...batch, filters: {} })).toMatchObject({ refused: 'comunicacaoDiferente' });
  });

  test('refuses a batch that has ended', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    const batchId = await createBatch(knex, carteiraId, { concluded_at: knex.fn.now(), phase: 'concluded' });
    expect(await openBatch(knex, { batchId, carteiraId, filters: {}, by })).toMatchObject({
      refused: 'comunicacaoEncerrada',
    });
  });

  test('refuses an unknown carteira, and one without a gateway account or convênio', async () => {
    const withoutAccount = await createCarteira(knex, { account_id: null });
    const withoutConvenio = await createCarteira(knex, { convenio: null });
    const open = (carteiraId: number) => openBatch(knex, { batchId: 'abrir-4', carteiraId, filters: {}, by });
    expect(await open(1)).toMatchObject({ refused: 'carteiraDesconhecida' });
    expect(await open(withoutAccount.id)).toMatchObject({ refused: 'carteiraSemConta' });
    expect(await open(withoutConvenio.id)).toMatchObject({ refused: 'carteiraSemConta' });
    expect(await knex('batch').where({ id: 'abrir-4' })).toEqual([]);
  });
});

describe('entering a phase', () => {
  const stateOf = (id: string) => knex('batch').where({ id }).first('phase', 'round', 'pause_reason');

  test('publishes phase, round and reason', async () => {
    const batchId = await createBatch(knex, (await createCarteira(knex)).id);
    await enterPhase(knex, { batchId, phase: 'paused', round: 2, pauseReason: 'config' });
    expect(await stateOf(batchId)).toEqual({ phase: 'paused', round: 2, pause_reason: 'config' });
    await enterPhase(knex, { batchId, phase: 'communicating', round: 2, pauseReason: null });
    expect(await stateOf(batchId)).toEqual({ phase: 'communicating', round: 2, pause_reason: null });
  });

  test('takes back neither a round nor the reason of a pause', async () => {
    const batchId = await createBatch(knex, (await createCarteira(knex)).id, {
      round: 3,
      paused: true,
      pause_reason: 'config',
    });
    await enterPhase(knex, { batchId, phase: 'communicating', round: 2, pauseReason: null });
    expect(await stateOf(batchId)).toEqual({ phase: 'communicating', round: 3, pause_reason: 'config' });
  });

  test('does not reopen a concluded batch', async () => {
    const columns = { concluded_at: knex.fn.now(), phase: 'concluded', round: 1 };
    const batchId = await createBatch(knex, (await createCarteira(knex)).id, columns);
    await enterPhase(knex, { batchId, phase: 'communicating', round: 2, pauseReason: null });
    expect(await stateOf(batchId)).toMatchObject({ phase: 'concluded', round: 1 });
  });
});

describe('reading batches', () => {
  test('lists them newest first, page by page, by carteira and whether they are open', async () => {
    const { id: carteiraId } = await createCarteira(knex);
    const old = await createBatch(knex, carteiraId, { concluded_at: knex.fn.now(), phase: 'concluded' });
    const middle = await createBatch(knex, carteiraId);
    const recent = await createBatch(knex, carteiraId);
    const ids = async (page: Partial<Parameters<typeof listBatches>[1]>) =>
      (await listBatches(knex, { limit: 2, carteiraId, ...page })).map(({ batchId }) => batchId);
    expect(await ids({})).toEqual([recent, middle]);
    const [, last] = await listBatches(knex, { limit: 2, carteiraId });
    expect(await ids({ before: last })).toEqual([old]);
    expect(await ids({ open: false })).toEqual([old]);
  });

  test('shows one with its counts, who asked and its alerts', async () => {
    const carteira = await createCarteira(knex);
    const batchId = await createBatch(knex, carteira.id, { filters: '{"lote":"A"}', selected: 2 });
    await createItem(knex, batchId, await createReceivable(knex, carteira), { state: 'rejected', due_at: null });
    const done = { state: 'registered', due_at: null, closed_at: knex.fn.now(), reconciled: true };
    await createItem(knex, batchId, await createReceivable(knex, carteira), done);
    await knex('alert').insert({ batch_id: batchId, kind: 'config', day: '2030-02-08', message: 'm' });
    expect(await readBatch(knex, batchId)).toMatchObject({
      batchId,
      carteiraId: carteira.id,
      gateway: 'banco-do-brasil',
      phase: 'selecting',
      filters: { lote: 'A' },
      requestedBy: by,
      registered: 1,
      failures: 1,
      counts: { total: 2, reconciled: 1, byState: { rejected: 1, registered: 1, pending: 0 } },
      alerts: [{ kind: 'config', day: '2030-02-08', message: 'm' }],
    });
    expect(await readBatch(knex, 'nenhuma')).toBeNull();
  });

  test('says of due dates how they stand now, and nothing once none is near', async () => {
    const carteira = await createCarteira(knex);
    const batchId = await createBatch(knex, carteira.id);
    const ids = [];
    for (const due_date of ['2020-01-10', '2020-01-20'])
      ids.push(await createReceivable(knex, carteira, { due_date, issue_date: '2020-01-01' }));
    for (const id of ids) await createItem(knex, batchId, id, { state: 'rejected', due_at: null });
    const alerted = { batch_id: batchId, kind: 'dueDate', message: '7 cobranças' };
    await knex('alert').insert([
      { ...alerted, day: '2020-01-18', at: '2020-01-18T12:00:00Z' },
      { ...alerted, day: '2020-01-19', at: '2020-01-19T12:00:00Z' },
    ]);
    const messages = async () => (await readBatch(knex, batchId))!.alerts.map(({ message }) => message);
    expect(await messages()).toEqual([
      '2 cobranças sem boleto registrado: a mais antiga venceu em 10/01/2020.',
      '7 cobranças',
    ]);
    const done = { state: 'registered', due_at: null, closed_at: knex.fn.now() };
    await knex('batch_item').where({ receivable_id: ids[0] }).update(done);
    expect((await messages())[0]).toBe('1 cobrança sem boleto registrado: a mais antiga venceu em 20/01/2020.');
    await knex('receivable').where({ id: ids[1] }).update({ due_date: '2035-01-20' });
    expect(await messages()).toEqual([]);
  });

  test('are found by who asked, by name or by login', async () => {
    const requested_by = await createUser(knex, { name: 'Operadora de Março', login: 'marco.op' });
    const { id: carteiraId } = await createCarteira(knex);
    const batchId = await createBatch(knex, carteiraId, { requested_by });
    await createBatch(knex, carteiraId);
    const found = async (q: string) =>
      (await listBatches(knex, { limit: 9, carteiraId, q })).map((batch) => batch.batchId);
    expect(await found('de março')).toEqual([batchId]);
    expect(await found('MARCO.OP')).toEqual([batchId]);
    expect(await found('ninguém')).toEqual([]);
  });
});
