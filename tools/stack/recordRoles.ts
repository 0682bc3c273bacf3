import { join } from 'node:path';
import type { Knex } from 'knex';
import { openDatabase } from '../../record/database';
import { keptSecret } from './files';

const DATABASE = 'boletos';
/** Has the tables and brings them to a new version. For people and tools, too: no superuser, so that it reads no file. */
const OWNER = 'boletos_owner';
/** The API and the worker: rows only. */
const APPLICATION = 'boletos_app';

/** Of the same database, each as one role. With passwords: never for a log. */
export interface RecordUrls {
  owner: string;
  application: string;
}

/**
 * The roles of the embedded record, made or made right at each start. What an earlier version left to the superuser is
 * handed over.
 * @param url of a database, as superuser
 */
export async function prepareRoles(url: (database: string) => string, folder: string): Promise<RecordUrls> {
  const passwords = {
    [OWNER]: keptSecret(join(folder, 'postgres.owner.password')),
    [APPLICATION]: keptSecret(join(folder, 'postgres.app.password')),
  };
  await asSuperuser(url('postgres'), async (knex) => {
    for (const [role, password] of Object.entries(passwords)) await makeRole(knex, role, password);
    await knex.raw('alter role ?? createdb', [OWNER]);
    // To see the application's sessions and to end one; and what a person does before measuring.
    await knex.raw('grant ??, pg_monitor, pg_signal_backend, pg_checkpoint to ??', [APPLICATION, OWNER]);
    const existing = await knex<{ datname: string }>('pg_database').where({ datname: DATABASE }).select('datname');
    if (existing.length === 0) await knex.raw('create database ?? owner ??', [DATABASE, OWNER]);
    else await knex.raw('alter database ?? owner to ??', [DATABASE, OWNER]);
    await knex.raw('revoke all on database ?? from public', [DATABASE]);
    await knex.raw('grant connect, temporary on database ?? to ??', [DATABASE, APPLICATION]);
  });
  await asSuperuser(url(DATABASE), handOver);
  const as = (role: keyof typeof passwords) => {
    const its = new URL(url(DATABASE));
    its.username = role;
    its.password = passwords[role];
    return its.href;
  };
  return { owner: as(OWNER), application: as(APPLICATION) };
}

async function makeRole(knex: Knex, role: string, password: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: unknown[] }>('select from pg_roles where rolname = ?', [role]);
  if (rows.length === 0) await knex.raw('create role ??', [role]);
  // A statement of this kind takes no parameters; ours is hexadecimal.
  await knex.raw(
    `alter role ?? login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '${password}'`,
    [role],
  );
}

/** REASSIGN OWNED does not take from the superuser of the cluster, who has the system's own tables too. */
async function handOver(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { statement: string }[] }>(
    `select format('alter table %s owner to ${OWNER}', oid::regclass) as statement from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and relowner = current_user::regrole
     union all
     select format('alter routine %s owner to ${OWNER}', oid::regprocedure) from pg_proc
     where pronamespace = 'public'::regnamespace and proowner = current_user::regrole
     union all
     -- Those of a table go with it.
     select format('alter sequence %s owner to ${OWNER}', oid::regclass) from pg_class c
     where relnamespace = 'public'::regnamespace and relkind = 'S' and relowner = current_user::regrole
       and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i'))
     union all
     select format('alter type %s owner to ${OWNER}', oid::regtype) from pg_type
     where typnamespace = 'public'::regnamespace and typtype in ('e', 'd') and typowner = current_user::regrole`,
  );
  if (rows.length > 0) await knex.raw(rows.map(({ statement }) => statement).join('; '));
}

async function asSuperuser(url: string, work: (knex: Knex) => Promise<void>): Promise<void> {
  const knex = openDatabase(url, 1);
  try {
    await work(knex);
  } finally {
    await knex.destroy();
  }
}
