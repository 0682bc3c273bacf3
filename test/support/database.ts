import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { openDatabase } from '../../db/database';
import { migrate } from '../../db/migrate';

const ADMIN_URL_VARIABLE = 'TEST_DATABASE_URL';

/** A migrated database of its own for one test file, dropped by `close`. Needs the server that `npm test` starts. */
export async function createTestDatabase(): Promise<{ knex: Knex; url: string; close(): Promise<void> }> {
  const adminUrl = process.env[ADMIN_URL_VARIABLE];
  if (!adminUrl) throw new Error(`${ADMIN_URL_VARIABLE} is not set: run the tests with npm test`);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = openDatabase(adminUrl, 1);
  await admin.raw(`create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href);
  await migrate(database);
  return {
    knex: database,
    url: url.href,
    async close() {
      await database.destroy();
      await admin.raw(`drop database ${name} with (force)`);
      await admin.destroy();
    },
  };
}
