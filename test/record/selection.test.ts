import type { Knex } from 'knex';
import { openBatch } from '../../record/batches/batches';
import { parseFilters } from '../../record/batches/filters';
import { leftOut, leftOutByReason } from '../../record/batches/items';
import { selectReceivables } from '../../record/engine/selection';
import type { BatchFilters } from '../../domain/batch/filters';
import { createTestDatabase } from '../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
  createFilial,
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

type Carteira = Awaited<ReturnType<typeof createCarteira>>;

async function open(carteira: Carteira, filters: BatchFilters = {}): Promise<string> {
  const batchId = `sel-${carteira.id}-${Math.trunc(performance.now() * 1000)}`;
  await openBatch(knex, { batchId, carteiraId: carteira.id, filters, by: 'operador.1' });
  return batchId;
}

async function items(batchId: string): Promise<{ ordinal: number; receivable_id: number }[]> {
  return knex('batch_item').where({ batch_id: batchId }).orderBy('ordinal').select('ordinal', 'receivable_id');
}

async function selectedWith(carteira: Carteira, filters: unknown): Promise<number[]> {
  const parsed = parseFilters(filters);
  if ('refused' in parsed) throw new Error(parsed.message);
  const batchId = await open(carteira, parsed);
  await selectReceivables(knex, batchId);
  const ids = (await items(batchId)).map((item) => item.receivable_id);
  // The títulos are given free again, for the next filter.
  await knex('batch_item').where({ batch_id: batchId }).update({ closed_at: knex.fn.now(), due_at: null });
  return ids;
}

