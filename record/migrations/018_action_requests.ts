import type { Knex } from 'knex';

/** Who asks for what, known before Temporal is told: a message can name anybody. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table action_request (
  action_id text primary key,
  batch_id text not null references batch,
  kind text not null,
  -- Opaque id of the person, the program or the machine that asked.
  requested_by text not null,
  at timestamptz not null default clock_timestamp(),
  constraint action_request_kind
    check (kind in ('recommunicate', 'discard', 'resolve', 'reexamine', 'pause', 'resume', 'conclude')),
  -- What came by Temporal alone has no row here.
  constraint action_request_is_of_somebody check (requested_by not in ('', 'temporal'))
);

-- People of the command line who have no account: Temporal knows the id, the record the login.
create table operator_login (
  id text primary key constraint operator_login_id check (id ~ '^cli-[0-9a-f]{8}$'),
  login text not null unique
);

-- The last answer of the bank about a boleto, for whoever decides about it.
create index look_by_boleto on look (boleto_id, started_at);
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
