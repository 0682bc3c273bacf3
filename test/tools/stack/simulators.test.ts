import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretBox, type SecretBox } from '../../../config/secrets';
import { loadAccount } from '../../../record/accounts/carteiras';
import { moveAccounts } from '../../../tools/stack/simulators';
import { createAccount, sealedAccount } from '../../kit/record';
import { createTestDatabase } from '../../kit/database';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'simulators-'));
});

afterAll(async () => {
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('accounts follow a simulator that could not have its old port again, others stay', async () => {
  const { knex } = database;
  const box = createSecretBox('a key of a test, longer than thirty-two characters');
  const account = (gateway: string, origin: string, fingerprint: string) => ({
    gateway,
    base_url: `${origin}/cobrancas/v2`,
    auth_url: origin,
    credential_fingerprint: fingerprint,
    credentials: Buffer.from('x'),
  });
  await knex('gateway_account').insert([
    account('banco-do-brasil', 'http://127.0.0.1:4100', 'a'),
    account('banco-do-brasil', 'http://127.0.0.1:41001', 'b'),
    account('inter', 'http://127.0.0.1:4100', 'c'),
  ]);

  await moveAccounts(knex, box, folder, { 'banco-do-brasil': 'http://127.0.0.1:4100' });
  await moveAccounts(knex, box, folder, { 'banco-do-brasil': 'http://127.0.0.1:4200' });

  expect(await knex('gateway_account').orderBy('credential_fingerprint').select('base_url', 'auth_url')).toEqual([
    { base_url: 'http://127.0.0.1:4200/cobrancas/v2', auth_url: 'http://127.0.0.1:4200' },
    { base_url: 'http://127.0.0.1:41001/cobrancas/v2', auth_url: 'http://127.0.0.1:41001' },
    { base_url: 'http://127.0.0.1:4100/cobrancas/v2', auth_url: 'http://127.0.0.1:4100' },
  ]);
});

it('the credentials of an account that followed can still be opened, those under another key stay as they are', async () => {
  const { knex } = database;
  const [box, other] = ['a', 'b'].map((letter) => createSecretBox(letter.repeat(32))) as [SecretBox, SecretBox];
  const origin = 'http://127.0.0.1:4300';
  const addresses = { baseUrl: `${origin}/cobrancas/v2`, authUrl: `${origin}/oauth/token` };
  const ours = await createAccount(knex, sealedAccount(box, addresses, { clientId: 'nosso' }));
  const theirs = await createAccount(knex, sealedAccount(other, addresses, { clientId: 'deles' }));
  const stored = () => knex('gateway_account').where({ id: theirs }).first<{ credentials: Buffer }>('credentials');
  const before = await stored();

  const memory = mkdtempSync(join(folder, 'memory-'));
  await moveAccounts(knex, box, memory, { 'banco-do-brasil': origin });
  await moveAccounts(knex, box, memory, { 'banco-do-brasil': 'http://127.0.0.1:4400' });

  expect(await loadAccount(knex, box, ours)).toMatchObject({
    ...{ baseUrl: 'http://127.0.0.1:4400/cobrancas/v2', authUrl: 'http://127.0.0.1:4400/oauth/token' },
    credentials: { clientId: 'nosso' },
  });
  expect(await stored()).toEqual(before);
});
