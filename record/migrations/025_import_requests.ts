import type { Knex } from 'knex';

/** Imports that arrive over HTTP: the body is stored as it comes, and a workflow imports it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table import_request (
  id text primary key check (id ~ '^i-[0-9a-f]{16}$'),
  -- Opaque id of the person or program, and the key that it gave the call.
  requested_by text not null,
  idempotency_key text not null,
  -- Filiais of whoever asked, as they were then; null = all.
  filiais bigint[],
  format text not null check (format in ('jsonl', 'csv')),
  -- Of a CSV; null = recognised by its header.
  type text check (type in ('filial', 'carteira', 'cliente', 'titulo')),
  all_or_nothing boolean not null,
  -- Of the body as it came; null while it still comes.
  sha256 bytea check (octet_length(sha256) = 32),
  bytes bigint not null default 0,
  rows int not null default 0,
  state text not null default 'receiving'
    check (state in ('receiving', 'waiting', 'running', 'done', 'refused', 'unreadable')),
  -- Lines that were read so far.
  lines int not null default 0,
  -- What the import said at its end: counts and names of fields, no row.
  result jsonb,
  received_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  constraint import_request_whole check ((state = 'receiving') = (sha256 is null)),
  constraint import_request_end check ((state in ('done', 'refused', 'unreadable')) = (finished_at is not null)),
  constraint import_request_result check ((finished_at is null) = (result is null))
);
-- Two calls under one key may come at the same time: the first that is whole is the import.
create unique index import_request_one_a_key on import_request (requested_by, idempotency_key)
  where state <> 'receiving';
create index import_request_open on import_request (received_at) where finished_at is null;
create index import_request_by_time on import_request (received_at, id);

-- The body in pieces, until it is imported: personal data is kept no longer.
create table import_body (
  import_id text not null references import_request on delete cascade,
  ordinal int not null check (ordinal >= 0),
  bytes bytea not null,
  primary key (import_id, ordinal)
);
-- Already small for what it is, and read once: compressing it would only cost time.
alter table import_body alter column bytes set storage external;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
