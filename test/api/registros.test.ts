import { buildBarcode, toLinhaDigitavel } from '../../domain/codes/barcode';
import { localDate } from '../../domain/kinds/dates';
import type { Cents } from '../../domain/kinds/money';
import { createAttempt, createBatch, createBoleto, createCarteira, createItem, createReceivable } from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';

/* What an ERP stores, over HTTP. In which order and without gaps: test/record/resultFeed.test.ts. */

let scene: ApiScene;
beforeAll(async () => void (scene = await openApiScene()));
beforeEach(() => scene.knex.raw('truncate result_change, result_feed, feed_run'));
afterAll(() => scene.close());

async function createRegistered(columns: object = {}) {
  const { knex } = scene;
  const carteira = await createCarteira(knex);
  const receivableId = await createReceivable(knex, carteira, { impresso: true });
  const batchId = await createBatch(knex, carteira.id, { filiais: [carteira.filialId] });
  const barcode = buildBarcode({
    ...{ bank: '001', dueDate: localDate('2030-02-11'), amountCents: 12_345 as Cents },
    freeField: '0000003128557000000000117',
  });
  const boletoId = await createBoleto(knex, receivableId, carteira.accountId as number, {
    ...{ state: 'registered', our_number: '00031285570000000001', own_reference: `R${receivableId}`, barcode },
    ...{
      linha_digitavel: toLinhaDigitavel(barcode),
      pix_emv: '000201',
      pix_txid: 'tx1',
      link: 'https://banco.invalid/1',
    },
    // An attempt of ours registered it: the bank has what was sent, and its codes say so.
    ...{ registered_at: '2030-01-10T12:00:00Z', bank_terms: '{}', ...columns },
  });
  const item = { batchId, receivableId, ordinal: 1 };
  await createItem(knex, batchId, receivableId, { state: 'registered', boleto_id: boletoId, due_at: null });
  await createAttempt(knex, boletoId, item, { resolution: 'registered' });
  return { ...carteira, receivableId, batchId, barcode };
}
const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a registered título brings what an ERP stores, valor and vencimento as the bank has them', async () => {
  const { id, filialId, receivableId, batchId, barcode } = await createRegistered();
  const { token } = await scene.createToken('consulta');
  const { status, body } = await scene.ask(token, 'GET', '/registros');
  expect(status).toBe(200);
  expect(body).toEqual({
    registros: [
      {
        ...{ receivableId, erpKey: String(receivableId), carteiraId: id, filialId, impresso: true, batchId },
        ...{ state: 'registered', stateLabel: 'Registrado', failure: null },
        ...{ ourNumber: '00031285570000000001', ownReference: `R${receivableId}`, barcode },
        ...{
          linhaDigitavel: toLinhaDigitavel(barcode),
          pixEmv: '000201',
          pixTxid: 'tx1',
          link: 'https://banco.invalid/1',
        },
        ...{ registeredAt: '2030-01-10T12:00:00.000Z', dueDate: '2030-02-11', amountCents: 12_345 },
        ...{ olderData: false, homologation: false, payableThoughClosed: false },
        changedAt: expect.any(String) as string,
        cursor: body.proximo as string,
      },
    ],
    proximo: expect.any(String) as string,
    haMais: false,
  });
  expect((await scene.ask(token, 'GET', `/registros?apos=${body.proximo}`)).body).toEqual({
    ...{ registros: [], haMais: false, proximo: body.proximo as string },
  });
});

test('codes that must not be paid are not read for valor and vencimento: those that were sent are told', async () => {
  await createRegistered({ homologation: true, divergence: ['amount'] });
  const { token } = await scene.createToken('consulta');
  const { body } = await scene.ask(token, 'GET', '/registros');
  expect(body.registros).toMatchObject([{ homologation: true, dueDate: '2030-02-10', amountCents: 9_990 }]);
});

