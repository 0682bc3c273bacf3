import { createAttempt, createBoleto } from '../kit/record';
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

test('filters are kept by name for whoever saves them, and for nobody else', async () => {
  const { id: carteiraId } = two.own.carteira;
  const save = (body: object) => scene.ask(two.consulta, 'POST', '/filtros', body);
  const saved = await save({ name: 'Março', carteiraId, filters: { dueFrom: '2030-03-01' } });
  expect(await undocumented(scene, 'post', '/filtros', saved)).toEqual([]);
  const again = await save({ name: 'Março', carteiraId, filters: { dueTo: '2030-03-31' } });
  expect(again.body).toMatchObject({ id: saved.body.id, filters: { dueTo: '2030-03-31' } });
  const list = await scene.ask(two.consulta, 'GET', '/filtros');
  expect(await undocumented(scene, 'get', '/filtros', list)).toEqual([]);
  expect(list.body.items).toEqual([again.body]);
  expect((await scene.ask(two.operador, 'GET', '/filtros')).body.items).toEqual([]);
  const path = `/filtros/${saved.body.id as number}`;
  expect((await scene.ask(two.operador, 'DELETE', path)).body).toMatchObject({ code: 'nao_encontrado' });
  expect((await scene.ask(two.consulta, 'DELETE', path)).status).toBe(204);
  const foreign = { name: 'x', carteiraId: two.foreign.carteira.id, filters: {} };
  expect((await save(foreign)).body).toMatchObject({ status: 404, code: 'nao_encontrado' });
});

test('errors that the catalogue lacks are told, those of another filial only to who sees it', async () => {
  const { knex } = scene;
  for (const [{ carteira, receivableId, batchId }, message] of [
    [two.own, 'palavra nunca vista'],
    [two.foreign, 'outra coisa de lá'],
  ] as const) {
    const boletoId = await createBoleto(knex, receivableId, carteira.accountId as number);
    await createAttempt(
      knex,
      boletoId,
      { batchId, receivableId, ordinal: 1 },
      {
        ...{
          kind: 'data',
          resolution: 'refused',
          provider_code: 'Z9',
          provider_message: message,
          finished_at: new Date(),
        },
      },
    );
  }
  const answer = await scene.ask(two.consulta, 'GET', '/erros-desconhecidos');
  expect(await undocumented(scene, 'get', '/erros-desconhecidos', answer)).toEqual([]);
  expect(answer.body.items).toMatchObject([{ example: 'palavra nunca vista', count: 1 }]);
  expect((await scene.ask(two.administrador, 'GET', '/erros-desconhecidos')).body.items).toHaveLength(2);
});
