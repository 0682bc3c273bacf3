import type { Knex } from 'knex';

/**
 * An account's address, its credentials and its token are one: whatever changes the first two, by whichever way, makes
 * another version of the account and retires the token in the same statement.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table gateway_account
  add version int not null default 1,
  -- Each test asks the bank for a token: they are spaced, over all processes.
  add tested_at timestamptz;
-- The version of the account that the token was got with: of no other one is it handed out, or stored.
alter table gateway_token add account_version int not null default 1;

create or replace function account_version_grows() returns trigger language plpgsql as $$
begin
  if (new.base_url, new.auth_url, new.credential_fingerprint, new.credentials)
     is distinct from (old.base_url, old.auth_url, old.credential_fingerprint, old.credentials)
  then
    new.version := old.version + 1;
    -- Generations go on: a worker that knows an older one takes none of them for its own.
    update gateway_token set account_version = new.version, token = null, usable_until = '-infinity',
      obtained_at = null, accepted = false, refused_in_a_row = 0, refreshing_until = null
    where account_id = new.id;
  end if;
  return new;
end $$;
create trigger account_version before update of base_url, auth_url, credential_fingerprint, credentials
  on gateway_account for each row execute function account_version_grows();

-- How often the carteira was defined: with the account's version it says whether what somebody read is still so.
alter table carteira add definitions int not null default 0;

-- The imported_registration that a person said to pay no heed to. Another one asks anew.
alter table receivable add ignored_registration jsonb;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
