import type { Knex } from 'knex';
import { bankWorkOf, countBankWork, listBankWork, workDone } from '../../record/receivables/bankWork';
import { correctMany, undoCorrections } from '../../record/receivables/bulkCorrections';
import { correctReceivable } from '../../record/receivables/corrections';
import { printingOf } from '../../record/receivables/printing';
import { knownCodec } from '../../gateways';
import type { LocalDate } from '../../domain/kinds/dates';
import { dueDateFactor } from '../../domain/codes/dueDateFactor';
import { createTestDatabase } from '../kit/database';
import { openImporting } from '../kit/importing';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
  createItem,
  createReceivable,
} from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
let rows: Awaited<ReturnType<typeof openImporting>>;
let carteira: Awaited<ReturnType<typeof createCarteira>>;
beforeAll(async () => {
  ({ knex, close } = await createTestDatabase());
  rows = await openImporting(knex);
});
beforeEach(async () => {
  carteira = await createCarteira(knex);
});
afterAll(async () => {
  await rows.close();
  await close();
});

/** Of R$ 99,90, due on 10/02/2030. */
const BARCODE = `00191${dueDateFactor('2030-02-10' as LocalDate)}0000009990${'0'.repeat(25)}`;

const importing = (...lines: object[]) => rows.importing(...lines);
/** Registered by an attempt, as the bank was sent it. */
async function registered(columns: object = {}) {
  const id = await createReceivable(knex, carteira, { impresso: true, ...columns });
  const { customer_id: customerId } = await knex('receivable').where({ id }).first<{ customer_id: number }>();
  const batchId = await createBatch(knex, carteira.id);
  const item = { state: 'registered', due_at: null, closed_at: new Date() };
  const ordinal = await createItem(knex, batchId, id, item);
  const boletoId = await createBoleto(knex, id, carteira.accountId as number, {
    state: 'sending',
    our_number: `N${id}`,
  });
  const street = 'Avenida Inventada';
  const payer = {
    ...{ personType: 'F', document: '52998224725', name: 'Fulano Inventado de Teste', street, number: '100' },
    ...{ complement: '', district: 'Centro', city: 'São Paulo', uf: 'SP', cep: '01310100' },
  };
  const snapshot = { receivableId: id, dueDate: '2030-02-10', amountCents: 9_990, payer };
  const call = { batchId, ordinal, receivableId: id };
  await createAttempt(knex, boletoId, call, { resolution: 'registered', snapshot: JSON.stringify(snapshot) });
  const codes = {
    linha_digitavel: '0019',
    barcode: BARCODE,
    registered_at: new Date(),
  };
  await knex('boleto')
    .where({ id: boletoId })
    .update({ state: 'registered', ...codes });
  const line = {
    ...{ type: 'titulo', id, id_cliente: customerId, filial_id: carteira.filialId, valor: '99,90' },
    ...{ id_carteira_cobranca: carteira.id, data_emissao: '02/01/2030', data_vencimento: '10/02/2030' },
  };
  return { id, customerId, boletoId, line };
}
const open = async (id: number) => {
  const work = await bankWorkOf(knex, id);
  return work && { kind: work.kind, fields: work.fields, origin: work.origin, by: work.by };
};
const closings = (id: number) =>
  knex('bank_work').where({ receivable_id: id }).orderBy('id').select('kind', 'close_reason', 'closed_by');

