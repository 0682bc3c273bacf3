import type { Knex } from 'knex';

/** When an account's token was got: whether credentials work is asked long before a batch needs them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table gateway_token add obtained_at timestamptz`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
