import { webhookEvents } from '../../domain/webhooks';
import { createBatch, createCarteira, createWebhook } from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';
import { undocumented } from './support/documented';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';

let scene: ApiScene;
let two: TwoFiliais;
let ofFilial: string;
const rule = { daysBefore: 3, fromHour: 8, toHour: 18, businessDays: true };
const path = () => `/carteiras/${two.own.carteira.id}/guarda`;

beforeAll(async () => {
  // No Temporal at all: a rule is stored all the same.
  scene = await openApiScene();
  two = await twoFiliais(scene);
  ofFilial = (await scene.createToken('administrador', [two.own.filialId])).token;
});
afterAll(() => scene.close());

test('an administrator gives a carteira a guard, also while Temporal is away; everybody reads what it will do and when', async () => {
  const put = await scene.ask(ofFilial, 'PUT', path(), rule);
  expect(await undocumented(scene, 'put', '/carteiras/{id}/guarda', put)).toEqual([]);
  expect(put.body).toMatchObject({ rule, scheduled: false, runs: [] });
  expect(new Date(put.body.nextRunAt as string).getTime()).toBeGreaterThan(Date.now());
  expect((await scene.ask(two.operador, 'PUT', path(), rule)).status).toBe(403);
  const read = await scene.ask(two.consulta, 'GET', path());
  expect(await undocumented(scene, 'get', '/carteiras/{id}/guarda', read)).toEqual([]);
  expect(read.body).toMatchObject({ rule });
  expect((await scene.ask(two.consulta, 'GET', `/carteiras/${two.foreign.carteira.id}/guarda`)).status).toBe(404);

  expect((await scene.ask(ofFilial, 'DELETE', path())).body).toMatchObject({ rule: null, nextRunAt: null });
  const actions = await scene.knex('audit_entry').where({ entity: 'carteira' }).orderBy('id').pluck('action');
  expect(actions).toEqual(['defineGuard', 'removeGuard']);
});

test('a rule whose hours leave nothing, or a carteira without an account, is refused with what to do', async () => {
  const refused = await scene.ask(ofFilial, 'PUT', path(), { ...rule, fromHour: 18, toHour: 18 });
  expect(refused).toMatchObject({ status: 422, body: { code: 'guarda_invalida' } });
  expect(refused.body.fields).toEqual([
    { field: 'toHour', message: expect.stringContaining('não sobra hora nenhuma') as string },
  ]);
  const bare = await createCarteira(scene.knex, { account_id: null, filial_id: two.own.filialId });
  expect(await scene.ask(ofFilial, 'PUT', `/carteiras/${bare.id}/guarda`, rule)).toMatchObject({
    ...{ status: 409, body: { code: 'carteira_sem_conta', detail: expect.stringContaining('Defina-a') as string } },
  });
  expect(await scene.knex('guard_rule')).toEqual([]);
});

test('runs say what came of them and what to do; a batch that the reader does not see has no number', async () => {
  const { knex } = scene;
  const { id: carteira_id } = two.own.carteira;
  const hidden = await createBatch(knex, carteira_id, {
    ...{ filiais: [two.own.filialId, two.foreign.filialId], selected_at: knex.fn.now() },
  });
  const run = { carteira_id, slot: 1, started_at: knex.fn.now(), finished_at: knex.fn.now() };
  await knex('guard_run').insert([
    { ...run, day: '2030-03-11', result: 'partly', registered: 7, failed: 2, not_sent: 1, batch_id: two.own.batchId },
    { ...run, day: '2030-03-12', result: 'inTheWay', waits_for: hidden },
    { ...run, day: '2030-03-13', result: 'registered', registered: 1, elsewhere: 3 },
  ]);
  const { runs } = (await scene.ask(two.consulta, 'GET', path())).body as { runs: Record<string, unknown>[] };
  expect(runs).toMatchObject([
    { text: '1 título registrado. 3 títulos de outra comunicação em andamento ficam com ela.' },
    { batchId: null, text: expect.stringContaining('outra comunicação desta carteira não terminou') as string },
    {
      ...{ batchId: two.own.batchId, resultLabel: 'Registrado em parte' },
      text: '7 títulos registrados; 2 títulos com falha, 1 título sem envio dentro do horário.',
      advice: expect.stringContaining('Corrija-os em Contas a Receber') as string,
    },
  ]);
  const all = (await scene.ask(two.administrador, 'GET', path())).body as { runs: Record<string, unknown>[] };
  expect(all.runs[1]?.['text']).toContain(hidden);
});

test('what the guard could not do is told to webhooks, once; what went well is not', async () => {
  const { knex } = scene;
  const id = await createWebhook(knex, { events: [...webhookEvents], filiais: [two.foreign.filialId] });
  const carteira_id = two.foreign.carteira.id;
  const run = { carteira_id, started_at: knex.fn.now(), finished_at: knex.fn.now() };
  await knex('guard_run').insert({ ...run, day: '2030-03-11', slot: 1, result: 'missed' });
  await knex('guard_run').insert({ ...run, day: '2030-03-12', slot: 1, result: 'registered' });
  const told = await knex('webhook_event as e')
    .join('webhook_delivery as d', 'd.event_id', 'e.id')
    .where('d.webhook_id', id)
    .select('e.type', 'e.data');
  expect(told).toEqual([
    {
      type: 'guard.failed',
      data: { carteiraId: carteira_id, day: '2030-03-11', result: 'missed', batchId: null },
    },
  ]);
});

test('holidays: the national ones with their law, and those that an administrator enters for a filial of theirs', async () => {
  const listed = await scene.ask(two.consulta, 'GET', '/feriados?ano=2027');
  expect(await undocumented(scene, 'get', '/feriados', listed)).toEqual([]);
  expect(listed.body.items).toContainEqual({
    ...{ day: '2027-02-09', name: 'Terça-feira de Carnaval', filialId: null, yearly: false },
    source: expect.stringContaining('Resolução CMN 4.880/2020') as string,
  });
  const holiday = { day: '2026-03-19', name: 'São José', filialId: two.own.filialId, yearly: true };
  const made = await scene.ask(ofFilial, 'POST', '/feriados', holiday);
  expect(made).toMatchObject({ status: 201, body: holiday });
  expect(await undocumented(scene, 'post', '/feriados', made)).toEqual([]);
  expect((await scene.ask(ofFilial, 'POST', '/feriados', holiday)).body).toMatchObject({ code: 'feriado_existe' });
  for (const filialId of [two.foreign.filialId, null])
    expect((await scene.ask(ofFilial, 'POST', '/feriados', { ...holiday, filialId })).body).toMatchObject({
      ...{ status: 403, code: 'filial_de_outro' },
    });
  const later = await scene.ask(two.consulta, 'GET', '/feriados?ano=2027');
  expect(later.body.items).toContainEqual(expect.objectContaining({ day: '2027-03-19', name: 'São José' }));
  expect((await scene.ask(ofFilial, 'DELETE', `/feriados/${made.body.id as number}`)).status).toBe(204);
  expect((await scene.ask(ofFilial, 'DELETE', `/feriados/${made.body.id as number}`)).status).toBe(404);
  expect((await scene.ask(two.consulta, 'GET', '/feriados?ano=x')).status).toBe(400);
});
