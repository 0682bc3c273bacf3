import { createReceivable } from '../kit/record';
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

test('a título with a boleto of another system is found, simulated as left out, and decided about by a person', async () => {
  const { knex } = scene;
  const { token } = await scene.createToken('operador', [two.own.carteira.filialId]);
  const id = await createReceivable(knex, two.own.carteira, {
    imported_registration: JSON.stringify({ nn_boleto: '90000000042', pix_txid: 'tx-1' }),
  });
  const ask = (method: string, path: string, body?: object) => scene.ask(token, method, path, body);
  const leftOut = async () =>
    (await ask('POST', '/comunicacoes/simulacao', { carteiraId: two.own.carteira.id })).body.leftOutByReason;
  expect(await leftOut()).toContainEqual(
    expect.objectContaining({ reason: 'earlierBoleto', label: 'já tem boleto de outro sistema', count: 1 }),
  );
  const found = await ask('GET', '/titulos?state=earlierBoleto');
  expect(found.body.items).toMatchObject([{ id, stateLabel: 'Com boleto de outro sistema' }]);

  const seen = await ask('GET', `/titulos/${id}`);
  expect(await undocumented(scene, 'get', '/titulos/{id}', seen)).toEqual([]);
  const { key } = seen.body.earlierBoleto;
  expect(seen.body.earlierBoleto).toMatchObject({ ourNumber: '90000000042', pixTxid: 'tx-1', ignored: false });
  const path = `/titulos/${id}/boleto-anterior`;
  const decision = { decision: 'ignorar', reason: 'Baixado no banco de antes', key };
  const decided = await ask('POST', path, decision);
  expect(await undocumented(scene, 'post', '/titulos/{id}/boleto-anterior', decided)).toEqual([]);
  expect(decided).toMatchObject({ status: 200, body: { receivableId: id, earlierBoleto: { ignored: true } } });
  expect(await leftOut()).not.toContainEqual(expect.objectContaining({ reason: 'earlierBoleto' }));
  expect((await ask('GET', `/titulos/${id}/historia`)).body.events).toContainEqual(
    expect.objectContaining({ text: 'Decidido sobre o boleto de outro sistema', reason: decision.reason }),
  );

  await knex('receivable').where({ id }).update({ imported_registration: '{"nn_boleto":"7"}' });
  expect(await ask('POST', path, decision)).toMatchObject({ status: 409, body: { code: 'boleto_anterior_mudou' } });
  expect(await ask('POST', `/titulos/${two.own.receivableId}/boleto-anterior`, decision)).toMatchObject({
    status: 409,
    body: { code: 'sem_boleto_anterior', detail: expect.stringContaining('impresso') as string },
  });
  expect((await ask('POST', path, { decision: 'ignorar' })).status).toBe(400);
  expect((await ask('POST', `/titulos/${two.foreign.receivableId}/boleto-anterior`, decision)).status).toBe(404);
});
