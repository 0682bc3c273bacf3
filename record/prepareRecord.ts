import type { Knex } from 'knex';
import { openDatabase } from './database';
import { migrate } from './migrate';

/**
 * Brings the record to the present schema as the role that owns its tables, and gives the application's role what it
 * needs of them. Where both are one role there is nothing to give.
 * @returns the migrations that were missing, and the role that was given its rights; null = the owner itself
 */
export async function prepareRecord(
  ownerUrl: string,
  applicationUrl: string,
): Promise<{ ran: string[]; application: string | null }> {
  const knex = openDatabase(ownerUrl, 2);
  try {
    const ran = await migrate(knex);
    const [owner, application] = [await roleOf(ownerUrl), await roleOf(applicationUrl)];
    if (owner !== application) await grantApplication(knex, application);
    return { ran, application: owner === application ? null : application };
  } finally {
    await knex.destroy();
  }
}

/** The server says who is connected: the address may leave that to the environment. */
async function roleOf(url: string): Promise<string> {
  const knex = openDatabase(url, 1);
  try {
    const { rows } = await knex.raw<{ rows: { role: string }[] }>('select current_user as role');
    return (rows[0] as { role: string }).role;
  } finally {
    await knex.destroy();
  }
}

/** Neither to be changed nor emptied by the application; the first is only added to. */
const ADDED_TO = ['audit_entry'];
const READ_ONLY = ['knex_migrations', 'knex_migrations_lock'];

/** Rows, but no table of its own, and none of the rows that tell what was done. Safe to run again. */
export async function grantApplication(knex: Knex, role: string): Promise<void> {
  await knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { name: string; kind: string }[] }>(
      `select relname as name, relkind as kind from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
         and pg_has_role(relowner, 'usage')
       order by relname`,
    );
    await trx.raw('grant usage on schema public to ??', [role]);
    for (const { name, kind } of rows) {
      const rights = kind === 'S' ? 'usage, select' : rightsOn(name);
      await trx.raw(`revoke all on ${kind === 'S' ? 'sequence' : 'table'} ?? from ??`, [name, role]);
      await trx.raw(`grant ${rights} on ${kind === 'S' ? 'sequence' : 'table'} ?? to ??`, [name, role]);
    }
  });
}

function rightsOn(table: string): string {
  if (READ_ONLY.includes(table)) return 'select';
  return ADDED_TO.includes(table) ? 'select, insert' : 'select, insert, update, delete';
}
