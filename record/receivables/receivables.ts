import type { Knex } from 'knex';
import type { LocalDate } from '../../domain/kinds/dates';
import type { ReceivableState } from '../../domain/receivable/receivableStates';
import type { StillWrong } from '../../domain/receivable/stillWrong';
import { earlierBoletoColumn, type EarlierBoleto } from '../engine/earlierBoleto';
import { folded, hasEarlierBoleto } from '../engine/matching';
import { lacksPix } from '../engine/pixFetch';
import { isCorrected, isStillWrong, wrongOf } from '../engine/verdicts';
import { carteiraIsSeen, receivableIsSeen, type Filiais } from '../access/visibility';

/** A título as lists show it. */
export interface ReceivableRow {
  id: number;
  /** The ERP's key where it is not the id itself. */
  erpKey: string | null;
  customerId: number;
  customerName: string;
  filialId: number;
  carteiraId: number;
  carteira: string;
  document: string;
  installment: number;
  issueDate: LocalDate;
  dueDate: LocalDate;
  amountCents: number;
  openAmountCents: number;
  status: 'A' | 'R' | 'P' | 'C';
  released: boolean;
  impresso: boolean;
  state: ReceivableState;
  /** Rejected in its live batch, and mended since. */
  corrected: boolean;
  /** Rejected in its live batch, changed since, and still to be refused. */
  stillWrong: boolean;
  ourNumber: string | null;
  pixTxid: string | null;
  /** Registered, and the Pix that its carteira asks for is missing. */
  withoutPix: boolean;
  /** The live batch that has it; null also for one that the viewer may not see. */
  batchId: string | null;
}

/** SQL: of `receivable r`, its current boleto `b` and its item `live` of a batch that goes on. */
export const current = `
  left join boleto b on b.receivable_id = r.id and b.state not in ('superseded', 'cancelled')
  left join batch_item live on live.receivable_id = r.id and live.closed_at is null`;

/** SQL of a ReceivableState, of `receivable r` with its `current`. What is registered is so whatever its batch says yet. */
export const state = `case
  when b.state = 'registered' then 'registered'
  when live.state is not null then live.state
  when b.state in ('sending', 'unconfirmed', 'inProgress', 'conflict') then b.state
  when r.status = 'C' then 'cancelled'
  when r.status = 'R' then 'paid'
  when r.impresso then 'communicatedBefore'
  when ${hasEarlierBoleto} then 'earlierBoleto'
  when r.due_date < (clock_timestamp() at time zone 'America/Sao_Paulo')::date then 'overdue'
  else 'notCommunicated' end`;

const rowColumns = `r.id, r.erp_key as "erpKey", r.customer_id as "customerId", p.name as "customerName", r.filial_id as "filialId",
  r.carteira_id as "carteiraId", c.description as carteira, r.document, r.installment, r.issue_date as "issueDate",
  r.due_date as "dueDate", r.amount_cents as "amountCents", r.open_amount_cents as "openAmountCents", r.status, r.released,
  r.impresso, ${state} as state,
  coalesce(${isCorrected('live')}, false) as corrected,
  coalesce(${isStillWrong('live')}, false) as "stillWrong",
  b.our_number as "ourNumber", case when b.state = 'registered' then b.pix_txid end as "pixTxid",
  coalesce(${lacksPix()}, false) as "withoutPix", live.batch_id as "batchId"`;

export interface ReceivablePage {
  filiais: Filiais;
  q?: string | undefined;
  carteiraId?: number | undefined;
  filialId?: number | undefined;
  state?: ReceivableState | undefined;
  /** Open and registered, and the Pix that its carteira asks for is missing. */
  withoutPix?: boolean | undefined;
  dueFrom?: string | undefined;
  dueTo?: string | undefined;
  /** The id that the previous page ended with. */
  after?: number | undefined;
  limit: number;
}

/** How many customers, numbers or documents one search follows. */
const MAX_HITS = 1_000;

/**
 * Títulos that a search means, without reading Contas a Receber as a whole: by id or key, by nosso número, by the pagador's
 * name or CPF/CNPJ, by the título's own document.
 */
const hits = `
  select id from receivable where id = :number::bigint
  union
  select id from receivable where erp_key = :key
  union
  (select b.receivable_id from (select distinct account_id, convenio from carteira where account_id is not null) k
   join boleto b on b.account_id = k.account_id and b.convenio = k.convenio and b.our_number = :q limit ${MAX_HITS})
  union
  (select r.id from receivable r where r.document = :q limit ${MAX_HITS})
  union
  (select r.id from (
     select id from customer
     where document = :plain or (:words::text is not null and position(${folded(':words::text')} in name_folded) > 0)
     limit ${MAX_HITS}) p
   join receivable r on r.customer_id = p.id)`;

