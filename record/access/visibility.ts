import type { Knex } from 'knex';

/** Ids of the filiais that somebody sees; null = all. */
export type Filiais = readonly number[] | null;

/**
 * Whose eyes a statement is read with: `filiais` and `viewer` of its values.
 * A batch is asked for with its carteira at hand, since both decide.
 */
export interface Viewer {
  filiais: Filiais;
  /** Opaque id: what somebody asked for themselves they see before it is selected. */
  viewer: string;
}

/** SQL over `receivable r`: the título is one of the viewer's filiais. */
export const receivableIsSeen = `(:filiais::bigint[] is null or r.filial_id = any(:filiais::bigint[]))`;

/** SQL over `carteira c`; one without a filial belongs to those who see all. */
export const carteiraIsSeen = `(:filiais::bigint[] is null or c.filial_id = any(:filiais::bigint[]))`;

/**
 * SQL over `batch b` and its `carteira c`: every filial that its selection met is the viewer's. Before the selection
 * only the filters tell, or that it is the viewer's own.
 */
export const batchIsSeen = `(:filiais::bigint[] is null or (c.filial_id = any(:filiais::bigint[]) and case
  when b.filiais is not null then b.filiais <@ :filiais::bigint[]
  else b.requested_by = :viewer or (jsonb_array_length(coalesce(b.filters->'filialIds', '[]')) > 0
    and not exists (select from jsonb_array_elements_text(b.filters->'filialIds') f
                    where f::bigint <> all(:filiais::bigint[]))) end))`;

export function viewerValues({ filiais, viewer }: Viewer): { filiais: number[] | null; viewer: string } {
  return { filiais: filiais === null ? null : [...filiais], viewer };
}

export async function seesBatch(knex: Knex, batchId: string, viewer: Viewer): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: object[] }>(
    `select from batch b join carteira c on c.id = b.carteira_id where b.id = :batchId and ${batchIsSeen}`,
    { batchId, ...viewerValues(viewer) },
  );
  return rows.length > 0;
}

export async function seesCarteira(
  knex: Knex,
  carteiraId: number,
  { filiais }: Pick<Viewer, 'filiais'>,
): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: object[] }>(
    `select from carteira c where c.id = :carteiraId and ${carteiraIsSeen}`,
    { carteiraId, filiais: filiais === null ? null : [...filiais] },
  );
  return rows.length > 0;
}

export async function seesReceivable(
  knex: Knex,
  receivableId: number,
  { filiais }: Pick<Viewer, 'filiais'>,
): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: object[] }>(
    `select from receivable r where r.id = :receivableId and ${receivableIsSeen}`,
    { receivableId, filiais: filiais === null ? null : [...filiais] },
  );
  return rows.length > 0;
}

/** The first of these títulos that does not exist or is not seen; null = all are. */
export async function unseenReceivable(
  knex: Knex,
  receivableIds: readonly number[],
  { filiais }: Pick<Viewer, 'filiais'>,
): Promise<number | null> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `select a.id from unnest(:receivableIds::bigint[]) a (id)
     where not exists (select from receivable r where r.id = a.id and ${receivableIsSeen}) limit 1`,
    { receivableIds: [...receivableIds], filiais: filiais === null ? null : [...filiais] },
  );
  return rows[0]?.id ?? null;
}

/** Which of these batches are seen. */
export async function visibleBatchIds(
  knex: Knex,
  batchIds: readonly string[],
  viewer: Viewer,
): Promise<ReadonlySet<string>> {
  if (batchIds.length === 0) return new Set();
  const { rows } = await knex.raw<{ rows: { id: string }[] }>(
    `select b.id from batch b join carteira c on c.id = b.carteira_id where b.id = any(:batchIds) and ${batchIsSeen}`,
    { batchIds: [...new Set(batchIds)], ...viewerValues(viewer) },
  );
  return new Set(rows.map(({ id }) => id));
}
