import { inventedManifest } from '../kit/manifest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { addCarteiraCommand } from '../../cli/carteira';
import { getCarteira, loadAccount } from '../../record/accounts/carteiras';
import { defineGatewayAccount, type AccountDefinition } from '../../record/accounts/defineAccount';
import { holdAccounts } from '../../record/engine/accountLock';
import { createSecretBox } from '../../config/secrets';
import { createTestDatabase } from '../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createItem,
  createReceivable,
  emptyAudit,
} from '../kit/record';
import { runCommand, testSecretBox } from '../kit/command';

const gateways = { 'banco-inventado': inventedManifest() };
const secrets = { clientId: 'cliente-inventado', clientSecret: 'segredo-inventado' };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
let carteiraId: number;
let convenio = 1_000_000;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());
beforeEach(async () => {
  await knex.raw('truncate gateway_account, carteira restart identity cascade');
  await emptyAudit(knex);
  carteiraId = (await createCarteira(knex, { account_id: null })).id;
  convenio += 1;
});

function define(changes: Partial<AccountDefinition> = {}) {
  return defineGatewayAccount(knex, testSecretBox, gateways, {
    carteiraId,
    gateway: 'banco-inventado',
    baseUrl: 'https://api.exemplo.com.br/cobrancas/v2',
    authUrl: 'https://oauth.exemplo.com.br/oauth/token',
    convenio: String(convenio),
    credentials: secrets,
    by: 'operador.1',
    ...changes,
  });
}

async function otherCarteira(): Promise<number> {
  return (await createCarteira(knex, { account_id: null })).id;
}

test('a defined carteira has account, limits, numbering and settings', async () => {
  const result = await define({
    variation: '35',
    code: '17',
    timeoutSeconds: 5,
    addressSource: 'billing',
    nextNumber: 501,
  });
  expect(result).toEqual({ kind: 'defined', accountId: 1, newAccount: true, sharedWith: [] });
  expect(await getCarteira(knex, carteiraId)).toMatchObject({
    gateway: 'banco-inventado',
    convenio: String(convenio),
    variation: '35',
    timeoutSeconds: 5,
    addressSource: 'billing',
    account: {
      id: 1,
      baseUrl: 'https://api.exemplo.com.br/cobrancas/v2',
      limits: { register: { calls: 20, windowMs: 1_000 }, read: { calls: 10, windowMs: 1_000 } },
      carteiras: [carteiraId],
      nextNumber: 501,
    },
  });
});

test('secrets cannot be read in the row, in what is shown, or in the audit, and the worker gets them whole', async () => {
  await define();
  const row = (await knex('gateway_account').first()) as { credentials: Buffer };
  const shown = JSON.stringify([
    row.credentials.toString('latin1'),
    row,
    await getCarteira(knex, carteiraId),
    await knex('audit_entry'),
  ]);
  for (const secret of Object.values(secrets)) expect(shown).not.toContain(secret);
  expect(await knex('audit_entry')).toHaveLength(1);
  expect(await loadAccount(knex, testSecretBox, 1)).toEqual({
    id: 1,
    version: 1,
    gateway: 'banco-inventado',
    baseUrl: 'https://api.exemplo.com.br/cobrancas/v2',
    authUrl: 'https://oauth.exemplo.com.br/oauth/token',
    credentials: secrets,
  });
  await expect(loadAccount(knex, createSecretBox('outra chave qualquer de testes aqui'), 1)).rejects.toThrow(
    /SECRETS_KEY/,
  );
  await expect(loadAccount(knex, testSecretBox, 99)).rejects.toThrow(/99/);
});

test('two carteiras with the same gateway, base URL and client id share the account and its convênio', async () => {
  await define();
  const other = await otherCarteira();
  expect(await define({ carteiraId: other, baseUrl: 'https://api.exemplo.com.br/cobrancas/v2/' })).toEqual({
    kind: 'defined',
    accountId: 1,
    newAccount: false,
    sharedWith: [carteiraId],
  });
  const { convenio } = (await getCarteira(knex, other)) ?? {};
  expect(await knex('numbering_space').where({ convenio })).toHaveLength(1);
});

