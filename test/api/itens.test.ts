import {
  createAttempt,
  createBoleto,
  createCustomer,
  createItem,
  createLook,
  createReceivable,
  createReceivables,
} from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';
import { undocumented } from './support/documented';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';

let scene: ApiScene;
let two: TwoFiliais;
beforeAll(async () => {
  scene = await openApiScene();
  two = await twoFiliais(scene);
});
afterAll(() => scene.close());

const items = (query = '') => scene.ask(two.consulta, 'GET', `/comunicacoes/${two.own.batchId}/itens${query}`);
const idsOf = (body: { items: { receivableId: number }[] }) => body.items.map(({ receivableId }) => receivableId);
const failed = { state: 'rejected', due_at: null, failure_kind: 'data' };

test('a failure comes with its cause, who fixes it, the field by its ERP name and the words of the bank', async () => {
  const answer = await items();
  expect(await undocumented(scene, 'get', '/comunicacoes/{batchId}/itens', answer)).toEqual([]);
  expect(answer.body).toMatchObject({
    items: [
      {
        ...{ receivableId: two.own.receivableId, stateLabel: 'Rejeitado (dados)', fieldName: 'cep' },
        ...{ whoFixes: 'cadastro do cliente', bankWords: '4874915 CEP inválido', corrected: false },
      },
    ],
    ...{ next: null, total: 1 },
  });
});

test('pages follow each other by ordinal, may begin anywhere, and tell how many there are', async () => {
  const { carteira, batchId } = two.own;
  const ids = await createReceivables(scene.knex, carteira, 5);
  for (const id of ids) await createItem(scene.knex, batchId, id, { state: 'registered', due_at: null });
  const first = await items('?state=registered&limit=2');
  expect(first.body).toMatchObject({ total: 5, next: '3' });
  const second = await items(`?state=registered&limit=3&cursor=${first.body.next as string}`);
  expect([...idsOf(first.body), ...idsOf(second.body)]).toEqual(ids);
  expect(second.body.next).toBeNull();
  expect(idsOf((await items('?cursor=5')).body)).toEqual(ids.slice(4));
  const anywhere = await items('?state=registered&skip=3&limit=1');
  expect(idsOf(anywhere.body)).toEqual([ids[3]]);
  expect(anywhere.body).toMatchObject({ total: 5, next: '5' });
  const [failedId] = await createReceivables(scene.knex, carteira, 1);
  await createItem(scene.knex, batchId, failedId as number, failed);
  const people = await items('?failuresFirst=true&limit=2');
  expect(idsOf(people.body)).toEqual([two.own.receivableId, failedId]);
  expect(people.body.next).toBeNull();
  expect(idsOf((await items('?failuresFirst=true&skip=2&limit=3')).body)).toEqual(ids.slice(0, 3));
  expect((await items('?state=registered,nada')).body).toMatchObject({ status: 400, fields: [{ field: 'state' }] });
});

test('a search finds by ID da cobrança, name without accents, CPF, and the end of a nosso número', async () => {
  const { carteira, batchId } = two.own;
  const customer_id = await createCustomer(scene.knex, { name: 'Íris Araçá', document: '11144477735' });
  const id = await createReceivable(scene.knex, carteira, { customer_id });
  const boleto_id = await createBoleto(scene.knex, id, carteira.accountId as number, {
    our_number: '0003128557000077654',
  });
  await createItem(scene.knex, batchId, id, { ...failed, provider_code: 'X', boleto_id });
  for (const q of [String(id), 'iris araca', '111.444.777-35', '77654']) {
    const { body } = await items(`?q=${encodeURIComponent(q)}`);
    expect([q, idsOf(body), body.total]).toEqual([q, [id], 1]);
  }
});

test('those registered without the Pix that their carteira asks for are found by a filter', async () => {
  const { carteira, batchId } = two.own;
  await scene.knex('carteira').where({ id: carteira.id }).update({ pix: true });
  const [complete, without] = (await createReceivables(scene.knex, carteira, 2)) as [number, number];
  for (const [id, pix_emv] of [
    [complete, '000201'],
    [without, null],
  ] as const) {
    const boleto_id = await createBoleto(scene.knex, id, carteira.accountId as number, {
      state: 'registered',
      pix_emv,
    });
    await createItem(scene.knex, batchId, id, { state: 'registered', due_at: null, boleto_id });
  }
  expect((await items('?withoutPix=true')).body).toMatchObject({
    items: [{ receivableId: without, withoutPix: true, pixEmv: null }],
    total: 1,
  });
  await scene.knex('carteira').where({ id: carteira.id }).update({ pix: false });
});

