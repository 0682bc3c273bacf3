import type { Knex } from 'knex';

/** Who may use the API: people, their sessions, and the tokens of other programs. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table app_user (
  -- Opaque: what Temporal and the audit know of a person.
  id text primary key check (id ~ '^u-[0-9a-f]{12}$'),
  login text not null check (login = lower(login)),
  name text not null,
  -- Argon2id; null = signs in at the company's provider only.
  password_hash text,
  oidc_subject text unique,
  role text not null check (role in ('consulta', 'operador', 'administrador')),
  -- null = every filial.
  filiais bigint[],
  active boolean not null default true,
  failed_logins int not null default 0,
  locked_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  unique (login)
);

create table app_session (
  -- SHA-256 of the cookie: whoever reads the table cannot sign in.
  token_hash bytea primary key,
  user_id text not null references app_user on delete cascade,
  csrf_token text not null,
  created_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
create index app_session_by_user on app_session (user_id);

create table api_token (
  id text primary key check (id ~ '^t-[0-9a-f]{12}$'),
  token_hash bytea not null unique,
  name text not null,
  role text not null check (role in ('consulta', 'operador', 'administrador')),
  filiais bigint[],
  created_by text not null references app_user,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  used_at timestamptz
);

alter table batch
  -- Of the títulos that its selection met, kept or left out: who may see all of them may see the batch.
  add filiais bigint[];
update batch b set filiais = coalesce((
  select array_agg(distinct r.filial_id order by r.filial_id) from receivable r
  where r.id in (select receivable_id from batch_item where batch_id = b.id
                 union all select receivable_id from batch_left_out where batch_id = b.id)), '{}')
where selected is not null;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
