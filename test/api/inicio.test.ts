import { sweepBatches } from '../../activities/sweepBatches';
import { batchWorkflows } from '../../worker/batchWorkflows';
import type { LiveScene } from '../kit/liveScene';
import { openLiveScene } from '../kit/liveScene';
import { createCarteira, createCustomer, createReceivable, createReceivables } from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';
import { undocumented } from './support/documented';
import { startApiProgram } from './support/programs';

/* Starting and acting, with a real worker, Temporal and bank. */

let live: LiveScene;
let scene: ApiScene;
let operador: string;
beforeAll(async () => {
  live = await openLiveScene();
  scene = await openApiScene(live.client, undefined, {
    ...{ knex: live.knex, url: live.variables['DATABASE_URL'] as string },
  });
  operador = (await scene.createToken('operador', [live.carteira.filialId])).token;
});
afterAll(async () => {
  await live.close();
});

const start = (key: string, body: object, token = operador) =>
  scene.ask(token, 'POST', '/comunicacoes', body, { 'Idempotency-Key': key });

test('without any worker a batch is kept, seen at once, and begins when one starts', async () => {
  const answer = await start('sem-worker', { carteiraId: live.carteira.id });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ warning: expect.stringMatching('^Nenhum worker') as string });
  const { batchId } = answer.body as { batchId: string };
  const view = await scene.ask(operador, 'GET', `/comunicacoes/${batchId}`);
  expect(view.body).toMatchObject({ batchId, phase: 'selecting', requestedByName: 'ERP de teste', selected: null });
  await live.startWorker();
  expect(await live.phaseOf(batchId)).toBe('concluded');
});

