import type { Knex } from 'knex';

/** What lists and searches ask for again and again is kept instead of being worked out. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table customer
  -- The name as searches compare it: folded() of record/engine/matching.ts. Working it out costs ten times what comparing does.
  add name_folded text generated always as (lower(translate(trim(name),
    'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ', 'aaaaaeeeeiiiiooooouuuucnaaaaaeeeeiiiiooooouuuucn'))) stored;

alter table batch
  -- Set with the conclusion, after which no item changes: the history does not count a million items a line.
  add registered_items int,
  add failed_items int;
update batch b set registered_items = n.registered, failed_items = n.failed
from (
  select i.batch_id, count(*) filter (where state = 'registered') as registered,
    count(*) filter (where state in ('rejected', 'unconfirmed', 'conflict', 'deferred')) as failed
  from batch_item i group by i.batch_id) n
where n.batch_id = b.id and b.concluded_at is not null;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
