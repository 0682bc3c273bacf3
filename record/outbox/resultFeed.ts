import type { Knex } from 'knex';
import type { LocalDate } from '../../domain/kinds/dates';
import type { ReceivableState } from '../../domain/receivable/receivableStates';
import type { ItemState } from '../../domain/boleto/states';
import { current, state } from '../receivables/receivables';
import { receivableIsSeen, type Filiais } from '../access/visibility';

/** A place in the feed, and the page that it was handed out with; null = the beginning, which is every record's. */
export interface FeedPlace {
  position: number;
  token: string | null;
}

/** The result of one título as it is now. */
export interface FeedRow {
  position: number;
  receivableId: number;
  /** The ERP's own key; the id where it gave none. */
  erpKey: string;
  carteiraId: number;
  filialId: number;
  state: ReceivableState;
  impresso: boolean;
  ourNumber: string | null;
  ownReference: string | null;
  /** Codes, and what follows, of a registered boleto alone. */
  linhaDigitavel: string | null;
  barcode: string | null;
  pixEmv: string | null;
  pixTxid: string | null;
  link: string | null;
  registeredAt: Date | null;
  /** Of the call that the bank is known to have, else of the last one; null where none was made. */
  sent: { dueDate: LocalDate; amountCents: number } | null;
  /** As the bank has them since they were altered there; null = as they were sent. */
  dueDateAtBank: LocalDate | null;
  amountAtBank: number | null;
  olderData: boolean;
  homologation: boolean;
  divergence: string[] | null;
  payableThoughClosed: boolean;
  /** Of the item that failed last, while nothing is registered; null = it did not fail. */
  failure: FeedFailure | null;
  batchId: string | null;
  changedAt: Date;
}

export interface FeedFailure {
  state: ItemState;
  gateway: string | null;
  failureKind: string | null;
  providerCode: string | null;
  providerMessage: string | null;
  httpStatus: number | null;
  field: string | null;
  addressSource: 'main' | 'billing';
}

export type FeedPage =
  | {
      kind: 'page';
      /** Those that the viewer sees; may be none though more follow. */
      rows: FeedRow[];
      /** Of every row of the page. */
      token: string | null;
      /** Where the next page begins. */
      next: FeedPlace;
      more: boolean;
    }
  /** The place was handed out by another record, by this one before it was set back, or to who saw less. */
  | { kind: 'foreignPlace' };

const NUMBERING_LOCK = 'result_feed';
/** Places are given in short transactions, also where nobody has read for long. */
const NUMBERED_AT_ONCE = 10_000;

/**
 * The results that changed after a place, in the order in which they changed, each título once and as it is now. A
 * título that changes again moves behind; one that changed after this page was read comes on a later one.
 */
export async function readFeed(
  knex: Knex,
  { after, filiais, limit }: { after: FeedPlace; filiais: Filiais; limit: number },
): Promise<FeedPage> {
  if (!(await isOurs(knex, after, filiais))) return { kind: 'foreignPlace' };
  const isUnfinished = await giveChangesTheirPlace(knex);
  const page = await readRows(knex, { after: after.position, filiais, limit: limit + 1 });
  const last = page.slice(0, limit).at(-1);
  if (!last) return { kind: 'page', rows: [], token: null, next: after, more: isUnfinished };
  const token = await handOut(knex, last.position, filiais);
  return {
    kind: 'page',
    rows: page.slice(0, limit).filter((row): row is FeedRow => row.receivableId !== null),
    token,
    next: { position: last.position, token },
    more: page.length > limit || isUnfinished,
  };
}

async function isOurs(knex: Knex, { position, token }: FeedPlace, filiais: Filiais): Promise<boolean> {
  if (position === 0) return true;
  if (token === null) return false;
  const run = await knex('feed_run')
    .where({ token })
    .where('up_to', '>=', position)
    .whereRaw('(filiais is null or ?::bigint[] <@ filiais)', [filiais === null ? null : [...filiais]])
    .first<object | undefined>('token');
  return run !== undefined;
}

/**
 * Written after the page was read. A record that was set back to before this lacks it; one that has it has everything
 * that the page was read from, also what had moved behind its end.
 */
async function handOut(knex: Knex, upTo: number, filiais: Filiais): Promise<string> {
  const [run] = await knex('feed_run')
    .insert({ up_to: upTo, filiais: filiais === null ? null : [...filiais] })
    .returning<{ token: string }[]>('token');
  return (run as { token: string }).token;
}

/**
 * Gives results that changed, by transactions that ended, their place behind all others. One does it at a time, so
 * that whoever sees a place sees every smaller one. Whoever changes results waits for none of this.
 * @returns whether there were more than are taken at once
 */
