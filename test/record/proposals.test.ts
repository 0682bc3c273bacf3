import type { Knex } from 'knex';
import { correctMany, undoCorrections } from '../../record/receivables/bulkCorrections';
import { settleConflict } from '../../record/batches/conflicts';
import { correctReceivable } from '../../record/receivables/corrections';
import { proposalsOf } from '../../record/receivables/proposals';
import { knownCodec } from '../../gateways';
import { createTestDatabase } from '../kit/database';
import { openImporting } from '../kit/importing';
import { createBatch, createCarteira, createCustomer, createItem, createReceivable } from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
let rows: Awaited<ReturnType<typeof openImporting>>;
let carteira: Awaited<ReturnType<typeof createCarteira>>;
beforeAll(async () => {
  ({ knex, close } = await createTestDatabase());
  rows = await openImporting(knex);
  carteira = await createCarteira(knex);
});
afterAll(async () => {
  await rows.close();
  await close();
});

const importing = async (...lines: object[]) => (await rows.importing(...lines)).counts;
const cliente = (id: number, columns: object = {}) => ({
  ...{ type: 'cliente', id, tipo_pessoa: 'F', razao: 'Fulano Inventado de Teste', cnpj_cpf: '52998224725' },
  ...{ cep: '99999999', ...columns },
});
async function customerWith(columns: object = {}) {
  const customerId = await createCustomer(knex, { cep: '99999999', ...columns });
  return { customerId, id: await createReceivable(knex, carteira, { customer_id: customerId }) };
}
const correct = (receivableId: number, changes: Record<string, string>) =>
  correctReceivable(knex, { receivableId, changes, by: 'u-1' }, knownCodec);
const cepOf = async (id: number) => (await knex('customer').where({ id }).first<{ cep: string }>('cep')).cep;
const ends = (rowId: number) =>
  knex('correction_basis').where({ row_id: rowId }).orderBy('id').pluck<(string | null)[]>('end_reason');
const conflicts = async (id: number) => (await proposalsOf(knex, id)).map(({ conflict }) => conflict?.value ?? null);
const alertsOf = (id: number) => knex('alert').where({ receivable_id: id, kind: 'sourceConflict' });

test('a correction stays while the source repeats the value that it was based on', async () => {
  const { id, customerId } = await customerWith();
  const batchId = await createBatch(knex, carteira.id);
  await createItem(knex, batchId, id, { state: 'rejected', due_at: null });
  await correct(id, { cep: '01310-100' });
  const version = await knex('receivable').where({ id }).first<{ version: number }>('version');
  const counts = await importing(cliente(customerId));
  await importing(cliente(customerId, { email: 'novo@exemplo.com.br' }));
  expect(counts.cliente).toEqual({ new: 0, changed: 0, unchanged: 1 });
  expect(await knex('customer').where({ id: customerId }).first()).toMatchObject({
    cep: '01310100',
    email: 'novo@exemplo.com.br',
  });
  expect(await knex('receivable').where({ id }).first('version')).toEqual(version);
  expect(await proposalsOf(knex, id)).toMatchObject([
    { field: 'cep', basis: '99999999', value: '01310100', who: 'u-1', conflict: null },
  ]);
});

test('a source that sends the corrected value ends the proposal, and may change it from then on', async () => {
  const { id, customerId } = await customerWith();
  await correct(id, { cep: '01310100' });
  await importing(cliente(customerId, { cep: '01310-100' }));
  expect(await ends(customerId)).toEqual(['agreed']);
  await importing(cliente(customerId, { cep: '20040002' }));
  expect(await cepOf(customerId)).toBe('20040002');
});

