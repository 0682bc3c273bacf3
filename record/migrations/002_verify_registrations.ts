import type { Knex } from 'knex';

/** What the bank answered is verified, and what is verified can be printed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table carteira
  -- Boleto híbrido: the bank is asked for a Pix QR.
  add pix boolean not null default false,
  -- Counts in homologação only: its sandbox hands out codes that are wrong.
  add accept_invalid_codes boolean not null default false;

-- Of the beneficiário, for the document (Lei 12.039/2009).
alter table filial
  add cep text not null default '',
  add street text not null default '',
  add number text not null default '',
  add complement text not null default '',
  add district text not null default '',
  add city text not null default '',
  add uf text not null default '';

alter table boleto
  -- What is wrong with the codes that the bank handed back (domain/boleto/registrationCheck.ts); null = nothing.
  add divergence text[] check (cardinality(divergence) > 0),
  -- Registered by a carteira in homologação: it is worth nothing.
  add homologation boolean not null default false,
  -- Agência/código do beneficiário as the bank shows it.
  add beneficiary_code text,
  add constraint boleto_divergent_is_not_registered check (state <> 'registered' or divergence is null or homologation);

-- What was wrong with the codes of the boleto that a look found.
alter table look add mismatches text[];
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
