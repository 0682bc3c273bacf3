import type { Knex } from 'knex';

/**
 * A webhook that is being deleted holds nobody up. Without the lock a notice was written for one that somebody else was
 * deleting: it waited for that, and then its foreign key took the registration of a boleto back with it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create or replace function tell_webhooks(kind text, owner_filial bigint, all_filiais bigint[], about jsonb)
returns void language plpgsql as $$
declare
  told text[];
  event text;
begin
  -- Only a deletion is in the way of this lock, and whoever is being deleted is told nothing more.
  select array_agg(id) into told from (
    select id from webhook
    where active and kind = any(events)
      and (filiais is null or (owner_filial = any(filiais) and all_filiais is not null and all_filiais <@ filiais))
    for key share skip locked) w;
  if told is null then return; end if;
  event := 'evt_' || replace(gen_random_uuid()::text, '-', '');
  insert into webhook_event (id, type, data) values (event, kind, about);
  insert into webhook_delivery (webhook_id, event_id) select unnest(told), event;
end $$;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