test('a term of its own that a título gets or loses is a proposal as any other', async () => {
  const line = async (id: number, desconto: string) => {
    const { customer_id } = await knex('receivable').where({ id }).first<{ customer_id: number }>();
    return {
      ...{ type: 'titulo', id, id_cliente: customer_id, filial_id: carteira.filialId, valor: '99,90', desconto },
      ...{ id_carteira_cobranca: carteira.id, data_emissao: '02/01/2030', data_vencimento: '10/02/2030' },
    };
  };
  const discountOf = async (id: number) => {
    const row = await knex('receivable').where({ id }).first<{ discount_percent: string | null }>('discount_percent');
    return row.discount_percent === null ? null : Number(row.discount_percent);
  };
  const [gets, loses] = [(await customerWith()).id, (await customerWith()).id];
  await importing(await line(gets, ''), await line(loses, '10'));
  await correct(gets, { desconto: '0' });
  await correct(loses, { desconto: '' });
  await importing(await line(gets, ''), await line(loses, '10'));
  expect([await discountOf(gets), await discountOf(loses)]).toEqual([0, null]);
  expect([await conflicts(gets), await conflicts(loses)]).toEqual([[null], [null]]);
  await importing(await line(gets, '5'), await line(loses, '5'));
  expect([await conflicts(gets), await conflicts(loses)]).toEqual([[5], [5]]);
});

test('a third value is kept for a person and told once, and the correction stays', async () => {
  const { id, customerId } = await customerWith();
  await correct(id, { cep: '01310100' });
  await importing(cliente(customerId, { cep: '20040002' }));
  const [first] = await proposalsOf(knex, id);
  expect(first).toMatchObject({ value: '01310100', conflict: { value: '20040002' } });
  expect(await cepOf(customerId)).toBe('01310100');
  await importing(cliente(customerId, { cep: '20040002' }));
  expect(await proposalsOf(knex, id)).toEqual([first]);
  expect(await alertsOf(id)).toMatchObject([{ message: expect.not.stringContaining('20040002') as string }]);
  // A fourth is another question; the value of before is none any more.
  await importing(cliente(customerId, { cep: '30110001' }));
  expect(await conflicts(id)).toEqual(['30110001']);
  await importing(cliente(customerId));
  expect(await conflicts(id)).toEqual([null]);
  expect(await cepOf(customerId)).toBe('01310100');
});

test.each([
  ['manter', '01310100', '20040002'],
  ['aceitar', '20040002', null],
] as const)(
  'who decides to %s leaves %s, and the next import of the same asks nothing',
  async (decision, cep, basis) => {
    const { id, customerId } = await customerWith();
    await correct(id, { cep: '01310100' });
    await importing(cliente(customerId, { cep: '20040002' }));
    const [proposal] = await proposalsOf(knex, id);
    const settle = (key?: string) =>
      settleConflict(
        knex,
        { ...{ receivableId: id, proposalId: proposal?.id ?? 0, decision, by: 'u-2', reason: 'conferido', key } },
        knownCodec,
      );
    expect(await settle('0'.repeat(32))).toEqual({ kind: 'changedSince' });
    expect(await settle(proposal?.conflict?.key)).toMatchObject({ kind: 'settled', field: 'cep', value: cep });
    expect(await settle()).toEqual({ kind: 'nothingToDecide' });
    await importing(cliente(customerId, { cep: '20040002' }));
    expect(await cepOf(customerId)).toBe(cep);
    expect((await proposalsOf(knex, id)).map((each) => [each.basis, each.conflict])).toEqual(
      basis === null ? [] : [[basis, null]],
    );
    expect(
      await knex('audit_entry')
        .where({ entity_id: String(id), actor: 'u-2' })
        .first('action', 'reason'),
    ).toEqual({ action: decision === 'manter' ? 'manterCorrecao' : 'aceitarOrigem', reason: 'conferido' });
  },
);