test('a later vencimento of a registered título is taken beside new ones, and is to be altered at the bank', async () => {
  const { id, line } = await registered();
  const other = (offset: number) => ({ ...line, id: id + 1_000_000 + offset });
  const result = await importing(other(1), other(2), { ...line, data_vencimento: '10/03/2030' }, other(3));
  expect(result.counts.titulo).toEqual({ new: 3, changed: 1, unchanged: 0 });
  expect(await knex('receivable').where({ id }).first()).toMatchObject({ due_date: '2030-03-10', impresso: true });
  expect(await open(id)).toEqual({
    ...{ kind: 'alter', origin: 'import', by: 'erp' },
    fields: { data_vencimento: { bank: '2030-02-10', wanted: '2030-03-10' } },
  });
  // What is printed is what the bank has.
  expect(await printingOf(knex, id)).toMatchObject({ boleto: { charge: { dueDate: '2030-02-10' } } });

  await importing({ ...line, data_vencimento: '20/03/2030', valor: '110,00' });
  expect(await open(id)).toMatchObject({
    fields: { data_vencimento: { wanted: '2030-03-20' }, valor_aberto: { bank: 9_990, wanted: 11_000 } },
  });
  await importing(line);
  expect(await open(id)).toBeNull();
  expect(await closings(id)).toEqual([{ kind: 'alter', close_reason: 'equal', closed_by: 'erp' }]);
});

test.each([
  [
    'another cliente',
    async () => ({ id_cliente: await createCustomer(knex, { document: '11144477735' }) }),
    'id_cliente',
  ],
  ['a cliente of the same CPF', async () => ({ id_cliente: await createCustomer(knex) }), 'id_cliente'],
  [
    'another carteira',
    async () => ({ id_carteira_cobranca: (await createCarteira(knex, { filial_id: carteira.filialId })).id }),
    'id_carteira_cobranca',
  ],
  ['a value of zero', () => Promise.resolve({ valor: '0,00' }), 'valor_aberto'],
  ['a cancellation', () => Promise.resolve({ status: 'C', data_vencimento: '11/02/2030' }), 'status'],
  ['a payment elsewhere', () => Promise.resolve({ status: 'R' }), 'status'],
])('%s is to be written off at the bank', async (_, changes, field) => {
  const { id, line } = await registered();
  await importing({ ...line, data_vencimento: '10/03/2030' });
  await importing({ ...line, ...(await changes()) });
  expect(await open(id)).toMatchObject({ kind: 'cancel', fields: { [field]: {} }, origin: 'import' });
  expect((await closings(id))[0]).toMatchObject({ kind: 'alter', close_reason: 'replaced' });
  // Never registered a second time.
  expect(await knex('receivable').where({ id }).first()).toMatchObject({ impresso: true });
  expect(await knex('boleto').where({ receivable_id: id }).pluck('state')).toEqual(['registered']);
  await importing({ ...line, status: 'A' });
  expect(await open(id)).toBeNull();
});

test('a term of its own that changes after registration is to be altered at the bank, and put back it is not', async () => {
  const { id } = await registered();
  await correctReceivable(knex, { receivableId: id, changes: { desconto: '5' }, by: 'u-1' }, knownCodec);
  expect(await bankWorkOf(knex, id)).toMatchObject({
    kind: 'alter',
    fields: { condicoes: expect.anything() as object },
  });
  await correctReceivable(knex, { receivableId: id, changes: { desconto: '' }, by: 'u-1' }, knownCodec);
  expect(await bankWorkOf(knex, id)).toBeNull();
});

test('of a payer the bank is told what it knows, of every título that it has of him', async () => {
  const { id, customerId } = await registered();
  const other = await registered({ customer_id: customerId });
  const cliente = { type: 'cliente', id: customerId, tipo_pessoa: 'F', cnpj_cpf: '52998224725' };
  const razao = 'Fulano Inventado de Teste';
  await importing({
    ...cliente,
    razao: razao.toUpperCase(),
    email: 'a@exemplo.com.br',
    cidade: 'SAO PAULO',
    cep_cob: '20040002',
  });
  expect([await open(id), await open(other.id)]).toEqual([null, null]);
  await importing({ ...cliente, razao, endereco: 'Rua Nova' });
  for (const each of [id, other.id])
    expect(await open(each)).toEqual({
      ...{ kind: 'alter', origin: 'import', by: 'erp' },
      fields: { endereco: { bank: 'Avenida Inventada', wanted: 'Rua Nova' } },
    });
  await importing({ ...cliente, razao, cnpj_cpf: '11144477735' });
  expect(await open(id)).toMatchObject({
    kind: 'cancel',
    fields: { cnpj_cpf: { bank: '52998224725', wanted: '11144477735' }, endereco: {} },
  });
});

