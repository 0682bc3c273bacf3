import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCheckAccount } from '../../activities/checkAccount';
import { holdPermits } from '../../record/engine/limits';
import { createGateways } from '../../gateways/gateways';
import {
  simulatedAccount,
  startSimulator,
  type BancoDoBrasilSimulator,
} from '../../gateways/bancoDoBrasil/simulator/simulator';
import { selfSignedCertificate } from '../gateways/selfSigned';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createFilial,
  createItem,
  createReceivable,
  sealedAccount,
} from '../kit/record';
import { testSecretBox } from '../kit/testWorker';
import { openApiScene, type ApiScene } from './support/apiScene';

let scene: ApiScene;
let bank: BancoDoBrasilSimulator;
let folder: string;
const sessions: Record<string, string> = {};
let here: number;
let elsewhere: number;
let convenio = 2_000_000;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bank-'));
  bank = await startSimulator({ stateFolder: folder });
  scene = await openApiScene(undefined, ({ knex }) => ({
    checkAccount: createCheckAccount({ knex, secretBox: testSecretBox, gateways: createGateways({ simulated: true }) }),
  }));
  here = await createFilial(scene.knex);
  elsewhere = await createFilial(scene.knex);
  for (const role of ['consulta', 'operador', 'administrador'] as const)
    sessions[role] = (await scene.createSession(role)).session;
  sessions.ofHere = (await scene.createSession('administrador', [here])).session;
});
afterAll(async () => {
  await scene.close();
  await bank.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  convenio += 1;
  await scene.knex('gateway_account').update({ tested_at: null });
});

const definition = (changes: object = {}) => ({
  gateway: 'banco-do-brasil',
  baseUrl: bank.baseUrl,
  authUrl: bank.authUrl,
  convenio: String(convenio),
  variation: '35',
  credentials: simulatedAccount,
  ...changes,
});
const empty = (columns: object = {}) => createCarteira(scene.knex, { filial_id: here, account_id: null, ...columns });

async function defined(columns: object = {}, changes: object = {}): Promise<number> {
  const { id } = await empty(columns);
  const { status } = await scene.ask(sessions.administrador!, 'PUT', `/carteiras/${id}/conta`, definition(changes));
  expect(status).toBe(200);
  return id;
}
const audit = (id: number) =>
  scene
    .knex('audit_entry')
    .where({ entity: 'carteira', entity_id: String(id) })
    .orderBy('id')
    .select('*');
const ask = (who: string, method: string, path: string, body?: unknown) =>
  scene.ask(sessions[who]!, method, path, body);

test('carteiras are found by id and by a part of their name, those of other filiais by nobody', async () => {
  const mine = await empty({ description: 'Cobrança Vale do Sol' });
  const other = await createCarteira(scene.knex, { filial_id: elsewhere, description: 'Cobrança do vale fundo' });
  const ids = async (who: string, q: string) =>
    ((await ask(who, 'GET', `/carteiras?q=${encodeURIComponent(q)}`)).body.items as { id: number }[]).map(
      ({ id }) => id,
    );
  expect(await ids('consulta', 'do vale FUNDO')).toEqual([other.id]);
  expect(await ids('consulta', String(mine.id))).toEqual([mine.id]);
  expect(await ids('consulta', 'vale')).toEqual([mine.id, other.id]);
  expect(await ids('ofHere', 'vale')).toEqual([mine.id]);
  expect(await ids('ofHere', '%')).toEqual([]);
  expect(await ask('ofHere', 'GET', `/carteiras/${other.id}`)).toMatchObject({
    status: 404,
    body: { code: 'nao_encontrado', title: 'A carteira não existe, ou não é da sua filial.' },
  });
  expect((await ask('consulta', 'GET', '/carteiras/999999')).body.title).toBe(
    'A carteira não existe, ou não é da sua filial.',
  );
});

test('what an account at each gateway is made of is told, with no account and no secret', async () => {
  const { status, body } = await ask('consulta', 'GET', '/gateways');
  expect(status).toBe(200);
  expect(body.items).toMatchObject([
    {
      ...{ name: 'banco-do-brasil', label: 'Banco do Brasil', compeCodes: ['001'] },
      fields: [
        { key: 'convenio', property: 'convenio', pattern: '^[1-9]\\d{6}$', words: '7 dígitos', required: true },
        { key: 'carteira', property: 'code', usual: '17' },
        { key: 'variacao', property: 'variation', required: true },
        { key: 'agencia', property: 'agency', required: false },
        { key: 'conta', property: 'bankAccount', required: false },
      ],
      credentials: [
        { key: 'clientId', kind: 'text', identifies: true, optional: false },
        { key: 'clientSecret', secret: true, identifies: false },
        { key: 'appKey', secret: true },
        { key: 'appKeyParam', secret: false, optional: true },
      ],
      addresses: { base: { label: 'Endereço da API' }, token: { label: 'Endereço da autenticação' } },
      environments: [{ real: true, base: 'https://api.bb.com.br/cobrancas/v2' }, { real: false }, { real: false }],
      limits: { register: { calls: 20, windowMs: 1_000 }, read: { calls: 10, windowMs: 1_000 } },
    },
  ]);
});

