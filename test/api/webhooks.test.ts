import { deliver } from '../../activities/webhooks/deliver';
import { send } from '../../activities/webhooks/send';
import { createApi } from '../../api/app';
import { verifyWebhook } from '../../client/webhooks';
import { openReceiver, type Receiver } from '../kit/receiver';
import { createBatch, createCarteira, createFilial } from '../kit/record';
import { testSecretBox } from '../kit/testWorker';
import { credentialHeaders, openApiScene, type ApiScene } from './support/apiScene';

let scene: ApiScene;
let session: string;
let receiver: Receiver;
beforeAll(async () => {
  scene = await openApiScene();
  // As with GATEWAYS=simulated.
  const { knex } = scene;
  const deps = { knex, temporal: undefined as never, secretBox: testSecretBox, secureCookies: false };
  scene.api = createApi({ ...deps, loopbackWebhooks: true, log: { error: console.error, info: () => undefined } });
  ({ session } = await scene.createSession('administrador'));
  receiver = await openReceiver();
});
afterAll(async () => {
  await receiver.close();
  await scene.close();
});

const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
  const response = await scene.api.request(`/api/v1${path}`, {
    method,
    headers: {
      ...credentialHeaders(session),
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // A test knows what it asked for.

  return { status: response.status, body: text ? JSON.parse(text) : null };
};
const wanted = (changes: object = {}) => ({
  ...{ name: 'ERP', url: receiver.url, events: ['batch.done', 'batch.done'], filiais: null },
  ...changes,
});
const work = (id: string) =>
  deliver(
    { knex: scene.knex, secretBox: testSecretBox, send: (url, message) => send(url, message, { loopback: true }) },
    id,
  );

test('a webhook is made with a secret that is shown once and kept sealed', async () => {
  const made = await call('POST', '/webhooks', wanted());
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    ...{ name: 'ERP', url: receiver.url, events: ['batch.done'], filiais: null, active: true, failures: 0, pending: 0 },
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as string,
  });
  const { secret, ...shown } = made.body as { id: string; secret: string };
  const listed = await call('GET', '/webhooks');
  expect(listed.body.items).toContainEqual(shown);
  const stored = JSON.stringify(
    await scene.knex('webhook').where({ id: shown.id }).select(scene.knex.raw('webhook::text')),
  );
  const audited = JSON.stringify(await scene.knex('audit_entry').where({ entity: 'webhook', entity_id: shown.id }));
  for (const text of [JSON.stringify(listed.body), stored, audited]) expect(text).not.toContain(secret.slice(6));
  expect(audited).toContain('createWebhook');
});

test('a test arrives signed, and is in the log; it can be sent again under the same id', async () => {
  const { id, secret } = (await call('POST', '/webhooks', wanted())).body as { id: string; secret: string };
  const asked = await call('POST', `/webhooks/${id}/teste`);
  expect(asked.status).toBe(202);
  receiver.received.length = 0;
  receiver.answer(500);
  await work(id);
  const failed = (await call('GET', `/webhooks/${id}/entregas`)).body.items[0];
  expect(failed).toMatchObject({
    ...{ id: asked.body.deliveryId as number, type: 'webhook.test', typeLabel: 'Entrega de teste', state: 'pending' },
    attempts: [{ httpStatus: 500, failure: 'status', failureLabel: 'O servidor respondeu com erro' }],
  });
  const again = await call('POST', `/webhooks/${id}/entregas/${asked.body.deliveryId}/reenvio`);
  expect(again).toEqual({ status: 202, body: { deliveryId: asked.body.deliveryId } });
  await work(id);
  expect((await call('GET', `/webhooks/${id}/entregas?state=delivered`)).body.items).toHaveLength(1);
  const [first, second] = receiver.received;
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(verifyWebhook(secret, second?.headers ?? {}, second?.body ?? '').payload).toMatchObject({
    ...{ type: 'webhook.test', data: { webhookId: id } },
  });
});

