import type { Knex } from 'knex';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import type { PixCount } from '../../domain/account/carteiraAlerts';
import { cleanText, storable } from '../../domain/kinds/text';

/** SQL over `boleto b` and its carteira: registered, and the Pix that it asks for is missing. */
export const lacksPix = (carteira = 'c') => `(${carteira}.pix and b.state = 'registered' and b.pix_emv is null)`;

/** Boletos and carteiras of one account and convênio, and their títulos: by the index boleto_without_pix. */
const withoutPix = `carteira c
  join boleto b on b.account_id = c.account_id and b.convenio = c.convenio
  join receivable r on r.id = b.receivable_id and r.carteira_id = c.id`;

/** How many boletos one sweep notes at most. */
const NOTED_AT_ONCE = 20_000;
/** A claimed one that no worker came back with is due again after this. */
const CLAIMED_MIN = 10;
const MAX_MESSAGE = 500;

/**
 * Notes every open boleto that lacks its Pix, and forgets those that lack it no more, or that nobody owes any longer.
 * @returns gateways with some whose turn has come
 */
export async function noteMissingPix(knex: Knex): Promise<string[]> {
  await knex.raw(
    `delete from pix_fetch f using boleto b, receivable r, carteira c
     where b.id = f.boleto_id and r.id = b.receivable_id and c.id = r.carteira_id
       and not (${lacksPix()} and r.status in ('A', 'P'))`,
  );
  await knex.raw(
    `insert into pix_fetch (boleto_id, due_at)
     select b.id, clock_timestamp() from ${withoutPix}
     where ${lacksPix()} and r.status in ('A', 'P')
       and not exists (select from pix_fetch f where f.boleto_id = b.id)
     limit ${NOTED_AT_ONCE} on conflict do nothing`,
  );
  const { rows } = await knex.raw<{ rows: { gateway: string }[] }>(
    `select distinct g.gateway from pix_fetch f join boleto b on b.id = f.boleto_id
     join gateway_account g on g.id = b.account_id
     where f.due_at <= clock_timestamp() order by g.gateway`,
  );
  return rows.map(({ gateway }) => gateway);
}

export interface MissingPix {
  boletoId: number;
  accountId: number;
  convenio: string;
  /** By which the bank knows it. */
  ourNumber: string;
  amountCents: number;
  payer: Pick<ChargeSnapshot['payer'], 'document' | 'name'>;
  timeoutMs: number;
  tries: number;
  refusals: number;
}

/** Takes those of a gateway whose turn has come, nearest due date first; nobody else takes them for some minutes. */
export async function claimMissingPix(knex: Knex, gateway: string, limit: number): Promise<MissingPix[]> {
  const { rows } = await knex.raw<{ rows: MissingPix[] }>(
    `with claimed as (
       select f.boleto_id from pix_fetch f join boleto b on b.id = f.boleto_id
       join gateway_account g on g.id = b.account_id join receivable r on r.id = b.receivable_id
       where f.due_at <= clock_timestamp() and g.gateway = :gateway and coalesce(b.our_number, b.bank_id) is not null
       order by r.due_date, f.boleto_id limit :limit for update of f skip locked),
     taken as (
       update pix_fetch f set due_at = clock_timestamp() + ${CLAIMED_MIN} * interval '1 minute'
       from claimed where f.boleto_id = claimed.boleto_id returning f.boleto_id, f.tries, f.refusals)
     select b.id as "boletoId", b.account_id as "accountId", b.convenio,
       coalesce(b.our_number, b.bank_id) as "ourNumber", taken.tries, taken.refusals,
       -- What was sent, not what the título is by now.
       coalesce((b.bank_terms->>'amountCents')::bigint, (a.snapshot->>'amountCents')::bigint,
         r.open_amount_cents)::float8 as "amountCents",
       jsonb_build_object('document', p.document, 'name', p.name) as payer, c.timeout_seconds * 1000 as "timeoutMs"
     from taken join boleto b on b.id = taken.boleto_id join receivable r on r.id = b.receivable_id
     join customer p on p.id = r.customer_id join carteira c on c.id = r.carteira_id
     left join lateral (select snapshot from attempt where boleto_id = b.id and resolution = 'registered'
       order by intended_at desc limit 1) a on true
     order by r.due_date, b.id`,
    { gateway, limit },
  );
  return rows;
}

/** @param pix as the bank gave it: every character counts */
export async function storePix(knex: Knex, boletoId: number, pix: { emv: string; txid: string | null }): Promise<void> {
  await knex.raw(
    `with stored as (
       update boleto set pix_emv = :emv, pix_txid = :txid
       where id = :boletoId and state = 'registered' and pix_emv is null)
     delete from pix_fetch where boleto_id = :boletoId`,
    { boletoId, emv: storable(pix.emv), txid: pix.txid === null ? null : cleanText(pix.txid, 100) },
  );
}

