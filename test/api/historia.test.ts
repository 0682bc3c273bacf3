import { createAttempt, createBoleto, createLook } from '../kit/record';
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

test('the whole story of a título: selection, call, look, decision, correction, each with who and what', async () => {
  const { knex } = scene;
  const { carteira, receivableId, batchId } = two.own;
  const { id: by } = await scene.createUser('operador', [carteira.filialId]);
  const at = (minute: number) => `2030-01-01T10:0${minute}:00Z`;
  await knex('batch')
    .where({ id: batchId })
    .update({ requested_by: by, selected_at: at(0) });
  const boletoId = await createBoleto(knex, receivableId, carteira.accountId as number, { state: 'conflict' });
  const attemptId = await createAttempt(
    ...([knex, boletoId, { batchId, receivableId, ordinal: 1 }] as const),
    ...[{ intended_at: at(1), kind: 'ambiguous', http_status: 504, request: '{"cpf":"***"}', response: 'timeout' }],
  );
  await createLook(
    knex,
    { attemptId, boletoId, accountId: carteira.accountId as number },
    {
      ...{
        started_at: at(2),
        answer: 'found',
        evidence: 'conflict',
        reason: 'amountCents',
        response: '{"valor":"***"}',
      },
    },
  );
  const entry = (minute: number, action: string, entity: string, entity_id: string | number, columns: object) =>
    knex('audit_entry').insert({ at: at(minute), actor: by, action, entity, entity_id, ...columns });
  await entry(3, 'corrigir', 'receivable', receivableId, {
    before: '{"cep":"1"}',
    after: '{"cep":"01310200"}',
    reason: 'errado',
  });
  await entry(4, 'recommunicate', 'batch', batchId, { after: '{"scope":"corrected"}' });
  await entry(5, 'discard', 'batch', batchId, { after: `{"receivableIds":[${receivableId}]}` });
  await entry(6, 'discard', 'batch', batchId, { after: '{"receivableIds":[1]}' });
  await entry(7, 'discard', 'batch', two.foreign.batchId, { after: `{"receivableIds":[${receivableId}]}` });

  const answer = await scene.ask(two.consulta, 'GET', `/titulos/${receivableId}/historia`);
  expect(await undocumented(scene, 'get', '/titulos/{id}/historia', answer)).toEqual([]);
  const events = answer.body.events as { text: string; who: string | null }[];
  expect(events.map(({ text, who }) => [text, who])).toEqual([
    ['Selecionado para uma comunicação', 'Pessoa de Teste'],
    ['Enviado ao banco: sem resposta certa', null],
    ['Consultado no banco: há divergência', null],
    ['Corrigido', 'Pessoa de Teste'],
    ['Refazer a comunicação pedido', 'Pessoa de Teste'],
    ['Descartado da comunicação', 'Pessoa de Teste'],
  ]);
  expect(events).toMatchObject([
    { kind: 'selected', batchId },
    { kind: 'attempt', request: '{"cpf":"***"}', response: 'timeout', status: 504, batchId },
    { kind: 'look', outcome: 'conflict', response: '{"valor":"***"}' },
    { kind: 'correction', before: { cep: '1' }, after: { cep: '01310200' }, reason: 'errado' },
    { kind: 'action', after: { scope: 'corrected' } },
    { kind: 'action' },
  ]);
});

test('a batch with títulos of other filiais is not named in it', async () => {
  await scene
    .knex('batch')
    .where({ id: two.own.batchId })
    .update({ filiais: [two.own.filialId, two.foreign.filialId] });
  const answer = await scene.ask(two.consulta, 'GET', `/titulos/${two.own.receivableId}/historia`);
  const events = answer.body.events as { kind: string }[];
  expect(events.map(({ kind }) => kind)).toEqual(['attempt', 'look', 'correction']);
  expect(JSON.stringify(events)).not.toContain(two.own.batchId);
});

test('the story of a título of another filial does not exist', async () => {
  const { body } = await scene.ask(two.consulta, 'GET', `/titulos/${two.foreign.receivableId}/historia`);
  expect(body).toMatchObject({ status: 404, code: 'nao_encontrado' });
});
