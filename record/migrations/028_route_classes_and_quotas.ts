import type { Knex } from 'knex';

/**
 * Allowances by the classes that a gateway names itself, what was used of the quotas that some of them have, and looks
 * that a bank which registers later answers with a refusal.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table gateway_limit
  drop constraint gateway_limit_route_class_check,
  add constraint gateway_limit_route_class_check check (route_class ~ '^[a-z][a-zA-Z]{0,19}$');

-- What a bank accepted and then did not register.
alter table look
  drop constraint look_answer_check,
  add constraint look_answer_check check (answer in ('found', 'notFound', 'stillProcessing', 'refused', 'unusable')),
  drop constraint look_evidence_check,
  add constraint look_evidence_check check (evidence in ('registered', 'conflict', 'refused', 'absent', 'none'));

create table gateway_quota_use (
  account_id bigint not null,
  route_class text not null,
  -- The day of São Paulo, or the part of a rolling window, in which they were given away; by its beginning.
  slot timestamptz not null,
  calls int not null check (calls >= 0),
  primary key (account_id, route_class, slot),
  foreign key (account_id, route_class) references gateway_limit on delete cascade
);
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