test('it changes, gets another secret, is stopped and deleted, each with its entry in the audit', async () => {
  const { id, secret } = (await call('POST', '/webhooks', wanted())).body as { id: string; secret: string };
  const changed = await call('PATCH', `/webhooks/${id}`, { events: ['due.soon'], active: false, newSecret: true });
  expect(changed.body).toMatchObject({ events: ['due.soon'], active: false });
  expect(changed.body.secret).not.toBe(secret);
  expect((await call('POST', `/webhooks/${id}/teste`)).body).toMatchObject({ status: 409, code: 'webhook_parado' });
  expect((await call('DELETE', `/webhooks/${id}`)).status).toBe(204);
  expect((await call('DELETE', `/webhooks/${id}`)).body).toMatchObject({ status: 404, code: 'nao_encontrado' });
  const entries = await scene
    .knex('audit_entry')
    .where({ entity_id: id })
    .orderBy('id')
    .select('action', 'before', 'after');
  expect(entries).toMatchObject([
    { action: 'createWebhook', before: null },
    { action: 'changeWebhook', before: { active: true }, after: { active: false, newSecret: true } },
    { action: 'deleteWebhook', after: null },
  ]);
});

test.each([
  'http://erp.exemplo.com.br/',
  'https://10.0.0.1/',
  'https://169.254.169.254/latest',
  'https://[fd00::1]/',
  'https://0xa000001/',
  'https://maria:senha@erp.exemplo.com.br/',
  'https://erp.exemplo.com.br/#a',
  'javascript:alert(1)',
  'erp',
])('%s is refused as an address', async (url) => {
  const { body } = await call('POST', '/webhooks', wanted({ url }));
  expect(body).toMatchObject({ status: 422, code: 'endereco_recusado', fields: [{ field: 'url' }] });
  const { id } = (await call('POST', '/webhooks', wanted())).body as { id: string };
  expect((await call('PATCH', `/webhooks/${id}`, { url })).body).toMatchObject({ code: 'endereco_recusado' });
});

test('where banks are real this machine is refused, too', async () => {
  for (const url of [receiver.url, 'https://127.0.0.1/', 'https://localhost/', 'https://[::1]/']) {
    const answer = await openScenesApi(url);
    expect(answer.body).toMatchObject({ status: 422, code: 'endereco_recusado' });
  }
});
const openScenesApi = async (url: string) => {
  const { knex } = scene;
  const api = createApi({
    ...{ knex, temporal: undefined as never, secretBox: testSecretBox, secureCookies: false },
    log: { error: console.error, info: () => undefined },
  });
  const response = await api.request('/api/v1/webhooks', {
    method: 'POST',
    headers: { ...credentialHeaders(session), 'Content-Type': 'application/json' },
    body: JSON.stringify(wanted({ url })),
  });
  return { body: await response.json() };
};

test('of a webhook that is told of fewer filiais the notices of the others go, sent or not', async () => {
  const [own, foreign] = [await createCarteira(scene.knex), await createCarteira(scene.knex)];
  const { id } = (await call('POST', '/webhooks', wanted({ events: ['batch.done', 'boleto.registered'] }))).body as {
    id: string;
  };
  const tell = async (name: string, data: object, state = 'pending') => {
    await scene.knex('webhook_event').insert({ id: `evt_${name}`, type: 'batch.done', data: JSON.stringify(data) });
    await scene.knex('webhook_delivery').insert({ webhook_id: id, event_id: `evt_${name}`, state });
  };
  for (const [name, { id: carteiraId, filialId }] of Object.entries({ own, foreign })) {
    const batchId = await createBatch(scene.knex, carteiraId, { filiais: [filialId] });
    await tell(`batch_${name}`, { batchId });
    await tell(`boleto_${name}`, { filialId, receivableId: 1, batchId }, 'delivered');
  }
  await tell('test', { webhookId: id });
  await tell('both', {
    batchId: await createBatch(scene.knex, own.id, { filiais: [own.filialId, foreign.filialId] }),
  });
  const limited = await scene.createSession('administrador', [own.filialId]);
  expect((await call('PATCH', `/webhooks/${id}`, { filiais: [own.filialId] })).body).toMatchObject({ pending: 2 });
  const ofOwn = ['evt_test', 'evt_boleto_own', 'evt_batch_own'];
  expect(
    await scene.knex('webhook_delivery').where({ webhook_id: id }).orderBy('id', 'desc').pluck('event_id'),
  ).toEqual(ofOwn);
  // What was on its way while that happened.
  await tell('late', { filialId: foreign.filialId });
  const as = credentialHeaders(limited.session);
  const { items } = (await call('GET', `/webhooks/${id}/entregas`, undefined, as)).body as {
    items: { eventId: string }[];
  };
  expect(items.map(({ eventId }) => eventId)).toEqual(ofOwn);
});