/** This try brought none. @param dueInMs null = given up until a person asks again */
export async function postponePix(
  knex: Knex,
  boletoId: number,
  end: { dueInMs: number | null; tries: number; refusals: number; code: string; message: string },
): Promise<void> {
  await knex.raw(
    `update pix_fetch set due_at = clock_timestamp() + :dueInMs::float8 * interval '1 millisecond', tries = :tries,
       refusals = :refusals, code = :code, message = :message, tried_at = clock_timestamp()
     where boleto_id = :boletoId`,
    { boletoId, ...end, code: cleanText(end.code, 40), message: cleanText(end.message, MAX_MESSAGE) },
  );
}

/** Nobody was asked: the account cannot be used just now. All of its boletos wait. */
export async function holdPixOf(knex: Knex, accountId: number, inMs: number): Promise<void> {
  await knex.raw(
    `update pix_fetch f set due_at = clock_timestamp() + :inMs::float8 * interval '1 millisecond' from boleto b
     where b.id = f.boleto_id and b.account_id = :accountId
       and f.due_at < clock_timestamp() + ${CLAIMED_MIN} * interval '1 minute'`,
    { accountId, inMs },
  );
}

/** Which boletos a person asks the bank about again. */
type PixWanted = { receivableIds: readonly number[] } | { carteiraId: number };

/**
 * A person asks again: all of them are due now, as if nothing had been tried.
 * @returns títulos whose Pix is asked for; those that lack none are not among them
 */
export async function askPixAgain(
  knex: Knex,
  wanted: PixWanted,
  { by, filiais }: { by: string; filiais: readonly number[] | null },
): Promise<number[]> {
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { receivableId: number }[] }>(
      `with wanted as (
         select b.id, r.id as receivable_id from ${withoutPix}
         where ${lacksPix()} and r.status in ('A', 'P')
           and ${'carteiraId' in wanted ? 'c.id = :carteiraId' : 'r.id = any(:receivableIds)'}
           and (:filiais::bigint[] is null or r.filial_id = any(:filiais::bigint[]))
         order by r.id limit ${NOTED_AT_ONCE}),
       noted as (
         insert into pix_fetch (boleto_id, due_at) select id, clock_timestamp() from wanted order by id
         on conflict (boleto_id) do update set due_at = clock_timestamp(), tries = 0, refusals = 0)
       select receivable_id as "receivableId" from wanted order by 1`,
      { ...wanted, ...('carteiraId' in wanted ? {} : { receivableIds: [...wanted.receivableIds] }), filiais },
    );
    if (rows.length > 0)
      await trx.raw(
        `insert into audit_entry (actor, action, entity, entity_id)
         select :by, 'pedirPix', 'receivable', id::text from unnest(:ids::bigint[]) id`,
        { by, ids: rows.map(({ receivableId }) => receivableId) },
      );
    return rows.map(({ receivableId }) => receivableId);
  });
}

/** Registered boletos of a batch that lack the Pix that its carteira asks for; títulos in whatever state. */
export async function countWithoutPix(knex: Knex, batchId: string): Promise<number> {
  const { rows } = await knex.raw<{ rows: { count: number }[] }>(
    `select count(*)::int as count from batch a join carteira c on c.id = a.carteira_id
     join boleto b on b.account_id = c.account_id and b.convenio = c.convenio
     join batch_item i on i.batch_id = a.id and i.receivable_id = b.receivable_id and i.boleto_id = b.id
     where a.id = ? and ${lacksPix()}`,
    [batchId],
  );
  return rows[0]?.count ?? 0;
}

/** Open boletos whose Pix could not be had: counts of each filial, by carteira. */
export async function countPixGivenUp(knex: Knex): Promise<Map<number, PixCount[]>> {
  const { rows } = await knex.raw<{ rows: (PixCount & { carteiraId: number })[] }>(
    `select c.id as "carteiraId", r.filial_id as "filialId", count(*)::int as "givenUp",
       min(r.due_date) as "nearestDueDate"
     from pix_fetch f join boleto b on b.id = f.boleto_id join receivable r on r.id = b.receivable_id
     join carteira c on c.id = r.carteira_id
     where f.due_at is null and ${lacksPix()} and r.status in ('A', 'P') group by 1, 2 order by 1, 2`,
  );
  const counts = new Map<number, PixCount[]>();
  for (const { carteiraId, ...count } of rows) counts.set(carteiraId, [...(counts.get(carteiraId) ?? []), count]);
  return counts;
}
