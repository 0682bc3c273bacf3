import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { CredentialKey, GatewayManifest } from '../../domain/manifest';
import { manifests } from '../../gateways';
import { defineGatewayAccount, type AccountDefinition } from '../../record/accounts/defineAccount';
import { getCarteira, loadAccount } from '../../record/accounts/carteiras';
import { noteShown } from '../../record/engine/bankShows';
import { readAccountHealth } from '../../record/accounts/accountHealth';
import { selfSignedCertificate } from '../gateways/selfSigned';
import { testSecretBox } from '../kit/command';
import { createTestDatabase } from '../kit/database';
import { inventedManifest } from '../kit/manifest';
import { createBoleto, createCarteira, createFilial, createReceivable } from '../kit/record';

const credential = (key: string, more: Partial<CredentialKey> = {}): CredentialKey => ({
  ...{ key, label: key, secret: true, kind: 'text' },
  ...more,
});

/** Numbers by itself, knows no convênio and gives no token: an account is a cooperativa, a user and a certificate. */
const foreign: GatewayManifest = inventedManifest({
  ...{ name: 'banco-estranho', label: 'Banco Estranho', accountFields: [], environments: [] },
  credentialKeys: [
    credential('cooperativa', { secret: false, identifies: true }),
    credential('usuario', { identifies: true }),
    credential('certificado', { kind: 'pem' }),
    credential('chave', { kind: 'pem' }),
  ],
  addresses: { base: { label: 'Endereço da API', words: 'https://…' }, token: null },
  capabilities: { ...inventedManifest().capabilities, numbering: 'bank' },
});
const { cert, key } = selfSignedCertificate();
const credentials = { cooperativa: '0512', usuario: 'inventado', certificado: cert, chave: key };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());

async function fresh(): Promise<number> {
  return (await createCarteira(knex, { account_id: null })).id;
}

function define(carteiraId: number, changes: Partial<AccountDefinition> = {}) {
  return defineGatewayAccount(
    knex,
    testSecretBox,
    { ...manifests, [foreign.name]: foreign },
    {
      ...{ carteiraId, gateway: foreign.name, baseUrl: 'https://api.exemplo.com.br/v1', credentials, by: 'operador.1' },
      ...changes,
    },
  );
}

test('an account without convênio, without token address and with a certificate reaches the worker whole', async () => {
  const carteiraId = await fresh();
  const defined = await define(carteiraId);
  expect(defined).toMatchObject({ kind: 'defined', newAccount: true });
  const { accountId } = defined as { accountId: number };
  expect(await getCarteira(knex, carteiraId)).toMatchObject({
    ...{ gateway: 'banco-estranho', convenio: '', code: '', variation: '' },
    account: { id: accountId, authUrl: null, nextNumber: null },
  });
  expect(await loadAccount(knex, testSecretBox, accountId)).toMatchObject({ authUrl: null, credentials });
  expect(await readAccountHealth(knex, testSecretBox, accountId)).toMatchObject({
    ...{ credentialsReadable: true, certificateExpiresAt: new Date('2049-12-31T00:00:00Z') },
  });
});

test('several credentials together tell accounts apart, and no convênio ties two of them', async () => {
  const first = await define(await fresh());
  expect(await define(await fresh())).toMatchObject({ ...first, newAccount: false, sharedWith: expect.any(Array) });
  const second = await define(await fresh(), { credentials: { ...credentials, usuario: 'outro' } });
  const third = await define(await fresh(), { credentials: { ...credentials, cooperativa: '0513' } });
  const ids = [first, second, third].map((result) => (result as { accountId: number }).accountId);
  expect(new Set(ids).size).toBe(3);
});

