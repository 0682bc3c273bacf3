import type { Knex } from 'knex';
import { dryRun, type DefectiveTitulo } from '../../record/engine/dryRun';
import { selectReceivables } from '../../record/engine/selection';
import type { BatchFilters } from '../../domain/batch/filters';
import type { GatewayCodec } from '../../domain/gateway';
import { previaDefect } from '../../domain/boleto/previa';
import { bancoDoBrasilCodec } from '../../gateways/bancoDoBrasil/codec';
import { createTestDatabase } from '../kit/database';
import { everythingIn } from '../kit/everything';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
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
const newCarteira = (columns: Record<string, unknown> = {}) => createCarteira(knex, { variation: '35', ...columns });

async function broken(carteira: Carteira, customer: Record<string, unknown>, columns: Record<string, unknown> = {}) {
  return createReceivable(knex, carteira, { customer_id: await createCustomer(knex, customer), ...columns });
}

function run(carteira: Carteira, filters: BatchFilters = {}, codec: GatewayCodec = bancoDoBrasilCodec) {
  return dryRun(knex, codec, { carteiraId: carteira.id, filters });
}

test('tells what is ready, what is pending by cause, and what is left out, each with how much and the nearest vencimento', async () => {
  const carteira = await newCarteira();
  await createReceivables(knex, carteira, 3);
  await createReceivable(knex, carteira, { due_date: '2030-01-15', amount_cents: 100 });
  const cep = await broken(carteira, { cep: '123' }, { due_date: '2030-03-01', amount_cents: 7 });
  const both = await broken(carteira, { cep: '1', name: '' }, { due_date: '2030-02-01', amount_cents: 5 });
  const zero = await createReceivable(knex, carteira, { amount_cents: 0 });
  await createReceivable(knex, carteira, { status: 'R', due_date: '2029-12-01' });
  await createReceivable(knex, carteira, { status: 'C' });
  await createReceivable(knex, carteira, { released: false });
  await createReceivable(knex, carteira, { impresso: true });
  await createReceivable(knex, carteira, { imported_registration: JSON.stringify({ linha_digitavel: '1' }) });
  const elsewhere = await createBatch(knex, carteira.id);
  await createItem(knex, elsewhere, await createReceivable(knex, carteira));
  const registered = await createReceivable(knex, carteira);
  await createBoleto(knex, registered, carteira.accountId as number, { state: 'registered' });

  expect(await run(carteira)).toEqual({
    ready: { count: 4, amountCents: 3 * 9_990 + 100, nearestDueDate: '2030-01-15' },
    pending: { count: 3, amountCents: 12, nearestDueDate: '2030-02-01' },
    uncertain: { count: 0, amountCents: 0, nearestDueDate: null },
    causes: [
      { code: 'cepInvalido', field: 'payer.cep', count: 2, receivableIds: [both, cep] },
      { code: 'nomeVazio', field: 'payer.name', count: 1, receivableIds: [both] },
      { code: 'valorZerado', field: 'amountCents', count: 1, receivableIds: [zero] },
    ],
    leftOut: { count: 6, amountCents: 6 * 9_990, nearestDueDate: '2029-12-01' },
    leftOutByReason: expect.arrayContaining([
      { reason: 'paid', count: 1, amountCents: 9_990, nearestDueDate: '2029-12-01', otherBatchIds: [] },
      { reason: 'cancelled', count: 1, amountCents: 9_990, nearestDueDate: '2030-02-10', otherBatchIds: [] },
      { reason: 'notReleased', count: 1, amountCents: 9_990, nearestDueDate: '2030-02-10', otherBatchIds: [] },
      { reason: 'earlierBoleto', count: 1, amountCents: 9_990, nearestDueDate: '2030-02-10', otherBatchIds: [] },
      {
        reason: 'inOtherBatch',
        count: 1,
        amountCents: 9_990,
        nearestDueDate: '2030-02-10',
        otherBatchIds: [elsewhere],
      },
      { reason: 'alreadyRegistered', count: 1, amountCents: 9_990, nearestDueDate: '2030-02-10', otherBatchIds: [] },
    ]),
  });
});