test('the same definition again changes nothing; limits and the next number move only when given', async () => {
  await define({ nextNumber: 100 });
  await knex('gateway_limit').update({ tat: '2030-01-01T00:00:00Z' });
  await define({ limits: { register: { calls: 50, windowMs: 1_000 } } });
  expect((await getCarteira(knex, carteiraId))?.account).toMatchObject({
    limits: { register: { calls: 50, windowMs: 1_000 }, read: { calls: 10, windowMs: 1_000 } },
    nextNumber: 100,
  });
  await define({ nextNumber: 50 });
  expect((await getCarteira(knex, carteiraId))?.account?.nextNumber).toBe(100);
  expect(await knex('gateway_limit').pluck('tat')).toEqual(Array(2).fill(new Date('2030-01-01T00:00:00Z')));
  expect(await knex('gateway_account')).toHaveLength(1);
});

const newClientId = { credentials: { ...secrets, clientId: 'outro-cliente' } };
const newSecret = { credentials: { ...secrets, clientSecret: 'outro-segredo' } };
const newAddress = { baseUrl: 'http://127.0.0.1:4321' };
const newTokenAddress = { authUrl: 'http://127.0.0.1:4321/oauth/token' };

describe('one account, in another version', () => {
  const versionNow = async () => (await knex('gateway_account').first<{ version: number }>('version')).version;
  const live = (columns: object = {}) => createBatch(knex, carteiraId, { phase: 'communicating', ...columns });

  test.each<[string, object]>([
    ['a new client id', newClientId],
    ['a new secret', newSecret],
    ['a new address', newAddress],
    ['a new address of the token', newTokenAddress],
  ])('%s under the same convênio: its token is retired with it', async (_name, change) => {
    await define();
    await knex('gateway_token').insert({
      ...{ account_id: 1, token: Buffer.from('x'), generation: 3, accepted: true, refused_in_a_row: 1 },
      ...{ usable_until: knex.raw(`clock_timestamp() + interval '1 hour'`), refreshing_until: knex.fn.now() },
    });
    expect(await define(change)).toMatchObject({ kind: 'defined', accountId: 1, newAccount: false });
    const account = await loadAccount(knex, testSecretBox, 1);
    expect(account).toMatchObject({ version: 2, ...change });
    expect(await knex('gateway_token').first()).toMatchObject({
      ...{ account_version: 2, token: null, generation: 3, accepted: false, refused_in_a_row: 0 },
      ...{ refreshing_until: null, obtained_at: null },
    });
  });

  test('the same definition again, or one of its limits, is the same version, and the token stays', async () => {
    await define();
    await knex('gateway_token').insert({ account_id: 1, token: Buffer.from('x') });
    await define({ limits: { read: { calls: 5, windowMs: 1_000 } }, timeoutSeconds: 9, nextNumber: 77 });
    expect(await versionNow()).toBe(1);
    expect((await knex('gateway_token').first<{ token: Buffer }>('token')).token).toEqual(Buffer.from('x'));
  });

  test('whoever changes the row by hand retires the token, too', async () => {
    await define();
    await knex('gateway_token').insert({ account_id: 1, token: Buffer.from('x') });
    await knex('gateway_account').update({ auth_url: 'https://outro.exemplo.com.br' });
    expect(await versionNow()).toBe(2);
    expect(await knex('gateway_token').first('token')).toEqual({ token: null });
  });

  test.each<[string, object]>([
    ['clientId', newClientId],
    ['address', newAddress],
    ['address of the token', newTokenAddress],
    ['convênio', { convenio: '7654321' }],
  ])(
    'another %s waits for the end of every live batch of the account, one that its configuration paused aside',
    async (_name, change) => {
      await define();
      const other = await otherCarteira();
      await define({ carteiraId: other, convenio: String(convenio) });
      const batchId = await live();
      const refused = { kind: 'liveBatch', batchId, secrets: false };
      expect(await define(change)).toEqual(refused);
      // Two in a row are no way around: the first is refused as well.
      expect(await define({ ...change, ...newAddress })).toEqual(refused);
      for (const pause_reason of ['operator', 'sliceFailed', null]) {
        await knex('batch').update({ paused: true, pause_reason });
        expect(await define(change)).toEqual(refused);
      }
      await knex('batch').update({ paused: false, pause_reason: null, phase: 'awaitingAdjustments' });
      expect(await define(change)).toEqual(refused);
      expect(await versionNow()).toBe(1);
      await knex('batch').update({ paused: true, pause_reason: 'config' });
      expect(await define(change)).toMatchObject({ kind: 'defined' });
    },
  );

  test('a batch of another carteira of the account counts as well, for what is the account’s', async () => {
    await define();
    const other = await otherCarteira();
    await define({ carteiraId: other });
    const batchId = await createBatch(knex, other, { phase: 'communicating' });
    expect(await define(newAddress)).toEqual({ kind: 'liveBatch', batchId, secrets: false });
    expect(await define(newSecret)).toEqual({ kind: 'liveBatch', batchId, secrets: true });
    // Nor does a carteira without an account change the one that it joins.
    const fresh = await otherCarteira();
    expect(await define({ carteiraId: fresh, ...newTokenAddress })).toEqual({
      ...{ kind: 'liveBatch', batchId, secrets: false },
    });
  });

  test('another secret alone asks for a pause, and for nothing while people are waited for', async () => {
    await define();
    const batchId = await live();
    expect(await define(newSecret)).toEqual({ kind: 'liveBatch', batchId, secrets: true });
    await knex('batch').update({ paused: true, pause_reason: 'operator' });
    expect(await define(newSecret)).toMatchObject({ kind: 'defined' });
    await knex('batch').update({ paused: false, pause_reason: null, phase: 'awaitingAdjustments' });
    expect(await define()).toMatchObject({ kind: 'defined' });
    expect(await versionNow()).toBe(3);
  });

  test('what is uncertain, or a conflict, at the old address keeps it; another secret can be mended', async () => {
    await define();
    const batchId = await live({ paused: true, pause_reason: 'config' });
    const receivableId = await createReceivable(knex, {
      id: carteiraId,
      filialId: (await knex('filial').first<{ id: number }>('id')).id,
    });
    const ordinal = await createItem(knex, batchId, receivableId, { state: 'unconfirmed' });
    const boletoId = await createBoleto(knex, receivableId, 1, { state: 'unconfirmed', convenio: String(convenio) });
    await createAttempt(knex, boletoId, { batchId, ordinal, receivableId });
    const refused = { kind: 'unresolvedAttempts', count: 1, batchIds: [batchId] };
    for (const change of [newClientId, newAddress, newTokenAddress, { convenio: '7654321' }])
      expect(await define(change)).toEqual(refused);
    expect(await define(newSecret)).toMatchObject({ kind: 'defined' });
    expect(await define({ ...newSecret, ...newAddress })).toEqual(refused);
    await knex('attempt').update({ resolution: 'conflict', resolved_at: knex.fn.now() });
    await knex('boleto').update({ state: 'conflict' });
    expect(await define({ ...newSecret, ...newAddress })).toEqual(refused);
    await knex('boleto').update({ state: 'superseded' });
    expect(await define({ ...newSecret, ...newAddress })).toMatchObject({ kind: 'defined' });
  });
});