/** In order of ID da cobrança. */
export async function searchReceivables(knex: Knex, page: ReceivablePage): Promise<ReceivableRow[]> {
  const { q } = page;
  const { rows } = await knex.raw<{ rows: ReceivableRow[] }>(
    `select ${rowColumns}
     from receivable r
     join customer p on p.id = r.customer_id
     join carteira c on c.id = r.carteira_id ${current}
     where ${receivableIsSeen} and r.id > :after
       ${q === undefined ? '' : `and r.id in (${hits})`}
       and (:carteiraId::bigint is null or r.carteira_id = :carteiraId::bigint)
       and (:filialId::bigint is null or r.filial_id = :filialId::bigint)
       and (:dueFrom::date is null or r.due_date >= :dueFrom::date)
       and (:dueTo::date is null or r.due_date <= :dueTo::date)
       ${page.state === undefined ? '' : `and ${state} = :state`}
       ${page.withoutPix ? `and ${lacksPix()} and r.status in ('A', 'P')` : ''}
     order by r.id limit :limit`,
    {
      filiais: page.filiais === null ? null : [...page.filiais],
      after: page.after ?? 0,
      carteiraId: page.carteiraId ?? null,
      filialId: page.filialId ?? null,
      dueFrom: page.dueFrom ?? null,
      dueTo: page.dueTo ?? null,
      limit: page.limit,
      ...(page.state === undefined ? {} : { state: page.state }),
      ...(q === undefined ? {} : searched(q)),
    },
  );
  return rows;
}

function searched(q: string): Record<string, unknown> {
  const plain = q.replace(/[\s./-]/g, '').toUpperCase();
  // Numbers are nobody's name: the cadastro is not read for them.
  return {
    q,
    plain,
    key: q.normalize('NFC'),
    number: /^\d{1,15}$/.test(q) ? Number(q) : null,
    words: /\p{L}/u.test(q) ? q : null,
  };
}

/** Every column of a título and what belongs to it. */
export interface ReceivableView {
  receivable: Record<string, unknown>;
  customer: Record<string, unknown>;
  carteira: { id: number; erpKey: string | null; description: string; addressSource: 'main' | 'billing' };
  filial: { id: number; erpKey: string | null; name: string };
  state: ReceivableState;
  corrected: boolean;
  /** Of one that was rejected and changed since; null = nothing is known to be. */
  wrong: StillWrong[] | null;
  boleto: {
    state: string;
    ourNumber: string | null;
    ownReference: string;
    linhaDigitavel: string | null;
    barcode: string | null;
    pixEmv: string | null;
    pixTxid: string | null;
    link: string | null;
    registeredAt: string | null;
    olderData: boolean;
    homologation: boolean;
    divergence: string[] | null;
    withoutPix: boolean;
    /** Of one without Pix, what is known of its fetch. */
    pixFetch: { dueAt: string | null; tries: number; message: string | null } | null;
  } | null;
  live: {
    batchId: string;
    ordinal: number;
    state: string;
    gateway: string | null;
    failureKind: string | null;
    providerCode: string | null;
    providerMessage: string | null;
    httpStatus: number | null;
    field: string | null;
  } | null;
  /** null: none, or nothing to decide about it. */
  earlierBoleto: EarlierBoleto | null;
  waits: boolean;
}

/** @returns null for one that does not exist, or is of another filial. */
export async function readReceivable(knex: Knex, id: number, filiais: Filiais): Promise<ReceivableView | null> {
  const { rows } = await knex.raw<{ rows: ReceivableView[] }>(
    `select to_jsonb(r) as receivable, to_jsonb(p) as customer,
       jsonb_build_object('id', c.id, 'erpKey', c.erp_key, 'description', c.description, 'addressSource', c.address_source) as carteira,
       jsonb_build_object('id', f.id, 'erpKey', f.erp_key, 'name', f.name) as filial, ${state} as state,
       coalesce(${isCorrected('live')}, false) as corrected,
       case when coalesce(${isStillWrong('live')}, false) then ${wrongOf} end as wrong,
       -- Codes of what is not registered are shown to nobody as payable.
       case when b.id is not null then jsonb_build_object('state', b.state, 'ourNumber', b.our_number,
         'ownReference', b.own_reference, 'registeredAt', b.registered_at, 'olderData', b.older_data,
         'homologation', b.homologation, 'divergence', b.divergence, 'withoutPix', coalesce(${lacksPix()}, false),
         'pixFetch', case when ${lacksPix()} then (select jsonb_build_object('dueAt', f.due_at, 'tries', f.tries,
           'message', f.message) from pix_fetch f where f.boleto_id = b.id) end)
         || case when b.state = 'registered'
           then jsonb_build_object('linhaDigitavel', b.linha_digitavel, 'barcode', b.barcode, 'pixEmv', b.pix_emv,
             'pixTxid', b.pix_txid, 'link', b.link)
           else '{"linhaDigitavel": null, "barcode": null, "pixEmv": null, "pixTxid": null, "link": null}' end end as boleto,
       case when live.batch_id is not null then jsonb_build_object('batchId', live.batch_id, 'ordinal', live.ordinal,
         'state', live.state, 'gateway', g.gateway, 'failureKind', live.failure_kind, 'providerCode', live.provider_code,
         'providerMessage', live.provider_message, 'field', live.field,
         'httpStatus', (select a.http_status from attempt a where a.boleto_id = live.boleto_id
           and a.batch_id = live.batch_id and a.provider_message = live.provider_message
           order by a.intended_at desc limit 1)) end as live,
       ${earlierBoletoColumn} as "earlierBoleto",
       exists (select from attempt a where a.boleto_id = b.id and a.resolution is null) as waits
     from receivable r
     join customer p on p.id = r.customer_id
     join carteira c on c.id = r.carteira_id
     join filial f on f.id = r.filial_id
     left join gateway_account g on g.id = c.account_id ${current}
     where r.id = :id and ${receivableIsSeen}`,
    { id, filiais: filiais === null ? null : [...filiais] },
  );
  return rows[0] ?? null;
}

