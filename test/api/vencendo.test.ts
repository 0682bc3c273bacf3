import { addDays, saoPauloDate } from '../../domain/kinds/dates';
import { createBoleto, createReceivable } from '../kit/record';
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

test('títulos near their due date without a registration are listed, nearest first, with totals by carteira', async () => {
  const { knex } = scene;
  const { carteira } = two.own;
  const due = (days: number) => ({ due_date: addDays(saoPauloDate(new Date()), days) });
  const later = await createReceivable(knex, carteira, { ...due(4), amount_cents: 200 });
  const near = await createReceivable(knex, carteira, { ...due(1), amount_cents: 100 });
  await createReceivable(knex, carteira, due(9));
  await createReceivable(knex, carteira, { ...due(1), status: 'R' });
  const registered = await createReceivable(knex, carteira, due(1));
  await createBoleto(knex, registered, carteira.accountId as number, { state: 'registered' });
  const foreign = await createReceivable(knex, two.foreign.carteira, due(1));
  // In a carteira of ours, of a filial that is not.
  await createReceivable(knex, { id: carteira.id, filialId: two.foreign.filialId }, due(2));

  const answer = await scene.ask(two.consulta, 'GET', '/vencendo?limit=1');
  expect(await undocumented(scene, 'get', '/vencendo', answer)).toEqual([]);
  expect(answer.body).toMatchObject({
    items: [{ id: near, stateLabel: 'Não comunicado', openAmountCents: 100 }],
    carteiras: [{ carteiraId: carteira.id, gateway: 'banco-do-brasil', count: 2, amountCents: 300 }],
  });
  const second = await scene.ask(two.consulta, 'GET', `/vencendo?cursor=${answer.body.next as string}`);
  expect(second.body).toMatchObject({ items: [{ id: later }], next: null });
  expect((await scene.ask(two.consulta, 'GET', '/vencendo?dias=9')).body.items).toHaveLength(3);
  const all = await scene.ask(two.administrador, 'GET', `/vencendo?carteiraId=${two.foreign.carteira.id}`);
  expect(all.body.items).toMatchObject([{ id: foreign }]);
  expect((await scene.ask(two.consulta, 'GET', `/vencendo?carteiraId=${two.foreign.carteira.id}`)).body).toMatchObject({
    ...{ status: 404, code: 'nao_encontrado' },
  });
});
