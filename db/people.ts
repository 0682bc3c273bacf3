import type { Knex } from 'knex';

/** SQL of the name behind the opaque id in `column`; null for one that this record does not know, as of the command line. */
export function nameOf(column: string): string {
  return `coalesce((select u.name from app_user u where u.id = ${column}), (select t.name from api_token t where t.id = ${column}))`;
}

/** The same for some ids at once. */
export async function namesOf(knex: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await knex.raw<{ rows: { id: string; name: string }[] }>(
    `select id, name from app_user where id = any(:ids) union all select id, name from api_token where id = any(:ids)`,
    { ids: [...new Set(ids)] },
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