test('while Temporal is away a batch is kept, and begins by itself afterwards', async () => {
  const { knex, client } = live;
  // The API is even started then.
  const away = { TEMPORAL_ADDRESS: '127.0.0.1:1', LOG_LEVEL: 'silent' };
  const api = await startApiProgram(live.variables['DATABASE_URL'] as string, away);
  const [id] = await createReceivables(knex, live.carteira, 1);
  const answer = await fetch(`${api.ready.origin}/api/v1/comunicacoes`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${operador}`, 'content-type': 'application/json' },
      'idempotency-key': 'sem-temporal',
    },
    body: JSON.stringify({ carteiraId: live.carteira.id }),
  });
  const { batchId, warning } = (await answer.json()) as { batchId: string; warning: string };
  await api.stop();
  expect(warning).toMatch('O Temporal não responde');
  const minutesAgo = knex.raw("clock_timestamp() - interval '2 minutes'");
  await knex('batch').where({ id: batchId }).update({ created_at: minutesAgo });
  await sweepBatches(knex, batchWorkflows(client), new Date());
  expect(await live.phaseOf(batchId)).toBe('concluded');
  expect(await knex('receivable').where({ id }).first('impresso')).toEqual({ impresso: true });
});

test('the same key from twenty clients at once starts one batch', async () => {
  await createReceivable(live.knex, live.carteira);
  const body = { carteiraId: live.carteira.id };
  const batches = () => live.knex('batch').pluck<string[]>('id');
  const before = await batches();
  const answers = await Promise.all(Array.from({ length: 20 }, () => start('botao-0001', body)));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(19).fill(200), 201]);
  expect(new Set(answers.map(({ body }) => body.batchId as string)).size).toBe(1);
  for (const answer of answers.slice(0, 2))
    expect(await undocumented(scene, 'post', '/comunicacoes', answer)).toEqual([]);
  const { batchId } = answers[0]?.body as { batchId: string };
  await live.phaseOf(batchId);
  expect(await batches()).toHaveLength(before.length + 1);
  expect(await live.states(batchId)).toEqual({ registered: 1 });

  const other = await start('botao-0001', { ...body, filters: { dueTo: '2031-01-01' } });
  expect(other.body).toMatchObject({ status: 409, code: 'chave_repetida' });
  const ofAnother = (await scene.createToken('operador', [live.carteira.filialId])).token;
  const another = (await start('botao-0001', body, ofAnother)).body as { batchId: string };
  expect(another.batchId).not.toBe(batchId);
  await live.phaseOf(another.batchId);
});

test('without a key, with a carteira of another filial, or with filters of another, nothing starts', async () => {
  const foreign = await createCarteira(live.knex, {});
  const body = { carteiraId: live.carteira.id };
  expect((await scene.ask(operador, 'POST', '/comunicacoes', body)).body).toMatchObject({ status: 400 });
  expect((await start('outra-carteira', { carteiraId: foreign.id })).body).toMatchObject({
    ...{ status: 404, code: 'nao_encontrado' },
  });
  expect((await start('outra-filial', { ...body, filters: { filialIds: [foreign.filialId] } })).body).toMatchObject({
    ...{ status: 403, code: 'filial_de_outro' },
  });
  const { token } = await scene.createToken('consulta');
  expect((await start('consulta-nao', body, token)).body).toMatchObject({ status: 403, code: 'papel_insuficiente' });
});

test('what failed is corrected and redone, what cannot be is discarded with a reason, and then nothing is left to do', async () => {
  const { knex, carteira } = live;
  const customer_id = await createCustomer(knex, { cep: '99' });
  const wrong = await createReceivable(knex, carteira, { customer_id });
  const given = await createReceivable(knex, carteira, { customer_id: await createCustomer(knex, { cep: '1' }) });
  const started = await start('historia-01', { carteiraId: carteira.id });
  expect(started.body).toEqual({ batchId: expect.stringMatching(/^c-/) as string, warning: null });
  const { batchId } = started.body as { batchId: string };
  await live.phaseOf(batchId, 'awaitingAdjustments');
  const act = (action: string, body: object) =>
    scene.ask(operador, 'POST', `/comunicacoes/${batchId}/acoes/${action}`, body);

  const none = await act('descartar', { receivableIds: [given] });
  expect(none.body).toMatchObject({ status: 422, code: 'motivo_ausente' });
  const reason = 'O Fulano cancelou o contrato';
  const discarded = await act('descartar', { receivableIds: [given, 1], reason, actionId: 'descarte-1' });
  expect(await undocumented(scene, 'post', '/comunicacoes/{batchId}/acoes/descartar', discarded)).toEqual([]);
  expect(discarded.body).toEqual({
    changed: 1,
    refused: [{ receivableId: 1, reason: 'foraDaComunicacao', label: 'não faz parte desta comunicação' }],
  });
  expect((await act('descartar', { receivableIds: [given, 1], reason, actionId: 'descarte-1' })).body).toEqual(
    discarded.body,
  );
  const another = await act('descartar', { receivableIds: [wrong], reason, actionId: 'descarte-1' });
  expect(another.body).toMatchObject({ status: 409, title: expect.stringContaining('já foi usado') as string });
  expect((await act('concluir', { actionId: 'descarte-1' })).status).toBe(409);
  const audit = await knex('audit_entry').where({ entity_id: batchId, action: 'discard.reason' });
  expect(audit).toMatchObject([{ reason, after: { actionId: 'descarte-1' } }]);
  const history = await live.client.workflow.getHandle(`boletos/${batchId}`).fetchHistory();
  expect(JSON.stringify(history)).not.toContain('Fulano');

  const corrected = await scene.ask(operador, 'PATCH', `/titulos/${wrong}`, { changes: { cep: '01310-100' }, reason });
  expect(await undocumented(scene, 'patch', '/titulos/{id}', corrected)).toEqual([]);
  expect(corrected.body).toMatchObject({ changed: ['cep'], waits: false, batches: [batchId], untold: [] });
  expect((await act('refazer', { scope: 'corrected' })).body).toMatchObject({ changed: 1, refused: [], round: 2 });
  await live.phaseOf(batchId, 'concluded');
  expect(await live.states(batchId)).toEqual({ registered: 1, discarded: 1 });
  expect((await act('pausar', {})).body).toMatchObject({ status: 409 });
}, 90_000);

test('a batch of another filial takes no action', async () => {
  const { token } = await scene.createToken('operador', [999]);
  const { batchId } = await live.knex('batch').first<{ id: string; batchId: string }>('id as batchId');
  for (const [action, body] of [
    ['pausar', {}],
    ['refazer', { scope: 'all' }],
  ] as const)
    expect((await scene.ask(token, 'POST', `/comunicacoes/${batchId}/acoes/${action}`, body)).body).toMatchObject({
      ...{ status: 404, code: 'nao_encontrado' },
    });
});

test('a waiting batch has nothing to pause and is concluded; what failed is free for the next one', async () => {
  const customer_id = await createCustomer(live.knex, { cep: '99' });
  const wrong = await createReceivable(live.knex, live.carteira, { customer_id });
  const { batchId } = (await start('conclui-01', { carteiraId: live.carteira.id })).body as { batchId: string };
  await live.phaseOf(batchId, 'awaitingAdjustments');
  const act = (action: string) => scene.ask(operador, 'POST', `/comunicacoes/${batchId}/acoes/${action}`, {});

  const view = async () => (await scene.ask(operador, 'GET', `/comunicacoes/${batchId}`)).body;

  const refused = await act('pausar');
  expect(refused.body).toMatchObject({ status: 409, detail: expect.any(String) as string });
  expect((await act('concluir')).status).toBe(200);
  await live.phaseOf(batchId, 'concluded');
  expect(await view()).toMatchObject({ phase: 'concluded' });
  const next = (await start('conclui-02', { carteiraId: live.carteira.id })).body as { batchId: string };
  await live.phaseOf(next.batchId, 'awaitingAdjustments');
  const { items } = (await scene.ask(operador, 'GET', `/comunicacoes/${next.batchId}/itens`)).body as {
    items: { receivableId: number }[];
  };
  expect(items.map(({ receivableId }) => receivableId)).toContain(wrong);
}, 90_000);