test('hands out each título with all of its defects, over many chunks, in order of vencimento', async () => {
  const carteira = await newCarteira();
  const wrong = await createCustomer(knex, { district: '', uf: 'XX' });
  await createReceivables(knex, carteira, 1_500);
  await createReceivables(knex, carteira, 700, { customer_id: wrong, due_date: '2030-01-31' });
  await createReceivables(knex, carteira, 800, { customer_id: wrong, due_date: '2030-02-28' });
  const found: DefectiveTitulo[] = [];
  let largest = 0;
  const result = await dryRun(knex, bancoDoBrasilCodec, { carteiraId: carteira.id, filters: {} }, (titulos) => {
    found.push(...titulos);
    largest = Math.max(largest, titulos.length);
  });
  expect(result).toMatchObject({ ready: { count: 1_500 }, pending: { count: 1_500 } });
  expect(result.causes.map(({ code, count }) => [code, count])).toEqual([
    ['bairroVazio', 1_500],
    ['ufInexistente', 1_500],
  ]);
  expect(new Set(found.map(({ receivableId }) => receivableId)).size).toBe(1_500);
  expect(found.map(({ dueDate }) => dueDate)).toEqual(found.map(({ dueDate }) => dueDate).sort());
  expect(largest).toBeLessThanOrEqual(1_000);
  expect(found[0]).toEqual({
    receivableId: expect.any(Number),
    erpKey: null,
    customerId: wrong,
    customerName: 'Fulano Inventado de Teste',
    dueDate: '2030-01-31',
    amountCents: 9_990,
    defects: [
      { code: 'bairroVazio', field: 'payer.district', message: 'O bairro do pagador está vazio.' },
      { code: 'ufInexistente', field: 'payer.uf', message: 'A UF do pagador não existe.' },
    ],
  });
});

test('takes exactly what a communication with the same filters takes, and leaves out the same', async () => {
  const carteira = await newCarteira();
  const campinas = await createCustomer(knex, { city: 'Campinas', cep: '13010100', district: '' });
  await createReceivables(knex, carteira, 3, { customer_id: campinas });
  await createReceivables(knex, carteira, 2, { customer_id: campinas, status: 'R' });
  await createReceivables(knex, carteira, 4);
  const filters: BatchFilters = { city: 'CAMPINAS' };
  const { ready, pending, leftOut } = await run(carteira, filters);
  const batchId = await createBatch(knex, carteira.id, { filters: JSON.stringify(filters) });
  expect(await selectReceivables(knex, batchId)).toMatchObject({
    selected: ready.count + pending.count,
    leftOut: leftOut.count,
  });
  expect([ready.count, pending.count, leftOut.count]).toEqual([0, 3, 2]);
});

test('changes nothing: no row of any table, no sequence, no number given', async () => {
  const carteira = await newCarteira();
  await createReceivables(knex, carteira, 20);
  await broken(carteira, { cep: '123' });
  const before = await everythingIn(knex);
  await run(carteira);
  expect(await everythingIn(knex)).toEqual(before);
});

test('runs in a transaction that could not write', async () => {
  const carteira = await newCarteira();
  await createReceivables(knex, carteira, 1);
  const readOnly: unknown[] = [];
  const listening = knex.on('query', ({ sql }: { sql: string }) => void readOnly.push(sql));
  await run(carteira);
  listening.removeAllListeners('query');
  expect(readOnly.join('\n')).toMatch(/read only/i);
});

test('the address that the carteira sends is the one that is checked', async () => {
  const billing = await newCarteira({ address_source: 'billing' });
  await createReceivables(knex, billing, 1);
  expect((await run(billing)).causes.map(({ code }) => code).sort()).toEqual([
    'bairroVazio',
    'cepVazio',
    'cidadeVazia',
    'enderecoVazio',
    'ufVazia',
  ]);
});