test('an administrator of some filiais sees and makes those of its own only', async () => {
  const [own, foreign] = [await createFilial(scene.knex), await createFilial(scene.knex)];
  const limited = await scene.createSession('administrador', [own]);
  const as = credentialHeaders(limited.session);
  for (const filiais of [null, [foreign], [own, foreign]]) {
    expect((await call('POST', '/webhooks', wanted({ filiais }), as)).body).toMatchObject({ code: 'filial_de_outro' });
    const { id } = (await call('POST', '/webhooks', wanted({ filiais }))).body as { id: string };
    for (const [method, path] of [
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/teste'],
      ['GET', '/entregas'],
    ] as const)
      expect((await call(method, `/webhooks/${id}${path}`, method === 'PATCH' ? {} : undefined, as)).status).toBe(404);
  }
  const { id } = (await call('POST', '/webhooks', wanted({ filiais: [own] }), as)).body as { id: string };
  expect((await call('PATCH', `/webhooks/${id}`, { filiais: null }, as)).body).toMatchObject({
    code: 'filial_de_outro',
  });
  expect((await call('GET', '/webhooks', undefined, as)).body.items).toMatchObject([{ id }]);
});

describe('an operator’s token', () => {
  const url = 'https://erp.exemplo.com.br/avisos';
  test('makes, lists, changes and deletes webhooks of its filiais, which end with it', async () => {
    const filialId = await createFilial(scene.knex);
    const { token, id: tokenId } = await scene.createToken('operador', [filialId]);
    const body = wanted({ url, events: ['boleto.refused'], filiais: [filialId] });
    const made = await scene.ask(token, 'POST', '/webhooks', body);
    expect([made.status, made.body]).toMatchObject([201, { tokenId, createdBy: tokenId, active: true }]);
    const path = `/webhooks/${made.body.id}`;
    expect((await scene.ask(token, 'GET', '/webhooks')).body.items).toMatchObject([{ id: made.body.id }]);
    const changed = await scene.ask(token, 'PATCH', path, { events: ['boleto.diverged'], newSecret: true });
    expect(changed.body).toMatchObject({ events: ['boleto.diverged'], secret: expect.any(String) as string });
    expect((await scene.ask(token, 'POST', `${path}/teste`)).status).toBe(202);
    await scene.knex('api_token').where({ id: tokenId }).update({ revoked_at: scene.knex.fn.now() });
    const { items } = (await call('GET', '/webhooks')).body as { items: { id: string }[] };
    const shown = items.find((each) => each.id === made.body.id);
    expect(shown).toMatchObject({ active: false, stoppedBy: 'tokenEnded' });
    const other = (await scene.createToken('operador', [filialId])).token;
    expect((await scene.ask(other, 'DELETE', path)).status).toBe(204);
  });

  test('is refused other filiais, all filiais, and what it did not make itself', async () => {
    const [filialId, foreign] = [await createFilial(scene.knex), await createFilial(scene.knex)];
    const { token } = await scene.createToken('operador', [filialId]);
    const everywhere = (await scene.createToken('operador', null)).token;
    const make = async (who: string, filiais: number[] | null) => {
      const { status, body } = await scene.ask(who, 'POST', '/webhooks', wanted({ url, filiais }));
      return [status, body.code];
    };
    expect(await make(token, [foreign])).toEqual([403, 'filial_de_outro']);
    expect(await make(token, null)).toEqual([403, 'filial_de_outro']);
    expect(await make(everywhere, null)).toEqual([422, 'filiais_exigidas']);
    const ofPerson = await call('POST', '/webhooks', wanted({ url, filiais: [filialId] }));
    const path = `/webhooks/${ofPerson.body.id}`;
    const elsewhere = { url: `${url}/outro` };
    expect((await scene.ask(token, 'PATCH', path, elsewhere)).body).toMatchObject({
      status: 403,
      code: 'sessao_exigida',
    });
    const consulta = (await scene.createToken('consulta', [filialId])).token;
    expect((await scene.ask(consulta, 'POST', '/webhooks', wanted({ url, filiais: [filialId] }))).status).toBe(403);
  });

  test('a person who activates one of a token answers for it from then on', async () => {
    const filialId = await createFilial(scene.knex);
    const { token, id: tokenId } = await scene.createToken('operador', [filialId]);
    const { id } = (await scene.ask(token, 'POST', '/webhooks', wanted({ url, filiais: [filialId] }))).body as {
      id: string;
    };
    await scene.knex('api_token').where({ id: tokenId }).update({ revoked_at: scene.knex.fn.now() });
    const taken = await call('PATCH', `/webhooks/${id}`, { active: true });
    expect(taken.body).toMatchObject({ active: true, stoppedBy: null, tokenId: null });
  });
});
