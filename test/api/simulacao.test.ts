import { createBatch, createCarteira, createCustomer, createItem, createReceivable } from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';
import { undocumented } from './support/documented';

let scene: ApiScene;
beforeAll(async () => void (scene = await openApiScene()));
afterAll(() => scene.close());

test('a dry run tells what is ready, what has defects and why, and what would be left out; nothing is written', async () => {
  const { knex } = scene;
  const carteira = await createCarteira(knex, { variation: '35' });
  const { token } = await scene.createToken('consulta', [carteira.filialId]);
  await createReceivable(knex, carteira, { due_date: '2030-03-01', amount_cents: 1_000 });
  const wrong = await createReceivable(knex, carteira, {
    ...{ customer_id: await createCustomer(knex, { cep: '99' }), due_date: '2030-02-01', amount_cents: 500 },
  });
  const taken = await createReceivable(knex, carteira);
  const other = await createBatch(knex, carteira.id, { filiais: [carteira.filialId, 1] });
  await createItem(knex, other, taken);

  const answer = await scene.ask(token, 'POST', '/comunicacoes/simulacao', { carteiraId: carteira.id });
  expect(await undocumented(scene, 'post', '/comunicacoes/simulacao', answer)).toEqual([]);
  expect(answer.body).toMatchObject({
    ...{ carteiraId: carteira.id, gateway: 'banco-do-brasil', credentials: 'notChecked' },
    selected: { count: 2, amountCents: 1_500, nearestDueDate: '2030-02-01' },
    ready: { count: 1, amountCents: 1_000, nearestDueDate: '2030-03-01' },
    causes: [
      { code: 'cepInvalido', erpField: 'cep', whoFixes: 'cadastro do cliente', count: 1, receivableIds: [wrong] },
    ],
    leftOutByReason: [{ reason: 'inOtherBatch', count: 1, otherBatchIds: [] }],
    items: [
      {
        receivableId: wrong,
        defects: [{ code: 'cepInvalido', message: expect.stringMatching('8 dígitos') as string }],
      },
    ],
  });
  expect(await knex('batch').where({ carteira_id: carteira.id })).toHaveLength(1);
});

test('títulos of another filial in the same carteira are not counted', async () => {
  const { knex } = scene;
  const carteira = await createCarteira(knex, { variation: '35' });
  const foreign = await createCarteira(knex);
  await createReceivable(knex, { id: carteira.id, filialId: foreign.filialId });
  const { token } = await scene.createToken('consulta', [carteira.filialId]);
  const answer = await scene.ask(token, 'POST', '/comunicacoes/simulacao', { carteiraId: carteira.id, filters: {} });
  expect(answer.body.selected).toMatchObject({ count: 0 });
});

test('contradicting filters, a carteira without account and one of another filial are refused', async () => {
  const { knex } = scene;
  const bare = await createCarteira(knex, { account_id: null });
  const { token } = await scene.createToken('consulta', [bare.filialId]);
  const simulate = (body: object) => scene.ask(token, 'POST', '/comunicacoes/simulacao', body);
  expect((await simulate({ carteiraId: bare.id })).body).toMatchObject({ status: 422, code: 'carteira_sem_conta' });
  expect(
    (await simulate({ carteiraId: bare.id, filters: { dueFrom: '2030-02-01', dueTo: '2030-01-01' } })).body,
  ).toMatchObject({ status: 422, code: 'filtros_contraditorios' });
  expect((await simulate({ carteiraId: bare.id, filters: { dueFrom: '2030-02-31' } })).body).toMatchObject({
    ...{ status: 400, fields: [{ field: 'filters.dueFrom' }] },
  });
  const foreign = await createCarteira(knex);
  expect((await simulate({ carteiraId: foreign.id })).body).toMatchObject({ status: 404, code: 'nao_encontrado' });
});
