import type { Knex } from 'knex';

/** What whoever watches a batch is told: every outcome once, numbered without gaps. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- A row of its own, not a column of batch: actions lock the batch first, outcomes come here last.
create table batch_event_counter (
  batch_id text primary key references batch,
  seq bigint not null default 0,
  -- When somebody was last woken.
  notified_at timestamptz not null default '-infinity'
-- Written with every group of outcomes: the next version finds room on the same page.
) with (fillfactor = 20);
insert into batch_event_counter (batch_id) select id from batch;

create table batch_event (
  -- No reference to batch: its check would wait for actions, which wait for items.
  batch_id text not null,
  seq bigint not null,
  ordinal int not null,
  receivable_id bigint not null,
  state text not null,
  kind text,
  code text,
  round int not null,
  -- Never before that of a smaller seq.
  at timestamptz not null,
  primary key (batch_id, seq)
);

create function batch_gets_event_counter() returns trigger language plpgsql as $$
begin
  insert into batch_event_counter (batch_id) values (new.id);
  return null;
end $$;
create trigger batch_event_counter after insert on batch for each row execute function batch_gets_event_counter();

-- The counter stays locked until the commit: whoever sees a number sees every smaller one, so that reading on after
-- the last number seen loses none, in whatever order transactions end.
create function batch_item_tells_outcomes() returns trigger language plpgsql as $$
declare
  touched record;
  asked_at timestamptz;
  written_at timestamptz;
  last_seq bigint;
  wakes boolean;
begin
  -- In one order for everybody: two groups of outcomes of the same two batches do not wait for each other.
  for touched in
    select n.batch_id, count(*) as outcomes
    from new_item n join old_item o on o.batch_id = n.batch_id and o.ordinal = n.ordinal
    where n.state not in ('pending', 'sending') and n.state <> o.state
    group by n.batch_id order by n.batch_id
  loop
    asked_at := clock_timestamp();
    -- A notification makes its commit wait for every other's, in all of PostgreSQL: the first of a rush wakes who
    -- watches, and they look again by themselves while it lasts (api/events/hub.ts).
    update batch_event_counter set seq = seq + touched.outcomes,
      notified_at = case when notified_at < asked_at - interval '500 milliseconds' then asked_at else notified_at end
    where batch_id = touched.batch_id
    returning seq, notified_at = asked_at into last_seq, wakes;
    written_at := clock_timestamp();
    insert into batch_event (batch_id, seq, ordinal, receivable_id, state, kind, code, round, at)
    select n.batch_id, last_seq - touched.outcomes + row_number() over (order by n.ordinal), n.ordinal, n.receivable_id,
      n.state, n.failure_kind, n.provider_code, n.round, written_at
    from new_item n join old_item o on o.batch_id = n.batch_id and o.ordinal = n.ordinal
    where n.state not in ('pending', 'sending') and n.state <> o.state and n.batch_id = touched.batch_id;
    if wakes then perform pg_notify('batch_event', touched.batch_id); end if;
  end loop;
  return null;
end $$;
create trigger batch_item_outcomes after update on batch_item
  referencing old table as old_item new table as new_item
  for each statement execute function batch_item_tells_outcomes();

create function batch_tells_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('batch_event', new.id);
  return null;
end $$;
create trigger batch_change after update on batch for each row
  when ((old.phase, old.round, old.paused, old.pause_reason, old.concluding, old.selected, old.concluded_at)
    is distinct from (new.phase, new.round, new.paused, new.pause_reason, new.concluding, new.selected, new.concluded_at))
  execute function batch_tells_change();

-- Told, not numbered: a correction of many títulos that held counters would wait for outcomes that wait for títulos.
create function receivable_tells_correction() returns trigger language plpgsql as $$
begin
  perform pg_notify('batch_event', batch_id || ' ' || new.id) from batch_item
  where receivable_id = new.id and closed_at is null;
  return null;
end $$;
-- Columns that the version follows, so that the machine's own impresso costs nothing.
create trigger receivable_correction
  after update of version, customer_id, carteira_id, issue_date, due_date, amount_cents, open_amount_cents, document
  on receivable for each row when (old.version is distinct from new.version)
  execute function receivable_tells_correction();
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
