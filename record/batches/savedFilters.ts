import type { Knex } from 'knex';
import type { BatchFilters } from '../../domain/batch/filters';

export interface SavedFilter {
  id: number;
  name: string;
  carteiraId: number;
  filters: BatchFilters;
  createdAt: Date;
}

const columns = {
  id: 'id',
  name: 'name',
  carteiraId: 'carteira_id',
  filters: 'filters',
  createdAt: 'created_at',
} as const;

/** By name. */
export async function savedFilters(knex: Knex, owner: string): Promise<SavedFilter[]> {
  return knex('saved_filter').where({ owner }).orderByRaw('lower(name), id').select<SavedFilter[]>(columns);
}

/** One of the same name is replaced. @returns null when there are `most` already. */
export async function saveFilter(
  knex: Knex,
  filter: { owner: string; name: string; carteiraId: number; filters: BatchFilters },
  most: number,
): Promise<SavedFilter | null> {
  const { rows } = await knex.raw<{ rows: SavedFilter[] }>(
    `insert into saved_filter (owner, name, carteira_id, filters)
     select :owner, :name, :carteiraId, :filters::jsonb
     where (select count(*) from saved_filter where owner = :owner and name <> :name) < :most
     on conflict (owner, name) do update set carteira_id = excluded.carteira_id, filters = excluded.filters
     returning id, name, carteira_id as "carteiraId", filters, created_at as "createdAt"`,
    { ...filter, filters: JSON.stringify(filter.filters), most },
  );
  return rows[0] ?? null;
}

export async function deleteSavedFilter(knex: Knex, owner: string, id: number): Promise<boolean> {
  return (await knex('saved_filter').where({ owner, id }).delete()) > 0;
}
