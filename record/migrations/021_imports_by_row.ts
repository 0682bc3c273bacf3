import type { Knex } from 'knex';

/** Rows have the ERP's own keys, and an import says what it did not take. */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['filial', 'carteira', 'customer', 'receivable'])
    await knex.raw(`
-- The ERP's key where it is not the id's own digits.
alter table ${table} add column erp_key text
  constraint ${table}_erp_key check (erp_key <> '' and char_length(erp_key) <= 60);
create unique index ${table}_by_erp_key on ${table} (erp_key) where erp_key is not null;
`);
  await knex.raw(`
-- Ids of rows whose key is no number: beyond what ERPs count to, and within what banks take as our reference.
create sequence erp_id start 9000000001;

create table import_run (
  id text primary key constraint import_run_id check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  -- Opaque id of the person or program that asked.
  "by" text not null,
  source text not null constraint import_run_source check (source in ('cli', 'http')),
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  state text not null default 'running'
    constraint import_run_state check (state in ('running', 'imported', 'refused', 'unreadable')),
  -- By type: new, changed, unchanged.
  counts jsonb,
  -- Problems that its lines had, also after they are pruned.
  problems int not null default 0,
  -- What whoever asks again is answered (ImportResult).
  result jsonb,
  constraint import_run_end check ((state = 'running') = (ended_at is null) and (state = 'running') = (result is null))
);
create index import_run_by_end on import_run (ended_at);

create table import_problem (
  import_id text not null references import_run,
  -- In the order of the lines, from 1.
  number int not null,
  line int not null,
  -- The ERP's key of the row, clipped; null where it cannot be told.
  key text,
  -- The ERP's name of the field; null = the line as a whole.
  field text,
  code text not null,
  message text not null,
  kind text not null constraint import_problem_kind check (kind in ('form', 'reference', 'refused')),
  primary key (import_id, number)
);
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
