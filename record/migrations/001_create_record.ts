import type { Knex } from 'knex';

/** The record: cadastro, títulos, boletos, batches, and every call and look that was made. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table filial (
  id bigint primary key,
  name text not null,
  trade_name text,
  document text
);

create table gateway_account (
  id bigint generated always as identity primary key,
  gateway text not null,
  base_url text not null,
  auth_url text not null,
  -- Tells accounts apart without showing the client id.
  credential_fingerprint text not null,
  -- AES-256-GCM under SECRETS_KEY.
  credentials bytea not null,
  unique (gateway, base_url, credential_fingerprint)
);

-- One token per account for all workers; a generation is refreshed by one of them.
create table gateway_token (
  account_id bigint primary key references gateway_account on delete cascade,
  generation int not null default 0,
  token bytea,
  usable_until timestamptz,
  -- A call made with it was accepted.
  accepted boolean not null default false,
  -- Generations refused (401) since the last one that was accepted.
  refused_in_a_row int not null default 0,
  refreshing_until timestamptz
);

-- The shared allowance: tat is the instant up to which sends are already given away (GCRA).
create table gateway_limit (
  account_id bigint not null references gateway_account on delete cascade,
  route_class text not null check (route_class in ('register', 'read')),
  calls int not null check (calls > 0),
  window_ms int not null check (window_ms > 0),
  tat timestamptz not null default '-infinity',
  -- The gateway asked for a pause (Retry-After).
  held_until timestamptz not null default '-infinity',
  primary key (account_id, route_class)
);

-- Where the client numbers, carteiras and filiais that share a convênio share its numbers.
create table numbering_space (
  account_id bigint not null references gateway_account,
  convenio text not null,
  next_number bigint not null default 1,
  primary key (account_id, convenio)
);

create table carteira (
  id bigint primary key,
  description text not null,
  filial_id bigint references filial,
  gateway text,
  account_id bigint references gateway_account,
  convenio text,
  code text not null default '17',
  variation text not null default '',
  especie text not null default 'DM',
  acceptance boolean not null default false,
  interest_percent numeric(7,4) not null default 0 check (interest_percent >= 0),
  fine_percent numeric(7,4) not null default 0 check (fine_percent >= 0),
  discount_percent numeric(7,4) not null default 0 check (discount_percent >= 0),
  timeout_seconds int not null default 60 check (timeout_seconds between 1 and 300),
  address_source text not null default 'main' check (address_source in ('main', 'billing')),
  write_off_days int check (write_off_days >= 0),
  homologation boolean not null default true
);

create table customer (
  id bigint primary key,
  person_type text not null check (person_type in ('F', 'J')),
  name text not null,
  trade_name text not null default '',
  document text not null,
  cep text not null default '',
  street text not null default '',
  number text not null default '',
  complement text not null default '',
  district text not null default '',
  city text not null default '',
  uf text not null default '',
  billing_cep text not null default '',
  billing_street text not null default '',
  billing_number text not null default '',
  billing_complement text not null default '',
  billing_district text not null default '',
  billing_city text not null default '',
  billing_uf text not null default '',
  email text not null default '',
  whatsapp text not null default '',
  condominium text not null default ''
);

-- Título of Contas a Receber. Its registration at the bank is the table boleto.
create table receivable (
  id bigint primary key,
  customer_id bigint not null references customer,
  filial_id bigint not null references filial,
  carteira_id bigint not null references carteira,
  contract_id bigint,
  contract_kind text not null default 'sem-contrato' check (contract_kind in ('recorrente', 'avulso', 'sem-contrato')),
  charge_type text not null default '',
  lote text not null default '',
  document text not null default '',
  installment int not null default 1,
  issue_date date not null,
  due_date date not null,
  amount_cents bigint not null check (amount_cents >= 0),
  open_amount_cents bigint not null check (open_amount_cents >= 0),
  status text not null default 'A' check (status in ('A', 'R', 'P', 'C')),
  released boolean not null default true,
  -- What the operator knows: Não = never communicated successfully.
  impresso boolean not null default false,
  -- nn_boleto, linha_digitavel, gateway_link, id_cobranca, pix_txid as an earlier system left them.
  imported_registration jsonb,
  -- Grows with each change of what the bank is sent (título or customer): the truth behind "corrected".
  version int not null default 1,
  corrected_at timestamptz
);
create index receivable_by_carteira on receivable (carteira_id, due_date, id) where not impresso;
create index receivable_by_customer on receivable (customer_id);

create or replace function receivable_version_grows() returns trigger language plpgsql as $$
begin
  if (new.customer_id, new.carteira_id, new.issue_date, new.due_date, new.amount_cents, new.open_amount_cents, new.document)
     is distinct from
     (old.customer_id, old.carteira_id, old.issue_date, old.due_date, old.amount_cents, old.open_amount_cents, old.document)
  then new.version := old.version + 1;
  end if;
  return new;
end $$;
-- Not fired by what the machine itself writes: impresso.
create trigger receivable_version before update of customer_id, carteira_id, issue_date, due_date, amount_cents, open_amount_cents, document on receivable
  for each row execute function receivable_version_grows();

create or replace function customer_change_reaches_receivables() returns trigger language plpgsql as $$
begin
  if (new.person_type, new.name, new.document, new.cep, new.street, new.number, new.complement, new.district, new.city, new.uf,
      new.billing_cep, new.billing_street, new.billing_number, new.billing_complement, new.billing_district, new.billing_city, new.billing_uf)
     is distinct from
     (old.person_type, old.name, old.document, old.cep, old.street, old.number, old.complement, old.district, old.city, old.uf,
      old.billing_cep, old.billing_street, old.billing_number, old.billing_complement, old.billing_district, old.billing_city, old.billing_uf)
  then update receivable set version = version + 1 where customer_id = new.id and status in ('A', 'P');
  end if;
  return null;
end $$;
create trigger customer_change after update on customer
  for each row execute function customer_change_reaches_receivables();

create table boleto (
  id bigint generated always as identity primary key,
  receivable_id bigint not null references receivable,
  account_id bigint not null references gateway_account,
  convenio text not null,
  -- 1 for the first boleto of a título; another only after a person chose a new number.
  generation int not null default 1,
  own_reference text not null,
  our_number text,
  bank_id text,
  state text not null default 'draft' check (state in
    ('draft', 'sending', 'unconfirmed', 'inProgress', 'registered', 'conflict', 'superseded', 'cancelled')),
  linha_digitavel text,
  barcode text,
  pix_emv text,
  pix_txid text,
  link text,
  registered_at timestamptz,
  -- Registered, but with the data of an attempt before the last correction.
  older_data boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  constraint boleto_registered_is_complete check (state <> 'registered' or (linha_digitavel is not null and registered_at is not null))
);
create unique index boleto_one_current_per_receivable on boleto (receivable_id) where state not in ('superseded', 'cancelled');
create index boleto_by_receivable on boleto (receivable_id);
create unique index boleto_own_reference on boleto (account_id, convenio, own_reference);
create unique index boleto_our_number on boleto (account_id, convenio, our_number);
create unique index boleto_bank_id on boleto (account_id, bank_id) where bank_id is not null;

create table batch (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  carteira_id bigint not null references carteira,
  filters jsonb not null,
  requested_by text not null,
  phase text not null default 'selecting' check (phase in
    ('selecting', 'communicating', 'analysing', 'awaitingAdjustments', 'paused', 'concluded')),
  round int not null default 0,
  selected int,
  left_out int,
  -- Read with each group of intents: nothing more is sent while it is set.
  paused boolean not null default false,
  pause_reason text,
  concluding boolean not null default false,
  -- To the millisecond, as programs hold it: lists are paged by it.
  created_at timestamptz(3) not null default clock_timestamp(),
  selected_at timestamptz,
  concluded_at timestamptz,
  concluded_by text
);

create sequence lease_token;

create table batch_item (
  batch_id text not null references batch,
  ordinal int not null check (ordinal > 0),
  receivable_id bigint not null references receivable,
  boleto_id bigint references boleto,
  state text not null default 'pending' check (state in
    ('pending', 'sending', 'deferred', 'unconfirmed', 'inProgress', 'registered', 'rejected', 'conflict', 'discarded', 'skipped')),
  round int not null default 1,
  -- When the machine acts on it next; null = finished, or a person's turn.
  due_at timestamptz,
  tries int not null default 0,
  -- Fences the slice that holds it: a write with another token is refused.
  lease_token bigint,
  -- Version of the título that the last call sent, or that was refused.
  receivable_version int,
  failure_kind text,
  provider_code text,
  provider_message text,
  field text,
  reconciled boolean not null default false,
  updated_at timestamptz not null default clock_timestamp(),
  -- Set when the item ends: registered, discarded, skipped, or its batch concluded.
  closed_at timestamptz,
  primary key (batch_id, ordinal),
  unique (batch_id, receivable_id),
  constraint batch_item_closed_is_not_due check (closed_at is null or due_at is null)
-- No index has a column that a lease or an intent writes: with room on the item's own page, neither touches an index
-- (docs/performance.md).
) with (fillfactor = 50);
create unique index batch_item_one_live_per_receivable on batch_item (receivable_id) where closed_at is null;
-- What is due is found among the live: a closed item is not due.
create index batch_item_live on batch_item (batch_id, ordinal) where closed_at is null;

create table batch_left_out (
  batch_id text not null references batch,
  receivable_id bigint not null references receivable,
  reason text not null,
  other_batch_id text,
  primary key (batch_id, receivable_id)
);

-- One row per call that may register: written before it leaves.
create table attempt (
  id uuid primary key,
  boleto_id bigint not null references boleto,
  batch_id text not null,
  ordinal int not null,
  lease_token bigint not null,
  receivable_version int not null,
  snapshot jsonb not null,
  intended_at timestamptz not null default clock_timestamp(),
  -- After this instant the call can no longer be under way.
  deadline timestamptz not null,
  sent_at timestamptz,
  finished_at timestamptz,
  kind text,
  http_status int,
  provider_code text,
  provider_message text,
  field text,
  request text,
  response text,
  duration_ms int,
  -- null = unresolved: no other payload leaves for this boleto.
  resolution text check (resolution in ('registered', 'refused', 'notSent', 'absent', 'conflict')),
  resolved_at timestamptz,
  resolved_by text,
  foreign key (batch_id, ordinal) references batch_item,
  constraint attempt_resolution_has_an_instant check ((resolution is null) = (resolved_at is null))
);
create unique index attempt_one_unresolved_per_boleto on attempt (boleto_id) where resolution is null;
create index attempt_by_boleto on attempt (boleto_id, intended_at);

create table look (
  id uuid primary key,
  attempt_id uuid not null references attempt,
  boleto_id bigint not null references boleto,
  account_id bigint not null,
  -- Two looks with the same identity can be answered by one cache entry of the bank.
  identity text not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  answer text check (answer in ('found', 'notFound', 'stillProcessing', 'unusable')),
  evidence text check (evidence in ('registered', 'conflict', 'absent', 'none')),
  reason text,
  -- What the bank showed (FoundBoleto of domain/gateway.ts); null unless the answer is found.
  found jsonb,
  http_status int,
  response text,
  duration_ms int
);
create index look_by_identity on look (account_id, identity, started_at);
create index look_by_attempt on look (attempt_id, started_at);

-- Operator actions carry an id of their own: repeated, they are answered from here.
create table operator_action (
  action_id text primary key,
  batch_id text not null references batch,
  kind text not null,
  requested_by text not null,
  result jsonb not null,
  at timestamptz not null default clock_timestamp()
);

create table audit_entry (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  entity text not null,
  entity_id text not null,
  before jsonb,
  after jsonb,
  reason text
);
create index audit_entry_by_entity on audit_entry (entity, entity_id, at);

create table alert (
  id bigint generated always as identity primary key,
  batch_id text not null references batch,
  kind text not null,
  day date not null,
  -- null = about the batch as a whole.
  receivable_id bigint references receivable,
  message text not null,
  at timestamptz not null default clock_timestamp(),
  constraint alert_once_a_day unique nulls not distinct (batch_id, kind, day, receivable_id)
);
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