export interface NearDue {
  id: number;
  erpKey: string | null;
  customerName: string;
  filialId: number;
  carteiraId: number;
  carteira: string;
  dueDate: LocalDate;
  openAmountCents: number;
  state: ReceivableState;
  released: boolean;
  batchId: string | null;
}

/** Open, unregistered, and due within `days` days, or past due; of each carteira by its own index. */
const nearDue = (joins = '') => `
  from (select c.* from carteira c
        where ${carteiraIsSeen} and (:carteiraId::bigint is null or c.id = :carteiraId::bigint)) c
  join receivable r on r.carteira_id = c.id and not r.impresso
    -- now(), which stands still within a statement: an index is searched for nothing that could change meanwhile.
    and r.due_date between case when :overdue::boolean then date '-infinity'
        else (now() at time zone 'America/Sao_Paulo')::date end
      and (now() at time zone 'America/Sao_Paulo')::date + case when :overdue::boolean then -1 else :days::int end
      ${current} ${joins}
  where r.status in ('A', 'P') and b.state is distinct from 'registered' and ${receivableIsSeen}`;

export interface NearDueRequest {
  filiais: Filiais;
  days: number;
  /** Those that fell due before today, instead. */
  overdue?: boolean | undefined;
  carteiraId?: number | undefined;
}

/** Nearest first, after the due date and id that the previous page ended with. */
export async function nearDueReceivables(
  knex: Knex,
  page: NearDueRequest & { after?: { dueDate: string; id: number } | undefined; limit: number },
): Promise<NearDue[]> {
  const { rows } = await knex.raw<{ rows: NearDue[] }>(
    `select r.id, r.erp_key as "erpKey", p.name as "customerName", r.filial_id as "filialId", r.carteira_id as "carteiraId",
       c.description as carteira, r.due_date as "dueDate", r.open_amount_cents as "openAmountCents", ${state} as state,
       r.released, live.batch_id as "batchId"
     ${nearDue('join customer p on p.id = r.customer_id')}
       and (:dueDate::date is null or (r.due_date, r.id) > (:dueDate::date, :id::bigint))
     order by r.due_date, r.id limit :limit`,
    { ...nearDueValues(page), dueDate: page.after?.dueDate ?? null, id: page.after?.id ?? 0, limit: page.limit },
  );
  return rows;
}

export interface NearDueTotal {
  carteiraId: number;
  carteira: string;
  /** null = it has no account: nothing of it can be communicated. */
  gateway: string | null;
  count: number;
  amountCents: number;
  nearestDueDate: LocalDate;
}

export async function nearDueByCarteira(knex: Knex, request: NearDueRequest): Promise<NearDueTotal[]> {
  const { rows } = await knex.raw<{ rows: NearDueTotal[] }>(
    `select c.id as "carteiraId", c.description as carteira,
       case when c.account_id is not null then c.gateway end as gateway, count(*) as count,
       sum(r.open_amount_cents)::bigint as "amountCents", min(r.due_date) as "nearestDueDate"
     ${nearDue()} group by c.id, c.description, c.gateway, c.account_id order by min(r.due_date), c.id`,
    nearDueValues(request),
  );
  return rows;
}

function nearDueValues({ filiais, days, overdue = false, carteiraId }: NearDueRequest): Record<string, unknown> {
  return { filiais: filiais === null ? null : [...filiais], days, overdue, carteiraId: carteiraId ?? null };
}
