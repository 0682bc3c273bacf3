import type { Knex } from 'knex';

/** The refused items of títulos whose correction was undone have again the version that was refused. */
export async function noteAsRefused(knex: Knex, correctionId: number, receivableIds: readonly number[]): Promise<void> {
  await knex.raw(
    `update batch_item i set receivable_version = w.version_undone
     from correction_row w
     where w.correction_id = :correctionId and w.receivable_id = any(:ids) and w.version_undone is not null
       and i.receivable_id = w.receivable_id and i.closed_at is null and i.state = 'rejected'
       and i.receivable_version = w.version_before`,
    { correctionId, ids: [...receivableIds] },
  );
}