test('failures are grouped by cause, and each cause finds its items', async () => {
  const { carteira, batchId } = two.own;
  const ids = await createReceivables(scene.knex, carteira, 2);
  for (const [nth, id] of ids.entries())
    await createItem(scene.knex, batchId, id, {
      ...failed,
      provider_message: `valor 10${nth} fora da faixa`,
      receivable_version: nth,
    });
  const answer = await scene.ask(two.consulta, 'GET', `/comunicacoes/${batchId}/causas`);
  expect(await undocumented(scene, 'get', '/comunicacoes/{batchId}/causas', answer)).toEqual([]);
  const causes = answer.body.items as { key: string; count: number; providerCode: string | null; known: boolean }[];
  const cause = causes.find(({ count }) => count === 2);
  expect(cause).toMatchObject({ providerCode: null, corrected: 1 });
  expect(idsOf((await items(`?cause=${cause?.key}`)).body)).toEqual(ids);
  const corrected = await items(`?cause=${cause?.key}&corrected=true`);
  expect(corrected.body).toMatchObject({ total: 1, items: [{ receivableId: ids[0], stateLabel: 'Corrigido' }] });
});

test('what was left out is told with its reason, and another batch only to who may see it', async () => {
  const { carteira, batchId } = two.own;
  const [held, taken] = await createReceivables(scene.knex, carteira, 2);
  await scene.knex('batch_left_out').insert([
    { batch_id: batchId, receivable_id: held, reason: 'notReleased' },
    { batch_id: batchId, receivable_id: taken, reason: 'inOtherBatch', other_batch_id: two.foreign.batchId },
  ]);
  const answer = await scene.ask(two.consulta, 'GET', `/comunicacoes/${batchId}/fora`);
  expect(await undocumented(scene, 'get', '/comunicacoes/{batchId}/fora', answer)).toEqual([]);
  expect(answer.body.items).toMatchObject([
    { receivableId: held, label: 'não liberado', otherBatchId: null },
    { receivableId: taken, reason: 'inOtherBatch', otherBatchId: null },
  ]);
  const all = await scene.ask(two.administrador, 'GET', `/comunicacoes/${batchId}/fora?cursor=${held}`);
  expect(all.body.items).toMatchObject([{ receivableId: taken, otherBatchId: two.foreign.batchId }]);
});

test.each(['itens', 'causas', 'fora'])(
  '%s of a batch of another filial are answered like those of none',
  async (part) => {
    for (const batchId of [two.foreign.batchId, 'nenhuma'])
      expect((await scene.ask(two.consulta, 'GET', `/comunicacoes/${batchId}/${part}`)).body).toMatchObject({
        ...{ status: 404, code: 'nao_encontrado' },
      });
  },
);

test('what a person decides comes with its number and what the bank said last', async () => {
  const { carteira, batchId } = two.own;
  const accountId = carteira.accountId as number;
  const id = await createReceivable(scene.knex, carteira);
  const boletoId = await createBoleto(scene.knex, id, accountId, { our_number: '31285570000000043' });
  const ordinal = await createItem(scene.knex, batchId, id, {
    state: 'unconfirmed',
    due_at: null,
    boleto_id: boletoId,
  });
  const attemptId = await createAttempt(scene.knex, boletoId, { batchId, ordinal, receivableId: id });
  const unasked = await items(`?q=${id}`);
  expect(unasked.body).toMatchObject({ items: [{ ourNumber: '31285570000000043', lastLook: null }] });

  const look = { attemptId, boletoId, accountId };
  await createLook(scene.knex, look, { answer: 'notFound', evidence: 'absent', finished_at: '2030-02-01T15:00:00Z' });
  // One that has not come back says nothing yet.
  await createLook(scene.knex, look);
  const answer = await items(`?q=${id}`);
  expect(await undocumented(scene, 'get', '/comunicacoes/{batchId}/itens', answer)).toEqual([]);
  const [item] = answer.body.items as { lastLook: { at: string } }[];
  expect(item?.lastLook).toMatchObject({
    ...{ answer: 'notFound', evidence: 'absent', status: null, amountCents: null, dueDate: null },
  });
  expect(new Date(item?.lastLook.at ?? '')).toEqual(new Date('2030-02-01T15:00:00Z'));
});