test('a definition waits for the intents that are being written, and finds what they wrote', async () => {
  await define();
  const batchId = await createBatch(knex, carteiraId, { paused: true, pause_reason: 'config' });
  const { id: filialId } = await knex('filial').first<{ id: number }>('id');
  const receivableId = await createReceivable(knex, { id: carteiraId, filialId });
  const ordinal = await createItem(knex, batchId, receivableId);
  const writing = await knex.transaction();
  await holdAccounts(writing, [1]);
  const defined = define(newAddress);
  for (let waiting = 0; waiting === 0;) {
    const { rows } = await knex.raw<{ rows: { waiting: number }[] }>(
      `select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted`,
    );
    waiting = rows[0]?.waiting ?? 0;
  }
  const boletoId = await createBoleto(writing, receivableId, 1, { state: 'sending' });
  await createAttempt(writing, boletoId, { batchId, ordinal, receivableId });
  await writing.commit();
  expect(await defined).toEqual({ kind: 'unresolvedAttempts', count: 1, batchIds: [batchId] });
});

test('a definition by somebody who read an earlier one is refused, with who changed it and when', async () => {
  const read = async () => (await getCarteira(knex, carteiraId))?.version as string;
  const before = await read();
  expect(await define({ version: before })).toMatchObject({ kind: 'defined' });
  expect(await define({ version: before, timeoutSeconds: 9 })).toEqual({
    ...{ kind: 'changedSince', by: 'operador.1', at: expect.any(Date) as Date },
  });
  const now = await read();
  const other = await otherCarteira();
  await define({ carteiraId: other, ...newSecret, by: 'operador.2' });
  expect(await define({ version: now })).toMatchObject({ kind: 'changedSince', by: 'operador.2' });
  expect(await define({ version: await read(), ...newSecret })).toMatchObject({ kind: 'defined' });
});

