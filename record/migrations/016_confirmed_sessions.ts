import type { Knex } from 'knex';

/** Who gives access shows again who it is; and a provider that names nobody signs nobody in. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table app_session
  -- When its person last showed again who it is: what gives access to others asks for it.
  add confirmed_at timestamptz;

-- An issuer followed by nothing was whoever came without a subject.
update app_user set oidc_subject = null, active = false where oidc_subject !~ '^[^ ]+ .*[^ ]';
alter table app_user add check (oidc_subject ~ '^[^ ]+ .*[^ ]');
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