test('a defect of the carteira is everybody’s: nothing is ready', async () => {
  const carteira = await newCarteira({ variation: '', fine_percent: 2.125 });
  await createReceivables(knex, carteira, 3);
  expect(await run(carteira)).toMatchObject({
    ready: { count: 0 },
    pending: { count: 3 },
    causes: [
      { code: 'variacaoInvalida', field: 'variation', count: 3 },
      { code: 'multaInvalida', field: 'rules.finePercent', count: 3 },
    ],
  });
  const sound = await newCarteira();
  await createReceivables(knex, sound, 2);
  const request = { carteiraId: sound.id, filters: {}, ofAll: [previaDefect('credencialIncompleta')] };
  expect(await dryRun(knex, bancoDoBrasilCodec, request)).toMatchObject({
    ready: { count: 0 },
    causes: [{ code: 'credencialIncompleta', count: 2 }],
  });
});

test('a numbering that ends within the selection is foreseen, for those that it does not reach', async () => {
  const carteira = await newCarteira({ convenio: '3128558' });
  await createReceivables(knex, carteira, 5);
  await knex('numbering_space').insert({
    gateway: 'banco-do-brasil',
    convenio: '3128558',
    next_number: 9_999_999_998,
  });
  expect(await run(carteira)).toMatchObject({
    ready: { count: 2 },
    causes: [{ code: 'numeracaoEsgotada', field: 'ourNumber', count: 3 }],
  });
});

test('an earlier call without a certain end is no defect and not ready either: the bank is asked first', async () => {
  const carteira = await newCarteira();
  const receivableId = await broken(carteira, { cep: '1' });
  const boletoId = await createBoleto(knex, receivableId, carteira.accountId as number, { state: 'unconfirmed' });
  const batchId = await createBatch(knex, carteira.id, { phase: 'concluded' });
  const ordinal = await createItem(knex, batchId, receivableId, { due_at: null, closed_at: new Date() });
  await createAttempt(knex, boletoId, { batchId, ordinal, receivableId });
  const found: DefectiveTitulo[] = [];
  const request = { carteiraId: carteira.id, filters: {} };
  expect(await dryRun(knex, bancoDoBrasilCodec, request, (titulos) => void found.push(...titulos))).toMatchObject({
    ready: { count: 0 },
    pending: { count: 0 },
    uncertain: { count: 1, amountCents: 9_990 },
    causes: [],
  });
  expect(found).toEqual([]);
});

describe('where the gateway’s seu número is shorter than our ids', () => {
  const { sending } = bancoDoBrasilCodec;
  const short: GatewayCodec = {
    ...bancoDoBrasilCodec,
    sending: { ...sending, ownReference: { ...sending.ownReference, shortened: true } },
    ownReference: (receivableId) => String(receivableId % 10),
  };

  test('references that come to the same are found among the títulos: the first keeps it', async () => {
    const carteira = await newCarteira();
    const ids = await createReceivables(knex, carteira, 12);
    expect(await run(carteira, {}, short)).toMatchObject({
      ready: { count: 10 },
      causes: [{ code: 'seuNumeroRepetido', field: 'ownReference', count: 2, receivableIds: ids.slice(10) }],
    });
  });

  test('and against the record; a título keeps the one it has', async () => {
    const carteira = await newCarteira();
    const [first, second] = (await createReceivables(knex, carteira, 2)) as [number, number];
    const columns = { state: 'draft', own_reference: String(second % 10), our_number: '00031285570000000001' };
    await createBoleto(knex, first, carteira.accountId as number, columns);
    expect(await run(carteira, {}, short)).toMatchObject({
      ready: { count: 1 },
      causes: [{ code: 'seuNumeroRepetido', receivableIds: [second] }],
    });
  });
});
