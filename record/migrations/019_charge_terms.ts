import type { Knex } from 'knex';

/** What a boleto costs before and after its vencimento, in reais too, and by the título where it has terms of its own. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table carteira
  add column daily_interest_cents bigint not null default 0 check (daily_interest_cents >= 0),
  add column fine_cents bigint not null default 0 check (fine_cents >= 0),
  -- Days after the vencimento on which neither begins.
  add column grace_days int not null default 0 check (grace_days between 0 and 999),
  add column discount_cents bigint not null default 0 check (discount_cents >= 0),
  -- The limit of a discount: so many days before the vencimento. It always was the day before.
  add column discount_days int not null default 1 check (discount_days between 0 and 999),
  add column discount2_percent numeric(7,4) not null default 0 check (discount2_percent >= 0),
  add column discount2_cents bigint not null default 0 check (discount2_cents >= 0),
  add column discount2_days int not null default 0 check (discount2_days between 0 and 999),
  add column discount3_percent numeric(7,4) not null default 0 check (discount3_percent >= 0),
  add column discount3_cents bigint not null default 0 check (discount3_cents >= 0),
  add column discount3_days int not null default 0 check (discount3_days between 0 and 999);

-- 0 has been sent as the convênio's own limit until now; from here on it means that nothing is received afterwards.
update carteira set write_off_days = null where write_off_days = 0;

-- null = the carteira's.
alter table receivable
  add column interest_percent numeric(7,4) check (interest_percent >= 0),
  add column daily_interest_cents bigint check (daily_interest_cents >= 0),
  add column fine_percent numeric(7,4) check (fine_percent >= 0),
  add column fine_cents bigint check (fine_cents >= 0),
  add column grace_days int check (grace_days between 0 and 999),
  add column discount_percent numeric(7,4) check (discount_percent >= 0),
  add column discount_cents bigint check (discount_cents >= 0),
  add column discount_days int check (discount_days between 0 and 999),
  add column discount2_percent numeric(7,4) check (discount2_percent >= 0),
  add column discount2_cents bigint check (discount2_cents >= 0),
  add column discount2_days int check (discount2_days between 0 and 999),
  add column discount3_percent numeric(7,4) check (discount3_percent >= 0),
  add column discount3_cents bigint check (discount3_cents >= 0),
  add column discount3_days int check (discount3_days between 0 and 999),
  add column write_off_days int check (write_off_days >= 0);

-- Terms are sent to the bank: a change of them is a correction like any other.
create function receivable_terms_change() returns trigger language plpgsql as $$
begin
  if (new.interest_percent, new.daily_interest_cents, new.fine_percent, new.fine_cents, new.grace_days,
      new.discount_percent, new.discount_cents, new.discount_days, new.discount2_percent, new.discount2_cents,
      new.discount2_days, new.discount3_percent, new.discount3_cents, new.discount3_days, new.write_off_days)
     is distinct from
     (old.interest_percent, old.daily_interest_cents, old.fine_percent, old.fine_cents, old.grace_days,
      old.discount_percent, old.discount_cents, old.discount_days, old.discount2_percent, old.discount2_cents,
      old.discount2_days, old.discount3_percent, old.discount3_cents, old.discount3_days, old.write_off_days)
    and new.version = old.version
  then new.version := old.version + 1;
  end if;
  return new;
end $$;
-- Triggers of one moment run by name: after receivable_version, so that two changes at once are one version.
create trigger receivable_version_of_terms before update of interest_percent, daily_interest_cents, fine_percent,
    fine_cents, grace_days, discount_percent, discount_cents, discount_days, discount2_percent, discount2_cents,
    discount2_days, discount3_percent, discount3_cents, discount3_days, write_off_days on receivable
  for each row execute function receivable_terms_change();
-- As receivable_correction of 004_events, for the columns that are new.
create trigger receivable_terms_correction after update of interest_percent, daily_interest_cents, fine_percent,
    fine_cents, grace_days, discount_percent, discount_cents, discount_days, discount2_percent, discount2_cents,
    discount2_days, discount3_percent, discount3_cents, discount3_days, write_off_days on receivable
  for each row when (old.version is distinct from new.version) execute function receivable_tells_correction();

-- What a refusal may be about instead of its título; and, of the last minutes, what was registered against it.
alter table attempt add column doubt text constraint attempt_doubt check (doubt in ('account', 'documentForm'));
create index attempt_doubted on attempt (batch_id, intended_at) where kind = 'registered' or doubt is not null;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
