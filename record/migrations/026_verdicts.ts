import type { Knex } from 'knex';

/** Whether a título that was refused and changed since would be refused again: what is still wrong is not corrected. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table verdict (
  -- No foreign key: its lock on the título would meet that of a correction, held by whoever waits for a batch.
  receivable_id bigint primary key,
  -- Of the título as it was judged: of any other version this says nothing.
  version int not null,
  -- [{"code", "field"}], in domain words; empty = nothing that is known.
  wrong jsonb not null
);
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
