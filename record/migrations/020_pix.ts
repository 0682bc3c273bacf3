import type { Knex } from 'knex';

/** Boletos that were registered without the Pix that their carteira asks for: it is fetched later. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- One row while it is missing and was looked for, or is about to be.
create table pix_fetch (
  boleto_id bigint primary key references boleto,
  -- null = given up until a person asks for it again.
  due_at timestamptz,
  tries int not null default 0 check (tries >= 0),
  -- Calls that may have made one at the bank, and calls that the bank refused with a reason.
  refusals int not null default 0 check (refusals >= 0),
  -- Of the last try that brought none: its code and its words, scrubbed.
  code text,
  message text,
  tried_at timestamptz
);
create index pix_fetch_due on pix_fetch (due_at) where due_at is not null;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
