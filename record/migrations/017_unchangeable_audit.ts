import type { Knex } from 'knex';

/** The audit is only ever added to, whoever asks: also the owner of the tables, by mistake or not. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_entry is never changed: % refused', lower(tg_op)
    using errcode = 'insufficient_privilege', constraint = tg_name;
end $$;

create trigger audit_entry_unchangeable before update or delete or truncate on audit_entry
  for each statement execute function refuse_audit_change();
-- Also in a session that calls itself a replica.
alter table audit_entry enable always trigger audit_entry_unchangeable;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
