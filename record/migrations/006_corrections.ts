import type { Knex } from 'knex';

/** Corrections of many títulos at once, which can be undone; and the filters that people keep. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table correction (
  id bigint generated always as identity primary key,
  -- Whose títulos these are.
  batch_id text not null references batch,
  actor text not null,
  at timestamptz not null default clock_timestamp(),
  -- As a person typed them, by the ERP's names.
  changes jsonb not null,
  undone_at timestamptz,
  undone_by text
);

-- Stored values by the ERP's names, of the fields that this correction gave another value.
create table correction_row (
  correction_id bigint not null references correction,
  receivable_id bigint not null references receivable,
  customer_id bigint not null references customer,
  before jsonb not null,
  after jsonb not null,
  -- What undoing it found: it was put back, changed since, or past changing.
  undo text check (undo in ('undone', 'touched', 'refused')),
  primary key (correction_id, receivable_id)
);

create table saved_filter (
  id bigint generated always as identity primary key,
  -- Of a person or a token.
  owner text not null,
  name text not null,
  carteira_id bigint not null references carteira,
  filters jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  unique (owner, name)
);

-- People search by CPF and CNPJ.
create index customer_by_document on customer (document);
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