test('a defined account is shown, and told in the audit, without a secret', async () => {
  const { id } = await empty();
  const put = await ask(
    'administrador',
    'PUT',
    `/carteiras/${id}/conta`,
    definition({ limits: { register: { calls: 7, windowMs: 1_000 } } }),
  );
  expect(put).toMatchObject({
    status: 200,
    body: {
      convenio: String(convenio),
      account: {
        baseUrl: bank.baseUrl,
        limits: { register: { calls: 7, windowMs: 1_000 }, read: { calls: 10, windowMs: 1_000 } },
        health: { credentialsReadable: true, certificateExpiresAt: null, token: null },
      },
    },
  });
  const entries = await audit(id);
  expect(entries).toMatchObject([
    { action: 'definir conta de gateway', before: { account: null }, after: { convenio: String(convenio) } },
  ]);
  const told = JSON.stringify([put.body, entries, (await ask('consulta', 'GET', `/carteiras/${id}`)).body]);
  for (const secret of Object.values(simulatedAccount)) expect(told).not.toContain(secret);
});

test('a definition that does not serve names each field as it was sent, and changes nothing', async () => {
  const { id } = await empty();
  const { status, body } = await ask(
    'administrador',
    'PUT',
    `/carteiras/${id}/conta`,
    definition({ baseUrl: 'http://banco.example', convenio: '12', credentials: { clientId: 'x' } }),
  );
  expect([status, body.code]).toEqual([422, 'definicao_invalida']);
  expect((body.fields as { field: string }[]).map(({ field }) => field)).toEqual([
    'baseUrl',
    'convenio',
    'credentials',
  ]);
  expect(await audit(id)).toEqual([]);
  for (const wrong of [{ gateway: 'constructor' }, { baseUrl: `${bank.baseUrl}\0` }, { credentials: { clientId: 1 } }])
    expect((await ask('administrador', 'PUT', `/carteiras/${id}/conta`, definition(wrong))).status).toBe(400);
  expect((await ask('consulta', 'GET', '/carteiras?q=%00')).status).toBe(400);
});

test('while a batch is live the account stays what it is; the refusal says why, and what to do', async () => {
  const { knex } = scene;
  const id = await defined();
  const batchId = await createBatch(knex, id, { phase: 'communicating' });
  const put = (changes: object, who = 'administrador') =>
    ask(who, 'PUT', `/carteiras/${id}/conta`, definition(changes));
  const secret = { credentials: { ...simulatedAccount, clientSecret: 'outro' } };
  expect(await put({ convenio: '1112223' })).toMatchObject({
    status: 409,
    body: {
      code: 'comunicacao_em_andamento',
      title: `A comunicação ${batchId} está em andamento com esta conta: endereço, clientId e convênio não podem mudar agora.`,
      detail: expect.stringMatching(/^Conclua-a antes\./) as string,
    },
  });
  expect((await put(secret)).body).toMatchObject({ detail: 'Pause-a, mude as credenciais e retome.' });
  await knex('batch').where({ id: batchId }).update({ paused: true, pause_reason: 'config' });
  const { accountId } = (await ask('consulta', 'GET', `/carteiras/${id}`)).body;
  const receivableId = await createReceivable(knex, { id, filialId: here });
  const ordinal = await createItem(knex, batchId, receivableId, { state: 'unconfirmed' });
  const boletoId = await createBoleto(knex, receivableId, accountId, { state: 'unconfirmed' });
  await createAttempt(knex, boletoId, { batchId, ordinal, receivableId });
  expect((await put({ convenio: '1112223' })).body).toMatchObject({
    code: 'resultados_incertos',
    title: expect.stringMatching(
      `^1 boleto da conta tem resultado incerto ou divergente \\(comunicação ${batchId}\\)`,
    ) as string,
    detail: expect.stringContaining('reexamine e resolva') as string,
  });
  await knex('attempt').where({ boleto_id: boletoId }).update({ resolution: 'absent', resolved_at: knex.fn.now() });
  await knex('batch').where({ id: batchId }).update({ phase: 'concluded', concluded_at: knex.fn.now(), paused: false });
  expect((await put({ convenio: '1112223' })).status).toBe(200);
});