test('a carteira that sends the billing address is asked about that one', async () => {
  await knex('carteira').where({ id: carteira.id }).update({ address_source: 'billing' });
  const billing = { street: 'Avenida Inventada', number: '100', district: 'Centro', city: 'São Paulo', uf: 'SP' };
  const columns = Object.fromEntries(Object.entries(billing).map(([name, value]) => [`billing_${name}`, value]));
  const customer_id = await createCustomer(knex, { ...columns, billing_cep: '01310100' });
  const { id } = await registered({ customer_id });
  const correct = (changes: Record<string, string>) =>
    correctReceivable(knex, { receivableId: id, changes, by: 'u-1' }, knownCodec);
  expect(await correct({ endereco: 'Rua Nova' })).toMatchObject({ changed: ['endereco'], bankWork: null });
  expect(await correct({ cep_cob: '20040002' })).toMatchObject({
    bankWork: { kind: 'alter', fields: { cep_cob: { bank: '01310100', wanted: '20040002' } } },
  });
});

test('a correction of a registered título is saved, and says what the bank still has; of an e-mail it says nothing', async () => {
  const { id } = await registered();
  const correct = (changes: Record<string, string>) =>
    correctReceivable(knex, { receivableId: id, changes, by: 'u-1' }, knownCodec);
  expect(await correct({ email: 'a@exemplo.com.br', whatsapp: '11999990000' })).toMatchObject({
    ...{ kind: 'corrected', changed: ['email', 'whatsapp'], bankWork: null },
  });
  expect(await correct({ data_vencimento: '10/03/2030' })).toMatchObject({
    bankWork: { kind: 'alter', origin: 'correction', by: 'u-1' },
  });
  expect(await correct({ status: 'C' })).toMatchObject({ bankWork: { kind: 'cancel', fields: { status: {} } } });
});

test('of many títulos those that are registered are counted, and undone while the bank has them they stay', async () => {
  const { id } = await registered();
  const free = await createReceivable(knex, carteira);
  const batchId = await createBatch(knex, carteira.id);
  for (const each of [id, free]) await createItem(knex, batchId, each, { state: 'rejected', due_at: null });
  const of = { receivableIds: [id, free] };
  const request = { batchId, of, changes: { data_vencimento: '10/03/2030' }, by: 'u-1', reason: null };
  const result = await correctMany(knex, request, knownCodec);
  expect(result).toMatchObject({ corrected: 2, bankWork: 1, refusedCount: 0 });
  if ('kind' in result) throw new Error(result.kind);
  expect(await undoCorrections(knex, { correctionId: result.correctionId, by: 'u-1' }, knownCodec)).toMatchObject({
    ...{ undone: 1, refused: 1 },
  });
  expect(await open(id)).toMatchObject({ kind: 'alter' });
});

test('what a person did at the bank is closed, and the record knows from then on what the bank has', async () => {
  const { id, line } = await registered();
  await importing({ ...line, data_vencimento: '10/03/2030' });
  const work = await bankWorkOf(knex, id);
  const done = (changedAt?: Date) =>
    workDone(knex, { workId: work?.id ?? 0, by: 'u-1', reason: 'alterado no site', changedAt });
  await importing({ ...line, data_vencimento: '20/03/2030' });
  expect(await done(work?.changedAt)).toMatchObject({ kind: 'changedSince' });
  expect(await done()).toMatchObject({ kind: 'done' });
  expect(await done()).toEqual({ kind: 'closed' });
  await importing({ ...line, data_vencimento: '20/03/2030', documento: 'A-1' });
  expect(await open(id)).toBeNull();
  await importing(line);
  expect(await open(id)).toMatchObject({
    fields: { data_vencimento: { bank: '2030-03-20', wanted: '2030-02-10' } },
  });
  expect(
    await knex('audit_entry')
      .where({ action: 'feitoNoBanco', entity_id: String(id) })
      .first(),
  ).toMatchObject({
    ...{ actor: 'u-1', reason: 'alterado no site' },
    ...{ before: { data_vencimento: '2030-02-10' }, after: { data_vencimento: '2030-03-20' } },
  });
});