describe('a selection', () => {
  test('takes what is open, released and never communicated, nearest due date first, without gaps', async () => {
    const carteira = await createCarteira(knex);
    const late = await createReceivable(knex, carteira, { due_date: '2030-03-01' });
    const partial = await createReceivable(knex, carteira, { due_date: '2030-02-01', status: 'P' });
    const early = await createReceivable(knex, carteira, { due_date: '2030-01-15' });
    const sameDay = await createReceivable(knex, carteira, { due_date: '2030-01-15' });
    await createReceivable(knex, carteira, { impresso: true });
    await createReceivable(knex, await createCarteira(knex));
    const batchId = await open(carteira);

    expect(await selectReceivables(knex, batchId)).toEqual({ selected: 4, leftOut: 0, nearestDueDate: '2030-01-15' });
    expect(await items(batchId)).toEqual(
      [early, sameDay, partial, late].map((receivable_id, index) => ({ ordinal: index + 1, receivable_id })),
    );
    const batch = await knex('batch').where({ id: batchId }).first();
    expect(batch).toMatchObject({ selected: 4, left_out: 0, round: 1 });
    const { rows } = await knex.raw<{ rows: { due: boolean }[] }>(
      'select bool_and(due_at <= clock_timestamp()) as due from batch_item where batch_id = ?',
      [batchId],
    );
    expect(rows[0]?.due).toBe(true);
  });

  test('says what it left out and why', async () => {
    const carteira = await createCarteira(knex);
    const accountId = carteira.accountId as number;
    const taken = await createReceivable(knex, carteira);
    const other = await createBatch(knex, carteira.id);
    await createItem(knex, other, taken);
    const registered = await createReceivable(knex, carteira);
    await createBoleto(knex, registered, accountId, { state: 'registered' });
    const paid = await createReceivable(knex, carteira, { status: 'R' });
    const cancelled = await createReceivable(knex, carteira, { status: 'C' });
    const held = await createReceivable(knex, carteira, { released: false });
    const imported_registration = JSON.stringify({ nn_boleto: '90000000042' });
    const elsewhere = await createReceivable(knex, carteira, { imported_registration });
    await createReceivable(knex, carteira, { status: 'R', impresso: true });
    await createReceivable(knex, carteira, { imported_registration, impresso: true });
    const batchId = await open(carteira);

    expect(await selectReceivables(knex, batchId)).toEqual({ selected: 0, leftOut: 6, nearestDueDate: null });
    expect(await leftOut(knex, batchId, { cursor: 0, limit: 10 })).toMatchObject([
      { receivableId: taken, reason: 'inOtherBatch', otherBatchId: other },
      { receivableId: registered, reason: 'alreadyRegistered', otherBatchId: null },
      { receivableId: paid, reason: 'paid', otherBatchId: null },
      { receivableId: cancelled, reason: 'cancelled', otherBatchId: null },
      { receivableId: held, reason: 'notReleased', otherBatchId: null },
      { receivableId: elsewhere, reason: 'earlierBoleto', otherBatchId: null },
    ]);
    expect(await leftOut(knex, batchId, { cursor: cancelled, limit: 10 })).toHaveLength(2);
    expect(await leftOutByReason(knex, batchId)).toContainEqual({
      reason: 'inOtherBatch',
      count: 1,
      otherBatchIds: [other],
    });
  });

  test('happens once: repeated, it answers the stored counts and takes nothing more', async () => {
    const carteira = await createCarteira(knex);
    await createReceivables(knex, carteira, 3);
    const batchId = await open(carteira);
    const first = await selectReceivables(knex, batchId);
    await createReceivable(knex, carteira, { due_date: '2030-01-01' });
    expect(await selectReceivables(knex, batchId)).toEqual(first);
    expect(await items(batchId)).toHaveLength(3);
  });

  test('takes a título whose last call has no known end, of a batch that is over', async () => {
    const carteira = await createCarteira(knex);
    const receivableId = await createReceivable(knex, carteira);
    const old = await createBatch(knex, carteira.id);
    const ordinal = await createItem(knex, old, receivableId, { closed_at: knex.fn.now(), due_at: null });
    const boletoId = await createBoleto(knex, receivableId, carteira.accountId as number, { state: 'unconfirmed' });
    await createAttempt(knex, boletoId, { batchId: old, ordinal, receivableId });
    const batchId = await open(carteira);
    expect(await selectReceivables(knex, batchId)).toMatchObject({ selected: 1, leftOut: 0 });
  });

  test('of nothing is empty, and of an unknown batch is refused', async () => {
    const batchId = await open(await createCarteira(knex));
    expect(await selectReceivables(knex, batchId)).toEqual({ selected: 0, leftOut: 0, nearestDueDate: null });
    expect(await selectReceivables(knex, 'nenhuma')).toMatchObject({ refused: 'comunicacaoDesconhecida' });
  });
});

