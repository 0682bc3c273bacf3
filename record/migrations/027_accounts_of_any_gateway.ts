import type { Knex } from 'knex';

/**
 * Accounts without a token address; an account without convênio has an empty one (null = not tied yet). Which carteira is
 * usual at a bank its manifest says, when the account is defined: what is stored stays as it is.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table gateway_account alter auth_url drop not null;
alter table carteira alter code set default '';

-- Convênios are numbered by the bank, whoever asks; without one each account is a numbering of its own.
drop index bank_review_one_open;
create unique index bank_review_one_open on bank_review (gateway, convenio, (case convenio when '' then account_id else 0 end))
  where finished_at is null;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
