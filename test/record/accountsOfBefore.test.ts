import { createHash, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { manifests } from '../../gateways';
import { openDatabase } from '../../record/database';
import { migrate, migrationSource } from '../../record/migrate';
import { defineGatewayAccount } from '../../record/accounts/defineAccount';
import { getCarteira, loadAccount } from '../../record/accounts/carteiras';
import { testSecretBox } from '../kit/command';
import { sealedAccount } from '../kit/record';

/** The last that the build before one manifest a gateway had. */
const BEFORE = '026_verdicts';

let admin: Knex;
let knex: Knex;
const name = `test_${randomUUID().replaceAll('-', '')}`;
beforeAll(async () => {
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? '');
  admin = openDatabase(url.href, 1);
  await admin.raw(`create database ${name}`);
  url.pathname = `/${name}`;
  knex = openDatabase(url.href);
});
afterAll(async () => {
  await knex.destroy();
  await admin.raw(`drop database ${name} with (force)`);
  await admin.destroy();
});

test('accounts and carteiras of before are migrated as they are, and are found again when they are defined', async () => {
  const names = await migrationSource.getMigrations([]);
  const before = names.slice(0, names.indexOf(BEFORE) + 1);
  await knex.migrate.latest({ migrationSource: { ...migrationSource, getMigrations: () => Promise.resolve(before) } });
  const addresses = { baseUrl: 'https://api.exemplo.com.br/v2', authUrl: 'https://oauth.exemplo.com.br/token' };
  const credentials = { clientId: 'cliente', clientSecret: 'segredo', appKey: 'chave' };
  const fingerprint = createHash('sha256').update(credentials.clientId).digest('hex');
  const [{ id: accountId } = { id: 0 }] = await knex('gateway_account')
    .insert({ gateway: 'banco-do-brasil', ...sealedAccount(testSecretBox, addresses, credentials, fingerprint) })
    .returning<{ id: number }[]>('id');
  await knex('filial').insert({ id: 1, name: 'Provedor Inventado' });
  const tied = { gateway: 'banco-do-brasil', convenio: '3128557', account_id: accountId, variation: '35' };
  await knex('carteira').insert({ id: 1, description: 'Com conta', filial_id: 1, ...tied });
  await knex('carteira').insert({ id: 2, description: 'Sem conta', filial_id: 1 });

  expect((await migrate(knex))[0]).toBe('027_accounts_of_any_gateway');

  expect(await loadAccount(knex, testSecretBox, accountId)).toMatchObject({ ...addresses, version: 1, credentials });
  for (const id of [1, 2]) expect(await getCarteira(knex, id)).toMatchObject({ code: '17' });
  const definition = { carteiraId: 1, gateway: 'banco-do-brasil', ...addresses, credentials, by: 'operador.1' };
  expect(await defineGatewayAccount(knex, testSecretBox, manifests, definition)).toEqual({
    ...{ kind: 'defined', accountId, newAccount: false, sharedWith: [] },
  });
  expect(await getCarteira(knex, 1)).toMatchObject({ convenio: '3128557', variation: '35', code: '17' });
});
