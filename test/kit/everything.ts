import type { Knex } from 'knex';

/** Every row of every table with the transaction that wrote it, and every sequence: equal before and after = nothing was written. */
export async function everythingIn(knex: Knex): Promise<Record<string, unknown>> {
  const tables = await knex('pg_tables')
    .where({ schemaname: 'public' })
    .orderBy('tablename')
    .pluck<string[]>('tablename');
  const state: Record<string, unknown> = {};
  for (const table of tables) {
    const { rows } = await knex.raw<{ rows: unknown[] }>(
      `select count(*) as rows, md5(coalesce(string_agg(xmin::text || t::text, '|' order by t::text), '')) as content
       from ?? t`,
      [table],
    );
    state[table] = rows[0];
  }
  state.sequences = await knex('pg_sequences').orderBy('sequencename').select('sequencename', 'last_value');
  return state;
}
