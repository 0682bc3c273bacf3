import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { openDatabase } from '../../db/database';
import { migrate } from '../../db/migrate';
import { grantApplication } from '../../db/prepareRecord';

const ADMIN_URL_VARIABLE = 'TEST_DATABASE_URL';

/** What our programs are in production; one for all databases of a server. */
const APPLICATION = 'boletos_test_app';

/**
 * A migrated database of its own for one test file, dropped by `close`. Needs the server that `npm test` starts.
 * `url` and `knex` are the superuser's, for what only a test does; `applicationUrl` may what our programs may.
 */
export async function createTestDatabase(): Promise<{
  knex: Knex;
  url: string;
  applicationUrl: string;
  close(): Promise<void>;
}> {
  const adminUrl = process.env[ADMIN_URL_VARIABLE];
  if (!adminUrl) throw new Error(`${ADMIN_URL_VARIABLE} is not set: run the tests with npm test`);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = openDatabase(adminUrl, 1);
  await admin.raw(`create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href);
  await migrate(database);
  // Test files begin at the same moment.
  await admin.raw(
    `do $$ begin create role ${APPLICATION} login password '${APPLICATION}';
     exception when duplicate_object or unique_violation then null; end $$`,
  );
  await grantApplication(database, APPLICATION);
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