test('two administrators at once: who saves what another one changed meanwhile is told by whom and when', async () => {
  const id = await defined();
  const path = `/carteiras/${id}`;
  const read = await ask('administrador', 'GET', path);
  const { version } = read.body;
  expect(read.headers.get('ETag')).toBe(`"${version}"`);
  const first = await ask('administrador', 'PUT', `${path}/conta`, definition({ timeoutSeconds: 20, version }));
  expect(first.status).toBe(200);
  const late = definition({ timeoutSeconds: 30, version });
  expect(await ask('administrador', 'PUT', `${path}/conta`, late)).toMatchObject({
    status: 409,
    body: {
      code: 'conta_mudou',
      title: expect.stringMatching(
        /^.+ mudou esta conta em \d\d\/\d\d\/\d{4} \d\d:\d\d, depois que você a leu: nada foi alterado\.$/,
      ) as string,
      detail: expect.stringMatching(/^Recarregue a carteira/) as string,
    },
  });
  const withHeader = (etag: string) =>
    scene.ask(sessions.administrador!, 'PUT', `${path}/conta`, definition({ timeoutSeconds: 40 }), {
      'If-Match': etag,
    });
  expect((await withHeader(`"${version}"`)).body.code).toBe('conta_mudou');
  expect((await ask('consulta', 'GET', path)).body.timeoutSeconds).toBe(20);
  expect((await withHeader(`"${first.body.version}"`)).status).toBe(200);
  expect((await withHeader('*')).status).toBe(200);
  // A program that says nothing changes what there is.
  expect((await ask('administrador', 'PUT', `${path}/conta`, definition())).status).toBe(200);
  expect((await ask('administrador', 'PUT', `${path}/conta`, definition({ version: '1' }))).status).toBe(400);
});

test('thirty tests of one account in a row ask the bank for one token; the others are told when to come back', async () => {
  const id = await defined();
  const before = bank.admin.calls.counts();
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => ask('operador', 'POST', `/carteiras/${id}/teste`)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const refused = answers.filter(({ status }) => status !== 200);
  for (const { status, body, headers } of refused) {
    expect([status, body.code]).toEqual([429, 'conta_testada_agora']);
    expect(body.title).toMatch(/^Testada há \d+ s: aguarde\.$/);
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
  }
  const now = bank.admin.calls.counts();
  expect((now['token'] ?? 0) - (before['token'] ?? 0)).toBe(1);
  expect((now['read'] ?? 0) - (before['read'] ?? 0)).toBe(1);
  // Another carteira of the same account is the same bank's account.
  const other = await defined();
  expect((await ask('operador', 'POST', `/carteiras/${other}/teste`)).status).toBe(429);
  expect((await audit(id)).filter(({ action }) => action === 'testar conta de gateway')).toHaveLength(1);
});

test('only an administrator defines and limits, an operator tests', async () => {
  const id = await defined();
  const limits = { read: { calls: 9, windowMs: 1_000 } };
  expect((await ask('operador', 'PUT', `/carteiras/${id}/conta`, definition())).status).toBe(403);
  expect((await ask('operador', 'PATCH', `/carteiras/${id}/limites`, limits)).status).toBe(403);
  expect((await ask('consulta', 'POST', `/carteiras/${id}/teste`)).status).toBe(403);
});

test('limits are changed with before and after; the others stay', async () => {
  const id = await defined();
  const before = (await ask('consulta', 'GET', `/carteiras/${id}`)).body.account.limits;
  const { status, body } = await ask('administrador', 'PATCH', `/carteiras/${id}/limites`, {
    register: { calls: 3, windowMs: 60_000 },
  });
  const after = { register: { calls: 3, windowMs: 60_000 }, read: before.read };
  expect([status, body.account.limits]).toEqual([200, after]);
  const [, entry] = await audit(id);
  expect(entry).toMatchObject({
    action: 'mudar limites',
    before: { limits: before },
    after: { limits: after },
  });
  for (const wrong of [{ register: { calls: 0, windowMs: 1 } }, { registro: { calls: 1, windowMs: 1 } }])
    expect((await ask('administrador', 'PATCH', `/carteiras/${id}/limites`, wrong)).status).toBe(400);
  const { id: bare } = await empty();
  expect(await ask('administrador', 'PATCH', `/carteiras/${bare}/limites`, after)).toMatchObject({
    status: 409,
    body: { code: 'carteira_sem_conta' },
  });
});

