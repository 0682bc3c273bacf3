import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { openDatabase } from '../../../record/database';
import type { Stack } from '../../stack/stack';

const KEPT = 'boletos_kept';

/** The record as it is now, for `setBack`. Whoever is connected loses the connection, and connects again. */
export async function keepRecord(stack: Stack): Promise<void> {
  await asOwner(stack, async (knex, record) => {
    await knex.raw('drop database if exists ?? with (force)', [KEPT]);
    await alone(knex, record, () => knex.raw('create database ?? template ??', [KEPT, record]));
  });
}

/** A backup is restored: all that happened since `keepRecord` is gone from the record, and from it alone. */
export async function setBack(stack: Stack): Promise<void> {
  await asOwner(stack, async (knex, record) => {
    const { rows } = await knex.raw<{ rows: { owner: string; rights: string | null }[] }>(
      'select datdba::regrole::text as owner, datacl::text as rights from pg_database where datname = ?',
      [record],
    );
    const { owner = 'postgres', rights = null } = rows[0] ?? {};
    await knex.raw(`alter database ?? with allow_connections false`, [record]);
    await knex.raw('drop database ?? with (force)', [record]);
    await knex.raw('create database ?? template ?? owner ??', [record, KEPT, owner]);
    // Who may connect is of the database itself, which the copy of its tables does not bring along.
    await knex.raw('update pg_database set datacl = ?::aclitem[] where datname = ?', [rights, record]);
  });
}

async function alone(knex: Knex, database: string, work: () => PromiseLike<unknown>): Promise<void> {
  await knex.raw('alter database ?? with allow_connections false', [database]);
  try {
    await knex.raw('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ?', [database]);
    await work();
  } finally {
    await knex.raw('alter database ?? with allow_connections true', [database]);
  }
}

/** By the superuser of the embedded server, from the database beside: nobody may be connected to what is copied. */
async function asOwner(stack: Stack, work: (knex: Knex, record: string) => Promise<void>): Promise<void> {
  const url = new URL(stack.databaseUrl);
  const record = url.pathname.slice(1);
  url.username = 'postgres';
  url.password = readFileSync(join(stack.folder, 'postgres.password'), 'utf8').trim();
  url.pathname = '/postgres';
  const knex = openDatabase(url.href, 1);
  try {
    await work(knex, record);
  } finally {
    await knex.destroy();
  }
}
