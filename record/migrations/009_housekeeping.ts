import type { Knex } from 'knex';

/** What keeps lists quick and tables small. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- People search by the título's own number, too.
create index receivable_by_document on receivable (document);

-- What is old is looked for by each sweep.
create index webhook_delivery_by_age on webhook_delivery using brin (created_at);
create index webhook_event_by_age on webhook_event using brin (at);

-- Of the título, as its values changed. Undone where nothing else changed it between, it is again what was sent before.
alter table correction_row add version_before int, add version_after int, add version_undone int;

-- Of one that a program made: it ends with the token that made it.
alter table api_token add parent text references api_token;
create index api_token_by_parent on api_token (parent);

-- What an action asked for, so that its id for something else is known as such. null = from before.
alter table operator_action add asked jsonb;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