test('of another título of the same customer the conflict is the same, and is decided once', async () => {
  const { id, customerId } = await customerWith();
  const other = await createReceivable(knex, carteira, { customer_id: customerId });
  const stranger = await createReceivable(knex, carteira);
  await correct(id, { cep: '01310100' });
  await importing(cliente(customerId, { cep: '20040002' }));
  const [proposal] = await proposalsOf(knex, other);
  const decision = { proposalId: proposal?.id ?? 0, decision: 'aceitar', by: 'u-2', reason: null } as const;
  expect(await settleConflict(knex, { receivableId: stranger, ...decision }, knownCodec)).toEqual({
    kind: 'nothingToDecide',
  });
  expect(await settleConflict(knex, { receivableId: other, ...decision }, knownCodec)).toMatchObject({
    kind: 'settled',
  });
  expect(await ends(customerId)).toEqual(['conflictSettled']);
});

test('a correction of a correction stands on what the source said, and one that puts that back ends', async () => {
  const { id, customerId } = await customerWith();
  await correct(id, { cep: '01310100' });
  await correct(id, { cep: '20040002' });
  expect(await proposalsOf(knex, id)).toMatchObject([{ basis: '99999999', value: '20040002' }]);
  await importing(cliente(customerId));
  expect(await cepOf(customerId)).toBe('20040002');
  await correct(id, { cep: '99999999' });
  expect(await proposalsOf(knex, id)).toEqual([]);
  expect(await ends(customerId)).toEqual(['replaced', 'undone']);
  await importing(cliente(customerId, { cep: '30110001' }));
  expect(await cepOf(customerId)).toBe('30110001');
});

test('dates, amounts and flags of a título are proposals as well; what ends the título ends them', async () => {
  const id = await createReceivable(knex, carteira);
  const { customer_id: customerId } = await knex('receivable').where({ id }).first<{ customer_id: number }>();
  const titulo = {
    ...{ type: 'titulo', id, id_cliente: customerId, filial_id: carteira.filialId, valor: '99,90', liberado: 'S' },
    ...{ id_carteira_cobranca: carteira.id, data_emissao: '02/01/2030', data_vencimento: '10/02/2030' },
  };
  await correct(id, { data_vencimento: '10/03/2030', valor: '120,00', liberado: 'N' });
  const corrected = { due_date: '2030-03-10', amount_cents: 12_000, open_amount_cents: 12_000, released: false };
  await importing(titulo);
  expect(await knex('receivable').where({ id }).first()).toMatchObject(corrected);
  await importing({ ...titulo, valor: '110,00' });
  expect(await knex('receivable').where({ id }).first()).toMatchObject(corrected);
  expect(await conflicts(id)).toEqual([11_000, null, 11_000, null]);
  await importing({ ...titulo, status: 'R' });
  expect(await knex('receivable').where({ id }).first()).toMatchObject({ status: 'R', open_amount_cents: 0 });
  expect(await ends(id)).toEqual(['closed', 'closed', 'closed', 'closed']);
});

test('a correction of many is a proposal of each, and undone it is none', async () => {
  const batchId = await createBatch(knex, carteira.id);
  const made = [await customerWith(), await customerWith()];
  for (const { id } of made) await createItem(knex, batchId, id, { state: 'rejected', due_at: null });
  const of = { receivableIds: made.map(({ id }) => id) };
  const result = await correctMany(
    knex,
    { batchId, of, changes: { cep: '01310100' }, by: 'u-1', reason: null },
    knownCodec,
  );
  if ('kind' in result) throw new Error(result.kind);
  const [first, second] = made as [(typeof made)[0], (typeof made)[0]];
  await importing(cliente(first.customerId), cliente(second.customerId, { cep: '20040002' }));
  expect([await cepOf(first.customerId), await cepOf(second.customerId)]).toEqual(['01310100', '01310100']);
  expect(await conflicts(second.id)).toEqual(['20040002']);
  await undoCorrections(knex, { correctionId: result.correctionId, by: 'u-1' }, knownCodec);
  expect([await ends(first.customerId), await ends(second.customerId)]).toEqual([['undone'], ['undone']]);
  await importing(cliente(first.customerId), cliente(second.customerId, { cep: '20040002' }));
  expect([await cepOf(first.customerId), await cepOf(second.customerId)]).toEqual(['99999999', '20040002']);
});
