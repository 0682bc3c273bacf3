import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { openDatabase } from '../../../record/database';
import { migrate } from '../../../record/migrate';
import { prepareRecord } from '../../../record/prepareRecord';
import { embeddedPostgres } from '../../../tools/stack/postgres';
import { Supervisor } from '../../../tools/stack/processes';
import { startStack, type Stack } from '../../../tools/stack/stack';
import type { StackFile } from '../../../tools/stack/stackFile';
import { runCli } from '../../kit/cli';
import { createCarteira, createReceivable } from '../../kit/record';
import { standIns } from './programs/standIns';

let dataDir: string;
let stack: Stack | undefined;
const open: Knex[] = [];
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'roles-'))));
afterEach(async () => {
  await Promise.all(open.splice(0).map((knex) => knex.destroy()));
  await stack?.stop();
  stack = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

const start = async (more: Record<string, string> = {}, say: (line: string) => void = () => {}) =>
  (stack = await startStack({
    ...{ name: 'start', say, programs: standIns },
    variables: { DATA_DIR: dataDir, TEMPORAL_CLI_PATH: process.env.TEMPORAL_CLI_PATH, ...more },
  }));
const connect = (url: string) => {
  const knex = openDatabase(url, 2);
  open.push(knex);
  return knex;
};
const published = () => JSON.parse(readFileSync(join(dataDir, 'start', 'stack.json'), 'utf8')) as StackFile;

const who = async (knex: Knex) => {
  const { rows } = await knex.raw<{ rows: object[] }>(
    `select rolname as role, rolsuper as super, rolcreatedb as createdb, rolcreaterole as createrole
     from pg_roles where rolname = current_user`,
  );
  return rows[0];
};

/** What a role tries that would change what was done, or reach out of the database. */
const beyondRows: Record<string, string> = {
  'change the audit': `update audit_entry set actor = 'outra pessoa'`,
  'delete of the audit': 'delete from audit_entry',
  'empty the audit': 'truncate audit_entry',
  'take the guard of the audit away': 'drop trigger audit_entry_unchangeable on audit_entry',
  'empty a table': 'truncate receivable cascade',
  'change a table': 'alter table receivable add column x int',
  'make a table': 'create table own_table (x int)',
  'say what was migrated': 'delete from knex_migrations',
  'read a file of the server': `select pg_read_file('postgresql.conf')`,
  'run a program': `copy (select 1) to program 'true'`,
  'become somebody else': 'set role boletos_owner',
  'give itself more': 'alter role boletos_app superuser',
};

it('the API and the worker are a role that has rows, and nothing beyond; the owner migrates and is no superuser', async () => {
  const { databaseUrl, variables } = await start();
  const [owner, application] = [connect(databaseUrl), connect(variables['DATABASE_URL'] as string)];
  expect(await who(application)).toEqual({ role: 'boletos_app', super: false, createdb: false, createrole: false });
  expect(await who(owner)).toMatchObject({ role: 'boletos_owner', super: false, createrole: false });
  expect(published()).toMatchObject({ databaseUrl, applicationDatabaseUrl: variables['DATABASE_URL'] });

  await application('audit_entry').insert({ actor: 'u-1', action: 'x', entity: 'batch', entity_id: 'lote' });
  const { id } = await createCarteira(application, { account_id: null });
  await application('carteira').where({ id }).update({ description: 'outra' });
  await application('carteira').where({ id }).delete();
  for (const [what, statement] of Object.entries(beyondRows))
    await expect(application.raw(statement).then(() => what)).rejects.toMatchObject({ code: '42501' });

  await expect(owner.raw(`select pg_read_file('postgresql.conf')`)).rejects.toMatchObject({ code: '42501' });
  await expect(owner('audit_entry').delete()).rejects.toMatchObject({ constraint: 'audit_entry_unchangeable' });
  for (const statement of ['vacuum analyze receivable', 'checkpoint', 'create table own_table (x int)'])
    await owner.raw(statement);
});

it('the data folder of a version whose tables were the superuser’s goes on, with all that is in it', async () => {
  // As that version made it.
  const folder = join(dataDir, 'start');
  const supervisor = new Supervisor(join(folder, 'logs'), () => {});
  const postgres = embeddedPostgres({ folder, port: 0, durable: false, say: () => {} });
  await supervisor.start(postgres.program);
  const before = openDatabase(postgres.url('postgres'), 1);
  await before.raw('create database boletos');
  await before.destroy();
  const record = openDatabase(postgres.url('boletos'), 2);
  await migrate(record);
  const carteira = await createCarteira(record);
  const receivableId = await createReceivable(record, carteira);
  await record('audit_entry').insert({ actor: 'u-1', action: 'x', entity: 'batch', entity_id: 'lote' });
  await record.destroy();
  await supervisor.stop();

  for (const _start of ['the first', 'the next']) {
    const { databaseUrl, variables } = await start();
    const [owner, application] = [connect(databaseUrl), connect(variables['DATABASE_URL'] as string)];
    expect(await application('receivable').pluck('id')).toEqual([receivableId]);
    expect(await application('audit_entry').pluck('actor')).toEqual(['u-1']);
    const { rows } = await owner.raw<{ rows: object[] }>(
      `select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'public'::regnamespace
       union select distinct pg_get_userbyid(proowner) from pg_proc where pronamespace = 'public'::regnamespace
       union select pg_get_userbyid(datdba) from pg_database where datname = 'boletos'`,
    );
    expect(rows).toEqual([{ owner: 'boletos_owner' }]);
    // The owner can bring it to a later version, and the application still writes where a trigger writes too.
    await owner.raw('alter table receivable add column if not exists later int');
    await application('receivable').where({ id: receivableId }).update({ due_date: '2031-01-31' });
    await Promise.all(open.splice(0).map((knex) => knex.destroy()));
    await stack?.stop();
  }
});

describe('a PostgreSQL of one’s own', () => {
  let admin: Knex;
  let name: string;
  const urlOf = (role: string) => {
    const url = new URL(process.env.TEST_DATABASE_URL as string);
    [url.username, url.password, url.pathname] = [role, 'segredo-de-teste', `/${name}`];
    return url.href;
  };

  beforeEach(async () => {
    name = `roles_${String(process.hrtime.bigint())}`;
    admin = openDatabase(process.env.TEST_DATABASE_URL as string, 1);
    // As docs/security.md tells its administrator.
    for (const role of ['owner', 'app'])
      await admin.raw(`create role ${name}_${role} login password 'segredo-de-teste'`);
    await admin.raw(`create database ${name} owner ${name}_owner`);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((knex) => knex.destroy()));
    await stack?.stop();
    await admin.raw(`drop database ${name} with (force)`);
    for (const role of ['owner', 'app']) await admin.raw(`drop role ${name}_${role}`);
    await admin.destroy();
  });

  it('is migrated by boletos migrar as its owner, and the application’s role is given its rows', async () => {
    const given = { DATABASE_URL: urlOf(`${name}_app`), MIGRATION_DATABASE_URL: urlOf(`${name}_owner`) };
    const first = await runCli(['migrar', '--json'], given);
    expect({ ...first, stdout: JSON.parse(first.stdout) as unknown }).toMatchObject({
      exitCode: 0,
      stdout: {
        ran: expect.arrayContaining(['001_create_record', '017_unchangeable_audit']),
        application: `${name}_app`,
      },
    });
    expect(JSON.parse((await runCli(['migrar', '--json'], given)).stdout)).toMatchObject({ ran: [] });
    const application = connect(given.DATABASE_URL);
    await createCarteira(application, { account_id: null });
    await expect(application('audit_entry').delete()).rejects.toMatchObject({ code: '42501' });
    await expect(application.raw('create table own_table (x int)')).rejects.toMatchObject({ code: '42501' });
    expect((await runCli(['comunicacoes', '--json'], { DATABASE_URL: given.DATABASE_URL })).exitCode).toBe(0);
  });

  it('is told as unreachable, without its password, when the owner cannot get in', async () => {
    const wrong = new URL(urlOf(`${name}_owner`));
    wrong.port = '9';
    const run = await runCli(['migrar'], { DATABASE_URL: urlOf(`${name}_app`), MIGRATION_DATABASE_URL: wrong.href });
    expect(run).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/o registro \(PostgreSQL\) não responde/) });
    expect(run.stderr).not.toContain('segredo-de-teste');
    const without = await runCli(['migrar'], {});
    expect(without).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/DATABASE_URL/) });
  });

  it('is used by a stack with both roles, each for its own', async () => {
    const given = { DATABASE_URL: urlOf(`${name}_app`), MIGRATION_DATABASE_URL: urlOf(`${name}_owner`) };
    const said: string[] = [];
    const { databaseUrl } = await start(given, (line) => said.push(line));
    expect(databaseUrl).toBe(given.DATABASE_URL);
    expect(JSON.stringify(published())).not.toContain(`${name}_owner`);
    expect(await prepareRecord(given.MIGRATION_DATABASE_URL, given.DATABASE_URL)).toEqual({
      ran: [],
      application: `${name}_app`,
    });
    expect(said.join('\n')).not.toMatch(/superusuário/);
  });
});
