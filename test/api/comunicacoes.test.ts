import { createBatch } from '../kit/record';
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

const idsOf = (body: { items: { batchId: string }[] }) => body.items.map(({ batchId }) => batchId);

test('the list has the batches of the own filial, newest first, and finds them by number, carteira or título', async () => {
  const { batchId, carteira, receivableId } = two.own;
  const newer = await createBatch(scene.knex, carteira.id, { filiais: [carteira.filialId], created_at: '2031-01-01' });
  const list = await scene.ask(two.consulta, 'GET', '/comunicacoes');
  expect(await undocumented(scene, 'get', '/comunicacoes', list)).toEqual([]);
  expect(idsOf(list.body)).toEqual([newer, batchId]);
  for (const q of [batchId, String(receivableId)])
    expect(idsOf((await scene.ask(two.consulta, 'GET', `/comunicacoes?q=${q}`)).body)).toEqual([batchId]);
  const first = await scene.ask(two.consulta, 'GET', `/comunicacoes?limit=1&carteiraId=${carteira.id}`);
  const second = await scene.ask(two.consulta, 'GET', `/comunicacoes?limit=1&cursor=${first.body.next}`);
  expect([...idsOf(first.body), ...idsOf(second.body), second.body.next]).toEqual([newer, batchId, null]);
});

test('one batch is told with its counts, in words', async () => {
  const answer = await scene.ask(two.consulta, 'GET', `/comunicacoes/${two.own.batchId}`);
  expect(await undocumented(scene, 'get', '/comunicacoes/{batchId}', answer)).toEqual([]);
  expect(answer.body).toMatchObject({
    ...{ batchId: two.own.batchId, phaseLabel: 'Aguardando ajustes', failures: 1, requestedByName: null },
    counts: { total: 1, byState: { rejected: 1 } },
    nextStep: 'Corrija os títulos rejeitados e refaça a comunicação. Ou conclua como está.',
  });
});

test('a batch of another filial, or with títulos of another, is answered like one that does not exist', async () => {
  const mixed = await createBatch(scene.knex, two.own.carteira.id, {
    filiais: [two.own.filialId, two.foreign.filialId],
  });
  for (const batchId of [two.foreign.batchId, mixed, 'nenhuma'])
    expect((await scene.ask(two.consulta, 'GET', `/comunicacoes/${batchId}`)).body).toMatchObject({
      ...{ status: 404, code: 'nao_encontrado', title: `A comunicação ${batchId} não existe, ou não é da sua filial.` },
    });
  expect(idsOf((await scene.ask(two.consulta, 'GET', '/comunicacoes')).body)).not.toContain(mixed);
});

test('before its selection a batch is seen by who asked for it, and by those whose filiais its filters name', async () => {
  const { carteira, filialId } = two.own;
  const unseen = await createBatch(scene.knex, carteira.id);
  const named = await createBatch(scene.knex, carteira.id, { filters: JSON.stringify({ filialIds: [filialId] }) });
  const { id, token } = await scene.createToken('operador', [filialId]);
  const asked = await createBatch(scene.knex, carteira.id, { requested_by: id });
  const seen = idsOf((await scene.ask(token, 'GET', '/comunicacoes')).body);
  expect(seen).toEqual(expect.arrayContaining([named, asked]));
  expect(seen).not.toContain(unseen);
});