test('another bank environment is another account, but not while a batch is under way', async () => {
  await define();
  const production = {
    baseUrl: 'https://api.producao.exemplo.com.br',
    credentials: { ...secrets, clientId: 'producao' },
  };
  const batchId = await createBatch(knex, carteiraId);
  expect(await define(production)).toEqual({ kind: 'liveBatch', batchId, secrets: false });
  expect(await define({ convenio: '7654321' })).toEqual({ kind: 'liveBatch', batchId, secrets: false });
  await knex('batch').update({ phase: 'concluded', concluded_at: knex.fn.now() });
  expect(await define(production)).toMatchObject({ kind: 'defined', newAccount: true });
});

test('one convênio never gets two numberings', async () => {
  await define();
  const other = await otherCarteira();
  const credentials = { ...secrets, clientId: 'outro-cliente' };
  expect(await define({ carteiraId: other, credentials })).toEqual({
    kind: 'convenioElsewhere',
    carteiraIds: [carteiraId],
  });
  expect(await define({ carteiraId: other, credentials, convenio: '7654321' })).toMatchObject({ kind: 'defined' });
});

describe('wrong codes', () => {
  const accepts = async () => (await getCarteira(knex, carteiraId))?.acceptsInvalidCodes;
  const production = { baseUrl: 'https://api.banco-inventado.com.br/v2' };

  test('are accepted of a carteira in homologação that is told so, until it is told otherwise', async () => {
    await define();
    expect(await accepts()).toBe(false);
    expect(await define({ acceptInvalidCodes: true })).toMatchObject({ kind: 'defined' });
    expect(await accepts()).toBe(true);
    await define({ acceptInvalidCodes: false });
    expect(await accepts()).toBe(false);
  });

  test('are never accepted in production: neither by its cadastro nor by its address', async () => {
    await knex('carteira').where({ id: carteiraId }).update({ homologation: false });
    expect(await define({ acceptInvalidCodes: true })).toEqual({ kind: 'production' });
    await knex('carteira').where({ id: carteiraId }).update({ homologation: true });
    expect(await define({ ...production, acceptInvalidCodes: true })).toEqual({ kind: 'production' });
    expect(await knex('gateway_account')).toEqual([]);
  });

  test('are no longer accepted once the carteira goes to production', async () => {
    await define({ acceptInvalidCodes: true });
    await knex('carteira').where({ id: carteiraId }).update({ homologation: false });
    expect(await accepts()).toBe(false);
    await knex('carteira').where({ id: carteiraId }).update({ homologation: true });
    await define(production);
    expect(await accepts()).toBe(false);
  });
});

test('a Pix is asked for while the carteira says so', async () => {
  const pix = async () => (await getCarteira(knex, carteiraId))?.pix;
  await define();
  expect(await pix()).toBe(false);
  await define({ pix: true });
  await define();
  expect(await pix()).toBe(true);
  await define({ pix: false });
  expect(await pix()).toBe(false);
});

test('a carteira that was not imported is refused', async () => {
  expect(await define({ carteiraId: 999_999 })).toEqual({ kind: 'unknownCarteira' });
  expect(await knex('gateway_account')).toEqual([]);
});