test('an account that also serves another filial is no matter of an administrator of one', async () => {
  const id = await defined();
  const other = await defined({ filial_id: elsewhere });
  expect((await ask('consulta', 'GET', `/carteiras/${id}`)).body.account.carteiras).toContain(other);
  expect((await ask('ofHere', 'GET', `/carteiras/${id}`)).body.account.carteiras).not.toContain(other);
  for (const [method, path, body] of [
    ['PATCH', 'limites', { register: { calls: 1, windowMs: 1_000 } }],
    ['PUT', 'conta', definition()],
  ] as const)
    expect(await ask('ofHere', method, `/carteiras/${id}/${path}`, body)).toMatchObject({
      status: 403,
      body: { code: 'filial_de_outro' },
    });
  // Nor does a new carteira of theirs take it over.
  const { id: fresh } = await empty();
  expect((await ask('ofHere', 'PUT', `/carteiras/${fresh}/conta`, definition())).status).toBe(403);
});

test('the health of credentials: another key, a certificate that ends, a token and its refusals', async () => {
  const id = await defined();
  const health = async () => (await ask('consulta', 'GET', `/carteiras/${id}`)).body.account.health;
  const { accountId } = (await ask('consulta', 'GET', `/carteiras/${id}`)).body;
  const seal = (credentials: Buffer) => scene.knex('gateway_account').where({ id: accountId }).update({ credentials });
  const withCertificate = { ...simulatedAccount, certificate: selfSignedCertificate().cert };
  await scene
    .knex('gateway_account')
    .where({ id: accountId })
    .update(sealedAccount(testSecretBox, definition(), withCertificate));
  expect(await health()).toMatchObject({ certificateExpiresAt: '2049-12-31T00:00:00.000Z' });
  await seal(Buffer.from('sealed under another key, long enough to be read'));
  expect(await health()).toMatchObject({ credentialsReadable: false, certificateExpiresAt: null });
  await scene.knex('gateway_token').insert({
    ...{ account_id: accountId, token: Buffer.from('x'), generation: 3, refused_in_a_row: 1 },
    ...{ obtained_at: '2030-01-02T03:04:05Z', usable_until: scene.knex.raw(`'-infinity'`) },
  });
  expect((await health()).token).toEqual({
    ...{ obtainedAt: '2030-01-02T03:04:05.000Z', usableUntil: null, accepted: false, refusedInARow: 1 },
  });
});

test('the test of a carteira reaches its bank, takes one of its reads, and is in the audit', async () => {
  const id = await defined();
  const reads = bank.admin.calls.counts()['read'] ?? 0;
  const { status, body } = await ask('operador', 'POST', `/carteiras/${id}/teste`);
  expect([status, body.ok]).toEqual([200, true]);
  expect((body.steps as { step: string }[]).map(({ step }) => step)).toEqual([
    'ambiente',
    'token',
    'escopos',
    'consulta',
  ]);
  expect(bank.admin.calls.counts()['read']).toBe(reads + 1);
  expect((await audit(id)).at(-1)).toMatchObject({
    action: 'testar conta de gateway',
    after: { steps: [{ step: 'ambiente', ok: true }, { step: 'token', ok: true }, {}, { step: 'consulta', ok: true }] },
  });
});

test('a test waits for its turn like any other read, and says when there is none', async () => {
  const id = await defined();
  const { accountId } = (await ask('consulta', 'GET', `/carteiras/${id}`)).body;
  await holdPermits(scene.knex, accountId, 'read', 3_600_000);
  const reads = bank.admin.calls.counts()['read'];
  const { body } = await ask('operador', 'POST', `/carteiras/${id}/teste`);
  expect((body.steps as unknown[]).at(-1)).toMatchObject({
    step: 'consulta',
    ok: false,
    message: expect.stringMatching(/daqui a \d+ s/),
  });
  expect(bank.admin.calls.counts()['read']).toBe(reads);
  await scene.knex('gateway_limit').where({ account_id: accountId }).update({ held_until: '-infinity' });
});

test('what is wrong with an account is an answer, not an error; without one, or for another filial, there is no test', async () => {
  const id = await defined();
  const { accountId } = (await ask('consulta', 'GET', `/carteiras/${id}`)).body;
  const sealed = await scene
    .knex('gateway_account')
    .where({ id: accountId })
    .first<{ credentials: Buffer }>('credentials');
  await scene
    .knex('gateway_account')
    .where({ id: accountId })
    .update({ credentials: Buffer.alloc(60) });
  expect(await ask('operador', 'POST', `/carteiras/${id}/teste`)).toMatchObject({
    status: 200,
    body: {
      ok: false,
      steps: [{ step: 'token', stepLabel: 'Token', message: expect.stringContaining('SECRETS_KEY') }],
    },
  });
  await scene.knex('gateway_account').where({ id: accountId }).update({ credentials: sealed.credentials });
  expect((await ask('operador', 'POST', `/carteiras/${(await empty()).id}/teste`)).body.code).toBe(
    'carteira_sem_conta',
  );
  const foreign = await createCarteira(scene.knex, { filial_id: elsewhere });
  expect((await ask('ofHere', 'POST', `/carteiras/${foreign.id}/teste`)).status).toBe(404);
});