test('without convênio two accounts may have the same number: what the bank shows of one says nothing of the other', async () => {
  const shown = async () => {
    const id = await fresh();
    const { accountId } = (await define(id, { credentials: { ...credentials, usuario: `de ${id}` } })) as {
      accountId: number;
    };
    const receivableId = await createReceivable(knex, { id, filialId: await createFilial(knex) });
    const boletoId = await createBoleto(knex, receivableId, accountId, {
      ...{ convenio: '', our_number: '42', state: 'registered', bank_terms: JSON.stringify({ dueDate: '2030-01-01' }) },
    });
    return { accountId, boletoId };
  };
  const [first, second] = [await shown(), await shown()];
  const rows = JSON.stringify([
    { number: '42', convenio: '', amount_cents: 12_345, due_date: '2030-02-02', alive: true },
  ]);
  await knex.transaction((trx) =>
    noteShown(trx, { gateway: foreign.name, accountId: first.accountId, rows }, 'operador.1'),
  );
  const boletos = await knex('boleto')
    .whereIn('id', [first.boletoId, second.boletoId])
    .orderBy('id')
    .select<{ bank_terms: object }[]>('bank_terms');
  expect(boletos).toMatchObject([{ bank_terms: { dueDate: '2030-02-02' } }, { bank_terms: { dueDate: '2030-01-01' } }]);
});

test('what a gateway does not know is refused, and what it knows by itself, too', async () => {
  const carteiraId = await fresh();
  const refused = async (changes: Partial<AccountDefinition>) => {
    const result = await define(carteiraId, changes);
    return result.kind === 'invalid' ? result.problems : result;
  };
  const one = (field: string, message: RegExp) => [{ field, message: expect.stringMatching(message) as string }];
  expect(await refused({ convenio: '3128557' })).toEqual(one('convenio', /não usa o convênio/));
  expect(await refused({ authUrl: 'https://a.exemplo.com.br' })).toEqual(one('auth-url', /não dá token/));
  expect(await refused({ nextNumber: 7 })).toEqual(one('proximo-numero', /dá ele mesmo os números/));
  const other = selfSignedCertificate();
  expect(await refused({ credentials: { ...credentials, chave: other.key } })).toEqual(
    one('credenciais', /não é a do certificado/),
  );
});

describe('Banco do Brasil', () => {
  const ofBank = {
    gateway: 'banco-do-brasil',
    ...{ authUrl: 'https://oauth.exemplo.com.br/oauth/token', convenio: '3128557', variation: '35' },
    credentials: { clientId: 'cliente', clientSecret: 'segredo', appKey: 'chave' },
  };

  test('its accounts are found by the fingerprint that they always had, and its carteira is 17', async () => {
    const carteiraId = await fresh();
    const { accountId } = (await define(carteiraId, ofBank)) as { accountId: number };
    const row = (await knex('gateway_account').where({ id: accountId }).first()) as { credential_fingerprint: string };
    expect(row.credential_fingerprint).toBe(createHash('sha256').update('cliente').digest('hex'));
    expect(await getCarteira(knex, carteiraId)).toMatchObject({ code: '17', variation: '35' });
    await define(carteiraId, { ...ofBank, code: '18' });
    expect(await define(carteiraId, ofBank)).toMatchObject({ accountId, newAccount: false });
    expect(await getCarteira(knex, carteiraId)).toMatchObject({ code: '18' });
  });

  test('what it needs is refused where neither the definition nor the record has it', async () => {
    const { authUrl: _a, convenio: _c, variation: _v, ...bare } = ofBank;
    const carteiraId = await fresh();
    expect(await define(carteiraId, bare)).toMatchObject({ problems: [{ field: 'auth-url' }] });
    expect(await define(carteiraId, { ...bare, authUrl: ofBank.authUrl })).toMatchObject({
      problems: [{ field: 'convenio' }, { field: 'variacao', message: 'este gateway exige a variação da carteira' }],
    });
    await knex('carteira').where({ id: carteiraId }).update({ convenio: '3128558', variation: '35' });
    expect(await define(carteiraId, { ...bare, authUrl: ofBank.authUrl })).toMatchObject({ kind: 'defined' });
    expect(await getCarteira(knex, carteiraId)).toMatchObject({ convenio: '3128558' });
  });
});