export async function giveChangesTheirPlace(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: { some: boolean }[] }>('select exists (select from result_change) as some');
  if (!rows[0]?.some) return false;
  return knex.transaction(async (trx) => {
    // A statement of its own: the next one sees what whoever held the lock left behind.
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [NUMBERING_LOCK]);
    const numbered = await trx.raw<{ rows: { taken: number }[] }>(
      `with taken as (
         delete from result_change where ctid = any(array(select ctid from result_change limit :most))
         returning receivable_id, batch_id, ordinal, at),
       changed as (
         select receivable_id, max(at) as at,
           (array_agg(batch_id order by at desc) filter (where batch_id is not null))[1] as batch_id,
           (array_agg(ordinal order by at desc) filter (where batch_id is not null))[1] as ordinal
         from taken group by receivable_id),
       placed as (
         insert into result_feed (receivable_id, position, batch_id, ordinal, changed_at)
         select receivable_id, nextval('result_position'), batch_id, ordinal, at
         from (select * from changed c
               -- A status of what was never communicated is no result.
               where c.batch_id is not null or exists (select from boleto b where b.receivable_id = c.receivable_id)
                 or exists (select from result_feed f where f.receivable_id = c.receivable_id)
               order by at, receivable_id) c
         on conflict (receivable_id) do update set position = excluded.position,
           batch_id = coalesce(excluded.batch_id, result_feed.batch_id),
           ordinal = coalesce(excluded.ordinal, result_feed.ordinal),
           changed_at = greatest(excluded.changed_at, result_feed.changed_at))
       select count(*) as taken from taken`,
      { most: NUMBERED_AT_ONCE },
    );
    return numbered.rows[0]?.taken === NUMBERED_AT_ONCE;
  });
}

/** A row of another filial is only its place: pages go on. */
type PageRow = FeedRow | { position: number; receivableId: null };

/**
 * In one statement, so that places and results are of one instant. What changed and has no new place yet is left out:
 * told now, it would be told again there.
 */
async function readRows(
  knex: Knex,
  { after, filiais, limit }: { after: number; filiais: Filiais; limit: number },
): Promise<PageRow[]> {
  const { rows } = await knex.raw<{ rows: PageRow[] }>(
    `with page as materialized (
       select f.* from result_feed f
       where f.position > :after
         and not exists (select from result_change c where c.receivable_id = f.receivable_id)
       order by f.position limit :limit)
     select page.position, r.id as "receivableId",
       coalesce(r.erp_key, r.id::text) as "erpKey",
       r.carteira_id as "carteiraId", r.filial_id as "filialId", ${state} as state, r.impresso,
       b.our_number as "ourNumber", b.own_reference as "ownReference",
       case when b.state = 'registered' then b.linha_digitavel end as "linhaDigitavel",
       case when b.state = 'registered' then b.barcode end as barcode,
       case when b.state = 'registered' then b.pix_emv end as "pixEmv",
       case when b.state = 'registered' then b.pix_txid end as "pixTxid",
       case when b.state = 'registered' then b.link end as link,
       case when b.state = 'registered' then b.registered_at end as "registeredAt",
       case when b.state = 'registered' then call.sent end as sent,
       case when b.state = 'registered' then b.bank_terms->>'dueDate' end as "dueDateAtBank",
       case when b.state = 'registered' then (b.bank_terms->>'amountCents')::float8 end as "amountAtBank",
       coalesce(b.state = 'registered' and b.older_data, false) as "olderData",
       coalesce(b.homologation, false) as homologation, b.divergence,
       b.state is not distinct from 'registered' and exists (select from bank_work w where w.boleto_id = b.id
         and w.closed_at is null and jsonb_exists(w.fields, 'status')) as "payableThoughClosed",
       case when b.state is distinct from 'registered' and r.status in ('A', 'P')
           and (i.failure_kind is not null or i.state in ('rejected', 'unconfirmed', 'conflict', 'deferred'))
         then jsonb_build_object('state', i.state, 'gateway', g.gateway, 'failureKind', i.failure_kind,
           'providerCode', i.provider_code, 'providerMessage', i.provider_message, 'field', i.field,
           'addressSource', k.address_source, 'httpStatus', (
             select a.http_status from attempt a
             where a.boleto_id = i.boleto_id and a.batch_id = i.batch_id and a.ordinal = i.ordinal
               and a.provider_message = i.provider_message and a.provider_code is not distinct from i.provider_code
             order by a.intended_at desc limit 1)) end as failure,
       case when b.state = 'registered' then call.batch_id else i.batch_id end as "batchId",
       page.changed_at as "changedAt"
     from page
     left join receivable r on r.id = page.receivable_id and ${receivableIsSeen}
     left join carteira k on k.id = r.carteira_id
     ${current}
     left join lateral (
       select a.batch_id, jsonb_build_object('dueDate', a.snapshot->'dueDate', 'amountCents', a.snapshot->'amountCents')
         as sent
       from attempt a where a.boleto_id = b.id
       order by coalesce(a.resolution = 'registered', false) desc, a.intended_at desc limit 1) call on true
     left join batch_item i on i.batch_id = coalesce(live.batch_id, page.batch_id)
       and i.ordinal = coalesce(live.ordinal, page.ordinal) and i.receivable_id = r.id
     left join boleto ib on ib.id = i.boleto_id
     left join gateway_account g on g.id = coalesce(ib.account_id, k.account_id)
     order by page.position`,
    { after, filiais: filiais === null ? null : [...filiais], limit },
  );
  return rows;
}
