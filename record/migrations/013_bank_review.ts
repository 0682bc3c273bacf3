import type { Knex } from 'knex';

/** What a bank has registered is held against the record, boleto by boleto: conferência com o banco. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table carteira
  -- Of the beneficiary, as the bank's lists are asked for: digits, without check digit and leading zeros.
  add agency text check (agency ~ '^[1-9][0-9]{0,4}$'),
  add bank_account text check (bank_account ~ '^[1-9][0-9]{0,11}$');

create table bank_review (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  carteira_id bigint not null references carteira,
  gateway text not null,
  account_id bigint not null references gateway_account,
  convenio text not null,
  -- Days of registration at the bank, both included.
  from_day date not null,
  to_day date not null,
  requested_by text not null,
  state text not null default 'listing' check (state in ('listing', 'checking', 'done', 'failed')),
  -- Where the bank's list goes on; null = at its beginning.
  cursor text,
  pages int not null default 0,
  -- Rows that could not be read.
  unreadable int not null default 0,
  -- Pages in a row without a boleto that was not there before: a list that repeats itself ends.
  stale_pages int not null default 0,
  -- What people are told beside the findings: codes of domain/account/bankReview.ts.
  remarks text[] not null default '{}',
  -- Calls in a row that the bank did not answer as it should, and its words; null while all is well.
  failures int not null default 0,
  problem text,
  number_before bigint,
  number_after bigint,
  -- Of its findings by kind, once it has ended.
  counts jsonb,
  started_at timestamptz not null default clock_timestamp(),
  worked_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  constraint bank_review_period check (from_day <= to_day),
  constraint bank_review_end check ((state in ('done', 'failed')) = (finished_at is not null))
);
-- One at a time for each numbering.
create unique index bank_review_one_open on bank_review (gateway, convenio) where finished_at is null;
create index bank_review_by_carteira on bank_review (carteira_id, started_at);

-- Every boleto that a review met or looked for; of one that has ended, what people are told.
create table bank_review_finding (
  review_id text not null references bank_review on delete cascade,
  -- The bank's id.
  number text not null,
  position bigint generated always as identity,
  convenio text not null,
  -- Its number in the convênio, where the client numbers.
  sequence bigint,
  -- Who named it: the bank's list; the record, which has it registered; a number that lies between or behind others.
  source text not null check (source in ('list', 'record', 'number')),
  kind text not null check (kind in ('pending', 'equal', 'absent', 'otherConvenio', 'adopted', 'foreign', 'differs', 'dead',
    'cancelled', 'twoAlive', 'underWay', 'missing', 'unread')),
  receivable_id bigint references receivable,
  batch_id text,
  -- What the bank shows.
  amount_cents bigint,
  due_date date,
  registered_on date,
  alive boolean,
  status text,
  -- What the record sent, where that differs.
  sent_amount_cents bigint,
  sent_due_date date,
  differences text[] not null default '{}',
  -- The bank has it, and its list did not show it.
  unlisted boolean not null default false,
  tries int not null default 0,
  primary key (review_id, number)
);
create index bank_review_finding_by_position on bank_review_finding (review_id, position);
create index bank_review_finding_pending on bank_review_finding (review_id, position) where kind = 'pending';
create index bank_review_finding_by_sequence on bank_review_finding (review_id, sequence) where sequence is not null;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