test('a failure says in words why, who mends it and how, beside the bank’s own code and text', async () => {
  const { knex } = scene;
  const carteira = await createCarteira(knex);
  const receivableId = await createReceivable(knex, carteira);
  const batchId = await createBatch(knex, carteira.id, { filiais: [carteira.filialId] });
  await createItem(knex, batchId, receivableId, { state: 'sending' });
  await knex('batch_item')
    .where({ batch_id: batchId })
    .update({
      ...{ state: 'rejected', failure_kind: 'data', due_at: null },
      ...{ provider_code: '4874915', provider_message: 'CEP do pagador não encontrado.', field: 'payer.cep' },
    });
  const { token } = await scene.createToken('consulta');
  const { body } = await scene.ask(token, 'GET', '/registros');
  expect(body.registros).toMatchObject([
    {
      ...{ receivableId, state: 'rejected', stateLabel: 'Rejeitado (dados)', batchId, linhaDigitavel: null },
      ...{ dueDate: null, amountCents: null, registeredAt: null },
      failure: {
        ...{ kind: 'data', bankCode: '4874915', bankText: 'CEP do pagador não encontrado.', fieldName: 'cep' },
        cause: expect.stringMatching(/\w/) as string,
        advice: expect.stringMatching(/\w/) as string,
        whoFixes: 'cadastro do cliente',
      },
    },
  ]);
});

test('each registro has the place after it: whoever stopped in the middle of a page goes on there', async () => {
  const made = [await createRegistered(), await createRegistered({ our_number: '00031285570000000002' })];
  const { token } = await scene.createToken('consulta');
  const { body } = await scene.ask(token, 'GET', '/registros');
  const [first] = body.registros as [{ receivableId: number; cursor: string }];
  expect(first.receivableId).toBe(made[0]?.receivableId);
  const rest = await scene.ask(token, 'GET', `/registros?apos=${first.cursor}&limite=1`);
  expect(rest.body).toMatchObject({ registros: [{ receivableId: made[1]?.receivableId }], haMais: false });
});

test.each(['0', '1001', 'abc', '-1', '1.5', ''])('limite=%s is refused', async (limite) => {
  const { token } = await scene.createToken('consulta');
  const { status, body } = await scene.ask(token, 'GET', `/registros?limite=${limite}`);
  expect([status, body.code, body.fields[0].field]).toEqual([400, 'entrada_invalida', 'limite']);
});

test.each([
  ['no base64url', 'a b'],
  ['no JSON', 'YWJj'],
  ['a place of another list', cursorOf([17])],
  ['no token', cursorOf([17, 'x'])],
  ['a negative place', cursorOf([-1, '00000000-0000-4000-8000-000000000000'])],
  ['a place beyond all numbers', cursorOf([1e300, '00000000-0000-4000-8000-000000000000'])],
  ['too long', 'A'.repeat(201)],
  ['empty', ''],
])('a cursor that is %s is refused as malformed', async (_, apos) => {
  const { token } = await scene.createToken('consulta');
  const { status, body } = await scene.ask(token, 'GET', `/registros?apos=${encodeURIComponent(apos)}`);
  expect([status, body.code, body.fields[0].field]).toEqual([400, 'entrada_invalida', 'apos']);
});

test('a cursor of another record is told as such, with what to do; that of an empty one is good everywhere', async () => {
  const { token } = await scene.createToken('consulta');
  const empty = await scene.ask(token, 'GET', '/registros');
  expect(empty.body).toMatchObject({ registros: [], haMais: false });
  await createRegistered();
  const foreign = cursorOf([17, '00000000-0000-4000-8000-000000000000']);
  const { status, body } = await scene.ask(token, 'GET', `/registros?apos=${foreign}`);
  expect([status, body.code]).toEqual([409, 'cursor_de_outro_registro']);
  expect(body.detail).toContain('Recomece sem apos');
  const after = await scene.ask(token, 'GET', `/registros?apos=${empty.body.proximo}`);
  expect(after.body.registros).toHaveLength(1);
});

test('a token of one filial sees no other’s, nor the number of a batch that it shares with others', async () => {
  const [mine, other] = [await createRegistered(), await createRegistered({ our_number: '00031285570000000003' })];
  await scene
    .knex('batch')
    .where({ id: mine.batchId })
    .update({ filiais: [mine.filialId, other.filialId] });
  const { token } = await scene.createToken('consulta', [mine.filialId]);
  const { body } = await scene.ask(token, 'GET', '/registros');
  expect(body.registros).toMatchObject([{ receivableId: mine.receivableId, batchId: null }]);
});
