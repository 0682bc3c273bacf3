import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { openDatabase } from '../../record/database';
import { APPLICATION } from './template';

/**
 * A migrated database of its own for one test file, dropped by `close`. Needs what `npm test` starts.
 * `url` and `knex` are the superuser's, for what only a test does; `applicationUrl` may what our programs may.
 */
export async function createTestDatabase(): Promise<{
  knex: Knex;
  url: string;
  applicationUrl: string;
  close(): Promise<void>;
}> {
  const { TEST_DATABASE_URL: adminUrl, TEST_DATABASE_TEMPLATE: template } = process.env;
  if (!adminUrl || !template)
    throw new Error('TEST_DATABASE_URL or TEST_DATABASE_TEMPLATE is not set: run the tests with npm test');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = openDatabase(adminUrl, 1);
  await admin.raw(`create database ${name} template ${template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href);
  const applicationUrl = new URL(url);
  applicationUrl.username = applicationUrl.password = APPLICATION;
  return {
    knex: database,
    url: url.href,
    applicationUrl: applicationUrl.href,
    async close() {
      await database.destroy();
      await admin.raw(`drop database ${name} with (force)`);
      await admin.destroy();
    },
  };
}
