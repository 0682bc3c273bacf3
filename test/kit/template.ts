import { randomUUID } from 'node:crypto';
import { openDatabase } from '../../record/database';
import { migrate } from '../../record/migrate';
import { grantApplication } from '../../record/prepareRecord';

/** What our programs are in production; one for all databases of a server. */
export const APPLICATION = 'boletos_test_app';

/**
 * Migrates one database for a whole run, which every test file's own is then a copy of: a copy costs a fraction of the
 * migrations.
 * @returns its name, and what drops it
 */
export async function createTemplate(adminUrl: string): Promise<{ name: string; drop(): Promise<void> }> {
  const name = `template_${randomUUID().replaceAll('-', '')}`;
  const admin = openDatabase(adminUrl, 1);
  await admin.raw(`create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href, 2);
  await migrate(database);
  // Several runs may share a server.
  await admin.raw(
    `do $$ begin create role ${APPLICATION} login password '${APPLICATION}';
     exception when duplicate_object or unique_violation then null; end $$`,
  );
  await grantApplication(database, APPLICATION);
  // Nobody may be connected to what is copied.
  await database.destroy();
  return {
    name,
    async drop() {
      await admin.raw(`drop database ${name} with (force)`);
      await admin.destroy();
    },
  };
}