test.each<[Partial<AccountDefinition>, string, RegExp]>([
  [{ gateway: 'banco-x' }, 'gateway', /conheço: banco-inventado/],
  [{ baseUrl: 'api.exemplo.com.br' }, 'base-url', /não é um endereço/],
  [{ baseUrl: 'http://api.exemplo.com.br' }, 'base-url', /https/],
  [{ baseUrl: 'http://127.0.0.1.exemplo.com.br' }, 'base-url', /https/],
  [{ authUrl: 'https://a:b@exemplo.com.br' }, 'auth-url', /usuário, senha/],
  [{ baseUrl: 'ftp://127.0.0.1' }, 'base-url', /https/],
  [{ convenio: '123' }, 'convenio', /7 dígitos/],
  [{ credentials: [] }, 'credenciais', /objeto JSON com clientId, clientSecret/],
  [{ credentials: { clientId: 'a' } }, 'credenciais', /falta clientSecret/],
  [{ credentials: { ...secrets, senha: 'x' } }, 'credenciais', /só podem ter clientId, clientSecret, extra/],
  [{ credentials: { ...secrets, extra: 5 } }, 'credenciais', /extra deve ser um texto/],
  [{ timeoutSeconds: 301 }, 'timeout', /1 a 300/],
  [{ variation: '3 5' }, 'variacao', /letras ou dígitos/],
  [{ limits: { read: { calls: 0, windowMs: 1_000 } } }, 'limite', /1 a 1000000/],
])('%j is refused', async (change, field, message) => {
  expect(await define(change)).toEqual({
    kind: 'invalid',
    problems: [{ field, message: expect.stringMatching(message) }],
  });
  expect(await knex('gateway_account')).toEqual([]);
});

describe('boletos carteira', () => {
  const run = (...args: string[]) => runCommand(addCarteiraCommand, ['carteira', ...args], { knex });
  const definition = (file: string) => [
    'definir',
    String(carteiraId),
    '--gateway',
    'banco-do-brasil',
    '--base-url',
    'http://127.0.0.1:1',
    '--auth-url',
    'http://127.0.0.1:1/oauth/token',
    '--convenio',
    '3128557',
    '--variacao',
    '35',
    '--timeout',
    '5',
    '--limite-registro',
    '120/1m',
    '--endereco',
    'cobranca',
    '--credenciais',
    file,
  ];
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'carteira-'))));
  afterAll(() => rm(folder, { recursive: true }));

  test('definir, listar and ver show the account and no secret', async () => {
    const file = join(folder, 'credenciais.json');
    await writeFile(file, JSON.stringify({ ...secrets, appKey: 'chave-inventada' }));
    const defined = await run(...definition(file));
    expect(defined.error).toBeNull();
    const listed = await run('listar');
    const seen = await run('ver', String(carteiraId));
    expect(listed.printed).toMatchObject([{ id: carteiraId, gateway: 'banco-do-brasil', convenio: '3128557' }]);
    expect(seen.printed).toMatchObject([
      { id: carteiraId, addressSource: 'billing', account: { limits: { register: { calls: 120, windowMs: 60_000 } } } },
    ]);
    const shown = JSON.stringify([defined, listed, seen]);
    for (const secret of [...Object.values(secrets), 'chave-inventada']) expect(shown).not.toContain(secret);
  });

  test('credentials typed as an argument are not repeated', async () => {
    const { error } = await run(...definition('{"clientSecret":"segredo-inventado"}'));
    expect(error).toMatchObject({ exitCode: 2, code: 'credenciais_ilegiveis' });
    expect(`${error?.message}${error?.hint}`).not.toContain('segredo');
  });

  test('an unknown carteira is told', async () => {
    expect((await run('ver', '999999')).error).toMatchObject({ exitCode: 1, code: 'carteira_desconhecida' });
  });
});

test('the history of a carteira does not name the others of its account', async () => {
  const other = await otherCarteira();
  await define();
  expect(await define({ carteiraId: other })).toMatchObject({ sharedWith: [carteiraId] });
  await define({ carteiraId: other, timeoutSeconds: 20 });
  const rows = await knex('audit_entry')
    .where({ entity: 'carteira', entity_id: String(other) })
    .orderBy('id');
  expect(rows).toMatchObject([
    { before: { account: null }, after: { account: { baseUrl: expect.any(String) as string } } },
    { before: { timeoutSeconds: expect.any(Number) as number }, after: { timeoutSeconds: 20 } },
  ]);
  expect(JSON.stringify(rows)).not.toContain('carteiras');
});
