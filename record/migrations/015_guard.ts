import type { Knex } from 'knex';

/** Carteiras that communicate by themselves before vencimento, the holidays of that, and what came of each day. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table guard_rule (
  carteira_id bigint primary key references carteira,
  days_before int not null constraint guard_rule_days check (days_before between 0 and 60),
  -- Hours of São Paulo, within one day.
  from_hour int not null,
  to_hour int not null,
  business_days boolean not null,
  version int not null default 1,
  -- The version that the schedule in Temporal has; null = not made yet.
  scheduled_version int,
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null,
  constraint guard_rule_hours check (from_hour >= 0 and to_hour <= 24 and from_hour < to_hour)
);

-- The national ones are known (domain/guard/holidays.ts).
create table holiday (
  id bigint generated always as identity primary key,
  day date not null,
  name text not null check (name <> ''),
  -- null = of every filial.
  filial_id bigint references filial,
  -- On the same day of every later year, too.
  yearly boolean not null default false,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint holiday_once unique nulls not distinct (day, filial_id)
);

create table guard_run (
  carteira_id bigint not null references carteira,
  day date not null,
  -- 1 for the run of the day; more where something came later on the same day.
  slot int not null check (slot > 0),
  due_from date,
  due_to date,
  started_at timestamptz not null,
  finished_at timestamptz,
  result text check (result in ('registered', 'nothing', 'partly', 'paused', 'noAccount', 'inTheWay', 'missed')),
  batch_id text references batch,
  -- A batch in the way; it may be of anybody.
  waits_for text,
  registered int not null default 0,
  failed int not null default 0,
  uncertain int not null default 0,
  not_sent int not null default 0,
  elsewhere int not null default 0,
  -- A day's run is one, however often it is asked for.
  primary key (carteira_id, day, slot),
  constraint guard_run_result_has_an_end check ((result is null) = (finished_at is null))
);
-- One at a time: whoever comes second goes on with the first one's.
create unique index guard_run_one_open on guard_run (carteira_id) where finished_at is null;
create unique index guard_run_by_batch on guard_run (batch_id);

create function guard_tells_webhooks() returns trigger language plpgsql as $$
begin
  perform tell_webhooks('guard.failed', c.filial_id, array[c.filial_id], jsonb_build_object(
    'carteiraId', new.carteira_id, 'day', new.day, 'result', new.result, 'batchId', new.batch_id))
  from carteira c where c.id = new.carteira_id;
  return null;
end $$;
create trigger guard_webhooks after insert or update of result on guard_run for each row
  when (new.result in ('partly', 'paused', 'noAccount', 'inTheWay', 'missed')) execute function guard_tells_webhooks();
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
