import type { Knex } from 'knex';
import { plannedOnce } from '../database';

/** Numbers belong to a bank and a convênio; accounts, carteiras and filiais may share them. */
export interface NumberingSpace {
  gateway: string;
  convenio: string;
}

/**
 * Why the bank has numbers that this record never gave: `restored`, they are of títulos of ours (the record was set
 * back); `otherSystem`, they are of nobody here.
 */
export type Behind = 'restored' | 'otherSystem';

/**
 * The next `count` numbers of the space, once and for all; `ids` are for their boletos, which are not in the record yet.
 * @returns why none is given, where the space is behind the bank
 */
export async function giveNumbers(
  trx: Knex.Transaction,
  { gateway, convenio }: NumberingSpace,
  count: number,
): Promise<{ first: number; ids: number[] } | Behind> {
  const statement = trx.raw<{ rows: { first: number; ids: number[]; behind: Behind | null }[] }>(
    `insert into numbering_space (gateway, convenio, next_number) values (:gateway, :convenio, 1 + :count)
     on conflict (gateway, convenio) do update
       set next_number = numbering_space.next_number + case when numbering_space.behind is null then :count else 0 end
     returning next_number - :count as first, behind,
       array(select nextval(pg_get_serial_sequence('boleto', 'id'))::float8 from generate_series(1, :count)) as ids`,
    { gateway, convenio, count },
  );
  const { rows } = await statement.options(plannedOnce('giveNumbers'));
  const { behind, ...given } = rows[0] as (typeof rows)[number];
  return behind ?? given;
}

/** For boletos whose number the bank gives. */
export async function giveIds(trx: Knex.Transaction, count: number): Promise<number[]> {
  const statement = trx.raw<{ rows: { ids: number[] }[] }>(
    `select array(select nextval(pg_get_serial_sequence('boleto', 'id'))::float8 from generate_series(1, :count)) as ids`,
    { count },
  );
  const { rows } = await statement.options(plannedOnce('giveIds'));
  return rows[0]?.ids ?? [];
}

/** Whether this record gave the number to one of its boletos, whatever became of it. */
export async function isGiven(knex: Knex, { gateway, convenio }: NumberingSpace, ourNumber: string): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: unknown[] }>(
    // In two, each by an index of its own.
    `select from gateway_account a join boleto b on b.account_id = a.id and b.convenio = :convenio
       and b.our_number = :ourNumber and b.state <> 'superseded'
     where a.gateway = :gateway
     union all
     select from boleto b join gateway_account a on a.id = b.account_id
     where b.convenio = :convenio and b.our_number = :ourNumber and b.state = 'superseded' and a.gateway = :gateway
     limit 1`,
    { gateway, convenio, ourNumber },
  );
  return rows.length > 0;
}

/** The bank knows numbers that this record never gave. What is known to be a restore stays one. */
export async function markBehind(knex: Knex, { gateway, convenio }: NumberingSpace, behind: Behind): Promise<void> {
  await knex.raw(
    `insert into numbering_space as n (gateway, convenio, behind) values (:gateway, :convenio, :behind)
     on conflict (gateway, convenio) do update
       set behind = case when n.behind = 'restored' then n.behind else excluded.behind end`,
    { gateway, convenio, behind },
  );
}

export async function readBehind(knex: Knex, { gateway, convenio }: NumberingSpace): Promise<Behind | null> {
  const row = await knex('numbering_space')
    .where({ gateway, convenio })
    .first<{ behind: Behind | null } | undefined>('behind');
  return row?.behind ?? null;
}

/**
 * From now on numbers are given from `next` on; never lowers it.
 * @param knows what mends a space that is behind: `bank`, everything that the bank has was compared with the record;
 *   `person`, somebody says from where on it is free, which is no answer to títulos of ours that are registered
 *   already; `bankWithDoubts`, it was compared, and some boletos are left for a person, who then says so;
 *   `nobody`, nothing is known
 */
export async function raiseNextNumber(
  trx: Knex,
  { gateway, convenio }: NumberingSpace,
  next: number,
  knows: 'bank' | 'bankWithDoubts' | 'person' | 'nobody',
): Promise<{ before: number; after: number }> {
  const { rows } = await trx.raw<{ rows: { before: number; after: number }[] }>(
    `with former as materialized (
       select next_number from numbering_space where gateway = :gateway and convenio = :convenio for update)
     insert into numbering_space as n (gateway, convenio, next_number) values (:gateway, :convenio, :next)
     on conflict (gateway, convenio) do update set next_number = greatest(n.next_number, excluded.next_number),
       behind = case
         when :knows = 'bank' or (:knows = 'person' and n.behind = 'otherSystem') then null
         when :knows = 'bankWithDoubts' and n.behind = 'restored' then 'otherSystem'
         else n.behind end
     returning coalesce((select next_number from former), 1) as before, next_number as after`,
    { gateway, convenio, next, knows },
  );
  return rows[0] as { before: number; after: number };
}
