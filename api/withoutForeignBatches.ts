import { visibleBatchIds } from '../record/access/visibility';
import type { Actor } from './access/actor';
import { viewerOf } from './access/viewer';
import type { ApiDeps } from './deps';

/** A batch that also has títulos of other filiais is not the actor's: its number is not told. */
export async function withoutForeignBatches<Row extends { batchId: string | null }>(
  knex: ApiDeps['knex'],
  actor: Actor,
  rows: Row[],
): Promise<Row[]> {
  const ids = rows.flatMap(({ batchId }) => batchId ?? []);
  const seen = await visibleBatchIds(knex, ids, viewerOf(actor));
  return rows.map((row) => (row.batchId !== null && !seen.has(row.batchId) ? { ...row, batchId: null } : row));
}
