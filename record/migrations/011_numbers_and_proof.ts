import type { Knex } from 'knex';

/** Numbers belong to a bank and a convênio, and none is given a second time without proof about the first. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- Another account of the same bank and convênio goes on with the same numbers.
create table numbering (
  gateway text not null,
  convenio text not null,
  next_number bigint not null default 1 check (next_number > 0),
  -- The bank has numbers that this record never gave: of títulos of ours (it was restored), or of nobody here. Until
  -- somebody mends it no new number is given.
  behind text check (behind in ('restored', 'otherSystem')),
  primary key (gateway, convenio)
);
insert into numbering (gateway, convenio, next_number)
select a.gateway, n.convenio, max(n.next_number)
from numbering_space n join gateway_account a on a.id = n.account_id group by a.gateway, n.convenio;
drop table numbering_space;
alter table numbering rename to numbering_space;
alter index numbering_pkey rename to numbering_space_pkey;
alter table numbering_space rename constraint numbering_next_number_check to numbering_space_next_number_check;
alter table numbering_space rename constraint numbering_behind_check to numbering_space_behind_check;

-- A number that was given up can turn out to be another título's.
drop index boleto_own_reference;
drop index boleto_our_number;
drop index boleto_bank_id;
create unique index boleto_own_reference on boleto (account_id, convenio, own_reference) where state <> 'superseded';
create unique index boleto_our_number on boleto (account_id, convenio, our_number) where state <> 'superseded';
-- What was given up is looked up too, and there is little of it.
create index boleto_given_up_reference on boleto (convenio, own_reference) where state = 'superseded';
create index boleto_given_up_number on boleto (convenio, our_number) where state = 'superseded';
create unique index boleto_bank_id on boleto (account_id, bank_id) where bank_id is not null and state <> 'superseded';

alter table boleto
  add given_up_at timestamptz,
  -- When the bank is next asked whether a number that was given up is registered after all; null = not any more.
  add watch_at timestamptz,
  add constraint boleto_watched_is_given_up check (watch_at is null or (state = 'superseded' and given_up_at is not null));
create index boleto_watched on boleto (watch_at) where watch_at is not null;

alter table attempt drop constraint attempt_resolution_check;
alter table attempt add constraint attempt_resolution_check
  check (resolution in ('registered', 'refused', 'notSent', 'absent', 'unproven', 'conflict'));

-- A number that nobody has yet is looked for, too: whether the bank knows it already.
alter table look
  alter attempt_id drop not null,
  alter boleto_id drop not null,
  add constraint look_is_about_a_boleto check ((attempt_id is null) = (boleto_id is null));
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
