import type { Knex } from 'knex';

export interface Filial {
  id: number;
  name: string;
}

/** @param filiais null = all */
export async function listFiliais(knex: Knex, filiais: readonly number[] | null): Promise<Filial[]> {
  const { rows } = await knex.raw<{ rows: Filial[] }>(
    `select id, name from filial where :filiais::bigint[] is null or id = any (:filiais::bigint[]) order by id`,
    { filiais: filiais === null ? null : [...filiais] },
  );
  return rows;
}

/** Those of the ids that no filial has. */
export async function unknownFiliais(knex: Knex, ids: readonly number[]): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `select id from unnest(?::bigint[]) id where not exists (select from filial f where f.id = id.id)`,
    [[...ids]],
  );
  return rows.map(({ id }) => id);
}
