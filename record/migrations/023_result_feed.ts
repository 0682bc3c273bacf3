import type { Knex } from 'knex';

/**
 * What an ERP stores, in the order of change (record/outbox/resultFeed.ts). Whoever changes a result only adds a row that nobody
 * else touches: it waits for nobody, and nobody for it. It is given its place after its commit, so that whoever reads
 * on after a place misses nothing that a longer transaction commits later.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- Changed, and not in its place yet.
create table result_change (
  receivable_id bigint not null,
  -- Of the item whose outcome it is.
  batch_id text,
  ordinal int,
  at timestamptz not null default clock_timestamp()
-- Rows come and go by the thousand.
) with (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0);
create index result_change_by_receivable on result_change (receivable_id);

create sequence result_position;

-- One row a título whose result was ever known; no reference: its check would wait for whoever holds the título.
create table result_feed (
  receivable_id bigint primary key,
  position bigint not null unique,
  -- The last item of a batch that had an outcome for it, other than registered.
  batch_id text,
  ordinal int,
  changed_at timestamptz not null
);

-- Each page that was handed out, written after it was read: a record that has its token has all that the page had.
create table feed_run (
  token uuid primary key default gen_random_uuid(),
  up_to bigint not null,
  -- Of whoever read it; null = all: who sees more by now has not read what was left out.
  filiais bigint[],
  at timestamptz not null default clock_timestamp()
);

create function boleto_changes_result() returns trigger language plpgsql as $$
begin
  insert into result_change (receivable_id)
  select n.receivable_id from new_boleto n join old_boleto o on o.id = n.id
  -- What is only about to be sent is no result.
  where not (n.state in ('draft', 'sending') and o.state in ('draft', 'sending'))
    and (n.receivable_id, n.state, n.our_number, n.linha_digitavel, n.barcode, n.pix_emv, n.pix_txid, n.link, n.registered_at,
      n.bank_terms, n.older_data, n.homologation, n.divergence)
    is distinct from (o.receivable_id, o.state, o.our_number, o.linha_digitavel, o.barcode, o.pix_emv, o.pix_txid, o.link,
      o.registered_at, o.bank_terms, o.older_data, o.homologation, o.divergence);
  return null;
end $$;
create trigger boleto_result after update on boleto
  referencing old table as old_boleto new table as new_boleto
  for each statement execute function boleto_changes_result();

create function new_boleto_changes_result() returns trigger language plpgsql as $$
begin
  insert into result_change (receivable_id) values (new.receivable_id);
  return null;
end $$;
create trigger new_boleto_result after insert on boleto for each row
  when (new.state not in ('draft', 'sending')) execute function new_boleto_changes_result();

create function batch_item_changes_result() returns trigger language plpgsql as $$
begin
  -- Leases and intents, which are most updates.
  if not exists (select from new_item where state not in ('pending', 'sending', 'registered')) then return null; end if;
  insert into result_change (receivable_id, batch_id, ordinal)
  select n.receivable_id, n.batch_id, n.ordinal
  from new_item n join old_item o on o.batch_id = n.batch_id and o.ordinal = n.ordinal
  -- What is registered is told by its boleto, in the same transaction.
  where n.state not in ('pending', 'sending', 'registered')
    and (n.state, n.failure_kind, n.provider_code, n.provider_message, n.field, n.closed_at is null)
    is distinct from (o.state, o.failure_kind, o.provider_code, o.provider_message, o.field, o.closed_at is null);
  return null;
end $$;
create trigger batch_item_result after update on batch_item
  referencing old table as old_item new table as new_item
  for each statement execute function batch_item_changes_result();

-- Also of títulos that have no result: which of them do is known when they are given their place.
create function receivable_changes_result() returns trigger language plpgsql as $$
begin
  insert into result_change (receivable_id) values (new.id);
  return null;
end $$;
create trigger receivable_result after update of status, filial_id, carteira_id on receivable for each row
  when ((old.status, old.filial_id, old.carteira_id) is distinct from (new.status, new.filial_id, new.carteira_id))
  execute function receivable_changes_result();

-- Work at the bank says whether it can be paid though nothing is owed.
create function bank_work_changes_result() returns trigger language plpgsql as $$
begin
  insert into result_change (receivable_id) values (new.receivable_id);
  return null;
end $$;
create trigger bank_work_result after insert or update of fields, closed_at on bank_work for each row
  when (new.kind = 'cancel') execute function bank_work_changes_result();

-- What was known before, in the order of ids.
insert into result_feed (receivable_id, position, batch_id, ordinal, changed_at)
select known.id, row_number() over (order by known.id), max(last.batch_id), max(last.ordinal),
  coalesce(greatest(max(b.registered_at), max(b.created_at), max(last.updated_at)), clock_timestamp())
from (
  select receivable_id as id from boleto where state not in ('draft', 'sending')
  union select receivable_id from batch_item where state not in ('pending', 'sending')) known
left join boleto b on b.receivable_id = known.id
left join (
  select distinct on (receivable_id) receivable_id, batch_id, ordinal, updated_at from batch_item
  where state not in ('pending', 'sending', 'registered')
  order by receivable_id, updated_at desc) last on last.receivable_id = known.id
group by known.id;
select setval('result_position', (select coalesce(max(position), 0) + 1 from result_feed), false);
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