describe('two selections at the same instant', () => {
  test('with the same filters: each título is in one, and the other says which batch has it', async () => {
    const carteira = await createCarteira(knex);
    await createReceivables(knex, carteira, 200);
    const batches = [await open(carteira), await open(carteira)];
    const counts = await Promise.all(batches.map((batchId) => selectReceivables(knex, batchId)));

    const [winner, loser] = counts[0] && 'selected' in counts[0] && counts[0].selected > 0 ? [0, 1] : [1, 0];
    expect(counts[winner]).toMatchObject({ selected: 200, leftOut: 0 });
    expect(counts[loser]).toMatchObject({ selected: 0, leftOut: 200 });
    expect(await leftOutByReason(knex, batches[loser] as string)).toEqual([
      { reason: 'inOtherBatch', count: 200, otherBatchIds: [batches[winner]] },
    ]);
  });

  test('a título that moves between carteiras meanwhile is left out by the slower, which has no gap', async () => {
    const from = await createCarteira(knex);
    const to = await createCarteira(knex);
    const [first, moved, last] = await createReceivables(knex, to, 3);
    const faster = await createBatch(knex, from.id);
    const slower = await open(to);

    const trx = await knex.transaction();
    await createItem(trx, faster, moved as number);
    const selecting = selectReceivables(knex, slower);
    await untilSomebodyWaitsForALock();
    await trx.commit();

    expect(await selecting).toMatchObject({ selected: 2, leftOut: 1 });
    expect(await items(slower)).toEqual([
      { ordinal: 1, receivable_id: first },
      { ordinal: 2, receivable_id: last },
    ]);
    expect(await leftOutByReason(knex, slower)).toEqual([
      { reason: 'inOtherBatch', count: 1, otherBatchIds: [faster] },
    ]);
  });

  async function untilSomebodyWaitsForALock(): Promise<void> {
    for (;;) {
      const { rows } = await knex.raw<{ rows: unknown[] }>(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (rows.length > 0) return;
    }
  }
});

describe('a filter', () => {
  let carteira: Carteira;
  let plain: number;
  const special: Record<string, number> = {};

  beforeAll(async () => {
    carteira = await createCarteira(knex);
    plain = await createReceivable(knex, carteira);
    const filial = await createFilial(knex, { id: 77 });
    const company = await createCustomer(knex, {
      id: 78,
      person_type: 'J',
      document: '11222333000181',
      city: 'SAO JOSE DOS CAMPOS',
      district: ' Jardim América',
      cep: '12243-000',
    });
    special['due'] = await createReceivable(knex, carteira, { due_date: '2030-06-01' });
    special['issued'] = await createReceivable(knex, carteira, { issue_date: '2020-12-01' });
    special['amount'] = await createReceivable(knex, carteira, {
      amount_cents: 50_000,
      open_amount_cents: 20_000,
      status: 'P',
    });
    special['filial'] = await createReceivable(knex, carteira, { filial_id: filial });
    special['customer'] = await createReceivable(knex, carteira, { customer_id: company });
    special['contract'] = await createReceivable(knex, carteira, { contract_id: 79, contract_kind: 'recorrente' });
    special['chargeType'] = await createReceivable(knex, carteira, { charge_type: 'Instalação' });
    special['lote'] = await createReceivable(knex, carteira, { lote: 'L-7' });
  });

  test.each([
    ['due', { dueFrom: '2030-05-31' }],
    ['due', { dueFrom: '2030-06-01', dueTo: '2030-06-01' }],
    ['issued', { issuedTo: '2020-12-01' }],
    ['amount', { amountFromCents: 20_000, amountToCents: 20_000 }],
    ['filial', { filialIds: [77] }],
    ['customer', { customerIds: [78] }],
    ['customer', { personType: 'J' }],
    ['customer', { city: 'São José dos Campos' }],
    ['customer', { district: 'jardim america' }],
    ['customer', { cep: '12243000' }],
    ['customer', { cep: '12243' }],
    ['contract', { contractId: 79 }],
    ['contract', { contractKind: 'recorrente' }],
    ['chargeType', { chargeType: 'INSTALACAO' }],
    ['lote', { lote: 'L-7' }],
  ])('finds the one título of %s with %j', async (name, filters) => {
    expect(await selectedWith(carteira, filters)).toEqual([special[name]]);
  });

  test.each([
    ['dueTo', { dueTo: '2030-02-10' }, 'due'],
    ['issuedFrom', { issuedFrom: '2021-01-01' }, 'issued'],
    ['amountToCents', { amountToCents: 9_990 }, 'amount'],
    ['contractKind', { contractKind: 'sem-contrato' }, 'contract'],
  ])('%s leaves the others and not the one beyond', async (_name, filters, beyond) => {
    const ids = await selectedWith(carteira, filters);
    expect(ids).toContain(plain);
    expect(ids).not.toContain(special[beyond]);
  });

  test('and another are both obeyed', async () => {
    expect(await selectedWith(carteira, { personType: 'J', lote: 'L-7' })).toEqual([]);
  });

  test('that is hostile text finds nothing and harms nothing', async () => {
    expect(await selectedWith(carteira, { city: "x' or '1'='1", lote: ':batchId' })).toEqual([]);
  });
});