test('a boleto that was written off at the bank is cancelled in the record, and nothing is sent by itself', async () => {
  const { id, line } = await registered();
  await importing({ ...line, valor: '0,00' });
  const work = await bankWorkOf(knex, id);
  await workDone(knex, { workId: work?.id ?? 0, by: 'u-1', reason: 'baixado' });
  expect(await knex('boleto').where({ receivable_id: id }).pluck('state')).toEqual(['cancelled']);
  expect(await knex('receivable').where({ id }).first()).toMatchObject({ impresso: true });
  expect(await open(id)).toBeNull();
});

test('a boleto that is registered with the data of before a correction is to be altered', async () => {
  const id = await createReceivable(knex, carteira, { due_date: '2030-03-10', version: 2 });
  const batchId = await createBatch(knex, carteira.id);
  const ordinal = await createItem(knex, batchId, id);
  const boletoId = await createBoleto(knex, id, carteira.accountId as number, { state: 'unconfirmed' });
  await createAttempt(knex, boletoId, { batchId, ordinal, receivableId: id }, { resolution: 'registered' });
  await knex('boleto')
    .where({ id: boletoId })
    .update({ state: 'registered', linha_digitavel: '0019', registered_at: new Date(), older_data: true });
  expect(await open(id)).toMatchObject({
    ...{ kind: 'alter', origin: 'registration', by: null },
    fields: { data_vencimento: { bank: '2030-02-10', wanted: '2030-03-10' } },
  });
});

test('the attempt that the barcode is about tells what the bank has, whatever was thought of it', async () => {
  const id = await createReceivable(knex, carteira, { amount_cents: 12_345, version: 2 });
  const batchId = await createBatch(knex, carteira.id);
  const ordinal = await createItem(knex, batchId, id);
  const boletoId = await createBoleto(knex, id, carteira.accountId as number, { state: 'unconfirmed' });
  const call = { batchId, ordinal, receivableId: id };
  const snapshot = (amountCents: number) => JSON.stringify({ dueDate: '2030-02-10', amountCents, payer: {} });
  await createAttempt(knex, boletoId, call, { resolution: 'absent', snapshot: snapshot(9_990) });
  await createAttempt(knex, boletoId, call, {
    resolution: 'registered',
    kind: 'duplicate',
    snapshot: snapshot(12_345),
  });
  await knex('boleto').where({ id: boletoId }).update({
    state: 'registered',
    linha_digitavel: '0019',
    barcode: BARCODE,
    registered_at: new Date(),
    older_data: true,
  });
  expect(await open(id)).toMatchObject({
    ...{ kind: 'alter', origin: 'registration' },
    fields: { valor_aberto: { bank: 9_990, wanted: 12_345 } },
  });
});

test('lists are by kind and carteira, of the own filial, page by page, and counted', async () => {
  const made = [await registered(), await registered(), await registered()];
  const [first, second, third] = made as [(typeof made)[0], (typeof made)[0], (typeof made)[0]];
  await importing(...[first, second].map(({ line }) => ({ ...line, data_vencimento: '10/03/2030' })), {
    ...third.line,
    status: 'C',
  });
  const list = async (filter: object) =>
    (await listBankWork(knex, { filiais: [carteira.filialId], limit: 2, ...filter })).map(
      ({ receivableId }) => receivableId,
    );
  const [one] = await listBankWork(knex, { filiais: [carteira.filialId], limit: 1 });
  expect(await list({})).toEqual([first.id, second.id]);
  expect(await list({ after: one?.id })).toEqual([second.id, third.id]);
  expect(await list({ kind: 'cancel', carteiraId: carteira.id })).toEqual([third.id]);
  expect(await list({ filiais: [carteira.filialId + 100_000] })).toEqual([]);
  expect(await countBankWork(knex, { filiais: null, carteiraId: carteira.id })).toEqual({ alter: 2, cancel: 1 });
});
