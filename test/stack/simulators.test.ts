import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moveAccounts } from '../../stack/simulators';
import { createTestDatabase } from '../support/database';

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

  await moveAccounts(knex, folder, { 'banco-do-brasil': 'http://127.0.0.1:4100' });
  await moveAccounts(knex, folder, { 'banco-do-brasil': 'http://127.0.0.1:4200' });

  expect(await knex('gateway_account').orderBy('credential_fingerprint').select('base_url', 'auth_url')).toEqual([
    { base_url: 'http://127.0.0.1:4200/cobrancas/v2', auth_url: 'http://127.0.0.1:4200' },
    { base_url: 'http://127.0.0.1:41001/cobrancas/v2', auth_url: 'http://127.0.0.1:41001' },
    { base_url: 'http://127.0.0.1:4100/cobrancas/v2', auth_url: 'http://127.0.0.1:4100' },
  ]);
});
