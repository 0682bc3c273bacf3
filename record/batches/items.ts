import type { Knex } from 'knex';
import type { Slice } from '../../domain/batch/batch';
import type { Together } from '../../domain/receivable/bulkValue';
import { commonWords } from '../../domain/kinds/commonWords';
import type { LocalDate } from '../../domain/kinds/dates';
import type { LeftOutReason } from '../../domain/batch/filters';
import type { LastLook } from '../../domain/boleto/lastLook';
import { repairOf, type Repairable } from '../../domain/receivable/repairs';
import type { Mismatch } from '../../domain/boleto/registrationCheck';
import { failureStates, type ItemState } from '../../domain/boleto/states';
import { hasUnresolvedAttempt } from '../engine/analysis';
import { sameWords } from '../accounts/bankWords';
import { resolveReceivable } from '../receivables/erpKeys';
import { folded } from '../engine/matching';
import { lacksPix } from '../engine/pixFetch';
import { isCorrected, isStillWrong } from '../engine/verdicts';

/** SQL of `failureStates`. */
const failedStates = failureStates.map((state) => `'${state}'`).join(', ');

/** While a batch is being concluded nothing more is sent: only what has no known end is still the machine's. */
const isLeftToDo = `(not b.concluding or ${hasUnresolvedAttempt})`;

/** What is left for the machine to do. */
export interface PendingItems {
  /** A code; null = not paused. */
  pausedBy: string | null;
  pending: number;
  /** Milliseconds until the earliest is due, 0 = now; null = nothing pending. */
  nextDueInMs: number | null;
}

/** @returns null when there is no such batch. */
export async function pendingItems(knex: Knex, batchId: string): Promise<PendingItems | null> {
  const { rows } = await knex.raw<{ rows: PendingItems[] }>(
    `select case when b.paused then coalesce(b.pause_reason, 'operator') end as "pausedBy", due.pending,
       -- greatest() would make 0 of the null that says "nothing".
       case when due.pending > 0
         then ceil(greatest(0, extract(epoch from due.earliest - clock_timestamp()) * 1000))::float8 end as "nextDueInMs"
     from batch b, lateral (
       select count(*) as pending, min(due_at) as earliest
       from batch_item i where i.batch_id = b.id and i.closed_at is null and i.due_at is not null and ${isLeftToDo}) due
     where b.id = ?`,
    [batchId],
  );
  return rows[0] ?? null;
}

/**
 * The next `limit` slices of `size` due items each, after ordinal `after`. A slice spans the items between that are
 * not due; they are not leased with it.
 */
export async function dueSlices(
  knex: Knex,
  page: { batchId: string; after: number; limit: number; size: number },
): Promise<Slice[]> {
  const { rows } = await knex.raw<{ rows: (Slice & { receivableId: number })[] }>(
    `select min(ordinal) as "from", max(ordinal) as "to", count(*) as items, min(receivable_id) as "receivableId"
     from (
       select ordinal, receivable_id, (row_number() over (order by ordinal) - 1) / :size::int as slice
       from (
         select i.ordinal, i.receivable_id from batch_item i join batch b on b.id = i.batch_id
         where i.batch_id = :batchId and i.ordinal > :after and i.due_at <= clock_timestamp() and i.closed_at is null
           and ${isLeftToDo}
         order by i.ordinal limit :size::int * :limit::int) due) numbered
     group by slice order by slice`,
    page,
  );
  return rows.map(({ from, to, items, receivableId }) =>
    items === 1 ? { from, to, items, receivableId } : { from, to, items },
  );
}

/** One item as lists show it. The bank's words stay here and never enter Temporal. */
export interface ItemView {
  ordinal: number;
  receivableId: number;
  /** The ERP's key where it is not the id itself. */
  erpKey: string | null;
  customerId: number;
  customerName: string;
  document: string;
  /** Of a registered boleto both as the bank has them. */
  dueDate: LocalDate;
  amountCents: number;
  state: ItemState;
  round: number;
  dueAt: Date | null;
  /** Which of the customer's addresses its carteira sends. */
  addressSource: 'main' | 'billing';
  /** Of its account; null for a carteira without any. */
  gateway: string | null;
  failureKind: string | null;
  providerCode: string | null;
  providerMessage: string | null;
  /** With which the bank said these words; null when it said none. */
  httpStatus: number | null;
  field: string | null;
  /** What the guilty field was meant to have, where that can be told: by the ERP's name, for a person to confirm. */
  proposal: { field: string; value: string } | null;
  /** Rejected, and the título was changed since so that nothing known is wrong with it. */
  corrected: boolean;
  /** Rejected, changed since, and still to be refused. */
  stillWrong: boolean;
  reconciled: boolean;
  ourNumber: string | null;
  /** Of a registered boleto: what a bank handed back with a divergence is shown to nobody as payable. */
  linhaDigitavel: string | null;
  olderData: boolean;
  /** What is wrong with the codes that the bank handed back; null = nothing. */
  divergence: Mismatch[] | null;
  /** Registered in homologação: worth nothing. */
  homologation: boolean;
  /** Of a registered boleto: copia e cola, and its txid. */
  pixEmv: string | null;
  pixTxid: string | null;
  /** Registered, and the Pix that its carteira asks for is missing. */
  withoutPix: boolean;
  /** null = the bank was never asked about it. */
  lastLook: LastLook | null;
}

/**
 * Where the words of item `i` come from: the account of its boleto (before there is one, of its carteira), and the
 * call that brought them, if one did.
 */
const sourceOfWords = `
     left join boleto b on b.id = i.boleto_id
     join carteira w on w.id = r.carteira_id
     left join gateway_account g on g.id = coalesce(b.account_id, w.account_id)
     left join lateral (
       select a.http_status from attempt a
       -- Found by the boleto, which has an index: a batch has as many attempts as items.
       where a.boleto_id = i.boleto_id and a.batch_id = i.batch_id and a.ordinal = i.ordinal
         and a.provider_message = i.provider_message
         and a.provider_code is not distinct from i.provider_code
       order by a.intended_at desc limit 1) call on true`;

/** SQL of what tells one cause of failure in a batch from another: the same for every item that it has. */
export const causeKey = `md5(concat_ws('|', i.state, coalesce(i.failure_kind, ''), coalesce(i.provider_code, ''),
       coalesce(i.field, ''), case when i.provider_code is null then ${sameWords('i.provider_message')} end))`;

/** SQL of a Repairable, over customer `c` and carteira `w`: with the address that the carteira sends. */
export const repairable = `jsonb_build_object('personType', c.person_type, 'document', c.document, 'name', c.name, ${[
  'street',
  'complement',
  'district',
  'city',
  'uf',
  'cep',
]
  .map((column) => `'${column}', case w.address_source when 'billing' then c.billing_${column} else c.${column} end`)
  .join(', ')})`;

/** Which items of a batch are wanted; absent = all. */
export interface ItemSearch {
  states?: readonly ItemState[] | undefined;
  /** The `key` of a FailureCause. */
  cause?: string | undefined;
  /** An ID da cobrança of the batch or the ERP's key of one, else a part of the pagador's name, the end of a nosso número, a CPF or CNPJ. */
  q?: string | undefined;
  corrected?: boolean | undefined;
  /** Only those registered without the Pix that their carteira asks for. */
  withoutPix?: boolean | undefined;
}

/**
 * In order of ordinal, after `cursor` (0 = from the start) and, of those, after the first `skip`.
 * @param page.failuresFirst what failed comes before the rest, each in order of ordinal
 */
export async function batchItems(
  knex: Knex,
  batchId: string,
  page: ItemSearch & { cursor: number; skip?: number; limit: number; failuresFirst?: boolean | undefined },
): Promise<ItemView[]> {
  const found = await searchedItems(knex, batchId, page);
  const order = page.failuresFirst ? `i.state in (${failedStates}) desc, i.ordinal` : 'i.ordinal';
  const { rows } = await knex.raw<{ rows: (Omit<ItemView, 'proposal'> & { repairable: Repairable | null })[] }>(
    `select i.ordinal, i.receivable_id as "receivableId", r.erp_key as "erpKey", r.customer_id as "customerId", c.name as "customerName",
       r.document, coalesce((work.fields->'data_vencimento'->>'bank')::date, r.due_date) as "dueDate",
       coalesce((work.fields->'valor_aberto'->>'bank')::bigint, r.open_amount_cents) as "amountCents", i.state, i.round, i.due_at as "dueAt",
       w.address_source as "addressSource", g.gateway, i.failure_kind as "failureKind", i.provider_code as "providerCode",
       i.provider_message as "providerMessage", call.http_status as "httpStatus", i.field,
       ${isCorrected()} as corrected, ${isStillWrong()} as "stillWrong", i.reconciled,
       b.our_number as "ourNumber", case when b.state = 'registered' then b.linha_digitavel end as "linhaDigitavel",
       coalesce(b.older_data, false) as "olderData", b.divergence, coalesce(b.homologation, false) as homologation,
       case when b.state = 'registered' then b.pix_emv end as "pixEmv",
       case when b.state = 'registered' then b.pix_txid end as "pixTxid",
       coalesce(${lacksPix('w')}, false) as "withoutPix", seen.look as "lastLook",
       case when i.state = any(:failures::text[]) and i.field like 'payer.%' then ${repairable} end as repairable
     from (
       select i.* ${found.from} and i.ordinal > :cursor::bigint order by ${order} offset :skip limit :limit) i
     join receivable r on r.id = i.receivable_id
     join customer c on c.id = r.customer_id${sourceOfWords}
     left join lateral (
       select jsonb_build_object('at', l.finished_at, 'answer', l.answer, 'evidence', l.evidence,
         'status', l.found->'status', 'amountCents', l.found->'amountCents', 'dueDate', l.found->'dueDate') as look
       from look l where l.boleto_id = i.boleto_id and l.finished_at is not null
       order by l.started_at desc limit 1) seen on true
     -- Beside the linha digitável stands what the bank has, whatever the título says since.
     left join lateral (
       select fields from bank_work where boleto_id = b.id and closed_at is null and b.state = 'registered' limit 1
     ) work on true
     order by ${order}`,
    { failures: [...failureStates], ...found.values, cursor: page.cursor, skip: page.skip ?? 0, limit: page.limit },
  );
  return rows.map(({ repairable: payer, ...item }) => ({
    ...item,
    proposal: payer && repairOf(item.field, payer, item.addressSource),
  }));
}

export async function countBatchItems(knex: Knex, batchId: string, search: ItemSearch): Promise<number> {
  const found = await searchedItems(knex, batchId, search);
  const { rows } = await knex.raw<{ rows: { count: number }[] }>(
    `select count(*) as count ${found.from}`,
    found.values,
  );
  return rows[0]?.count ?? 0;
}

/** From and where of a statement over `batch_item i`: only the tables that the search asks of are read. */
async function searchedItems(
  knex: Knex,
  batchId: string,
  { states, cause, q, corrected, withoutPix }: ItemSearch,
): Promise<{ from: string; values: Record<string, unknown> }> {
  const joins: string[] = [];
  const conditions = ['i.batch_id = :batchId'];
  const values: Record<string, unknown> = { batchId };
  if (states) {
    conditions.push('i.state = any(:states::text[])');
    values['states'] = [...states];
  }
  if (cause !== undefined) {
    conditions.push(`i.state = any(:failures::text[]) and ${causeKey} = :cause`);
    Object.assign(values, { failures: [...failureStates], cause });
  }
  if (q !== undefined || corrected !== undefined) joins.push('join receivable r on r.id = i.receivable_id');
  if (withoutPix)
    conditions.push(
      `i.state = 'registered' and exists (select from boleto b join receivable t on t.id = b.receivable_id
         join carteira c on c.id = t.carteira_id where b.id = i.boleto_id and ${lacksPix()})`,
    );
  if (corrected !== undefined) conditions.push(`${corrected ? '' : 'not '}${isCorrected()}`);
  if (q !== undefined) {
    const receivableId = await resolveReceivable(knex, q);
    if (receivableId !== null && (await hasItem(knex, batchId, receivableId))) {
      conditions.push('i.receivable_id = :receivableId');
      values['receivableId'] = receivableId;
    } else {
      joins.push('join customer c on c.id = r.customer_id', 'left join boleto b on b.id = i.boleto_id');
      conditions.push(
        `(position(${folded(':q::text')} in c.name_folded) > 0 or c.document = :plain or r.document = :q::text
          or (length(:plain::text) > 3 and right(b.our_number, length(:plain::text)) = :plain::text))`,
      );
      Object.assign(values, { q, plain: q.replace(/[\s./-]/g, '').toUpperCase() });
    }
  }
  return { from: `from batch_item i ${joins.join(' ')} where ${conditions.join(' and ')}`, values };
}

async function hasItem(knex: Knex, batchId: string, receivableId: number): Promise<boolean> {
  return (
    (await knex('batch_item').where({ batch_id: batchId, receivable_id: receivableId }).first('ordinal')) !== undefined
  );
}

/** Items that failed or that nobody can tell about, for people to work through. */
export async function batchFailures(
  knex: Knex,
  batchId: string,
  page: { cursor: number; limit: number },
): Promise<ItemView[]> {
  return batchItems(knex, batchId, { ...page, states: failureStates });
}

/** SQL: of the addresses that the carteiras `w` send of customers `c`. */
const sent = (column: string) => `case w.address_source when 'billing' then c.billing_${column} else c.${column} end`;
export const citiesAndCeps = `count(distinct (${folded(sent('city'))}, upper(${sent('uf')}))) as cities,
       count(distinct ${sent('cep')}) as ceps`;

/** Failures that one thing caused, with the bank's own words. */
export interface FailureCause {
  /** Opaque; finds its items (ItemSearch.cause). */
  key: string;
  addressSource: 'main' | 'billing';
  state: ItemState;
  gateway: string | null;
  failureKind: string | null;
  providerCode: string | null;
  /** One of the messages, for looking up what it means; what is told of the cause is `commonMessage`. */
  providerMessage: string | null;
  httpStatus: number | null;
  field: string | null;
  count: number;
  corrected: number;
  receivableIds: number[];
  /** What the bank, or the prévia, said of all of them: whole where it is the same, else the words they begin with. */
  commonMessage: string | null;
  /** Whether one value may serve them all. */
  together: Together;
}

/** Most frequent first; at most `maxIds` ids da cobrança each, nearest due date first. */
export async function failuresByCause(knex: Knex, batchId: string, maxIds = 20): Promise<FailureCause[]> {
  const { rows } = await knex.raw<{
    rows: (Omit<FailureCause, 'together' | 'commonMessage'> & Together & { lastMessage: string | null })[];
  }>(
    `select min(${causeKey}) as key, min(w.address_source) as "addressSource", i.state, g.gateway,
       i.failure_kind as "failureKind", i.provider_code as "providerCode",
       min(i.provider_message collate "C") as "providerMessage", min(call.http_status) as "httpStatus", i.field, count(*) as count,
       count(*) filter (where ${isCorrected()}) as corrected,
       (array_agg(i.receivable_id::float8 order by i.ordinal))[1:?::int] as "receivableIds",
       -- In the order of bytes whatever is between two that begin alike begins so, too.
       max(i.provider_message collate "C") as "lastMessage", count(*) as receivables, count(distinct c.id) as customers,
       ${citiesAndCeps}
     from batch_item i join receivable r on r.id = i.receivable_id
     join customer c on c.id = r.customer_id${sourceOfWords}
     where i.batch_id = ? and i.state in (${failedStates})
     group by i.state, g.gateway, i.failure_kind, i.provider_code, i.field,
       case when i.provider_code is null then ${sameWords('i.provider_message')} end
     order by count(*) desc, i.state, i.failure_kind, i.provider_code`,
    [maxIds, batchId],
  );
  return rows.map(({ lastMessage, receivables, customers, cities, ceps, ...cause }) => ({
    ...cause,
    commonMessage: commonWords(cause.providerMessage, lastMessage),
    together: { receivables, customers, cities, ceps },
  }));
}

/** The first títulos of one cause (FailureCause.key), by ID da cobrança. */
export async function causeItems(knex: Knex, batchId: string, cause: string, limit: number): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `select i.receivable_id as id from batch_item i
     where i.batch_id = :batchId and i.state = any(:failures::text[]) and ${causeKey} = :cause
     order by i.receivable_id limit :limit`,
    { batchId, failures: [...failureStates], cause, limit },
  );
  return rows.map(({ id }) => id);
}

export interface LeftOut {
  receivableId: number;
  /** The ERP's key where it is not the id itself. */
  erpKey: string | null;
  customerName: string;
  dueDate: LocalDate;
  amountCents: number;
  reason: LeftOutReason;
  /** The batch that has it, for `inOtherBatch`. */
  otherBatchId: string | null;
}

/** What the filters matched and the selection did not take, by ID da cobrança after `cursor`. */
export async function leftOut(
  knex: Knex,
  batchId: string,
  page: { cursor: number; limit: number },
): Promise<LeftOut[]> {
  const { rows } = await knex.raw<{ rows: LeftOut[] }>(
    `select l.receivable_id as "receivableId", r.erp_key as "erpKey", c.name as "customerName", r.due_date as "dueDate",
       r.open_amount_cents as "amountCents", l.reason, l.other_batch_id as "otherBatchId"
     from batch_left_out l
     join receivable r on r.id = l.receivable_id
     join customer c on c.id = r.customer_id
     where l.batch_id = :batchId and l.receivable_id > :cursor order by l.receivable_id limit :limit`,
    { batchId, ...page },
  );
  return rows;
}

export async function leftOutByReason(
  knex: Knex,
  batchId: string,
): Promise<{ reason: LeftOutReason; count: number; otherBatchIds: string[] }[]> {
  const { rows } = await knex.raw<{ rows: { reason: LeftOutReason; count: number; otherBatchIds: string[] }[] }>(
    `select reason, count(*) as count,
       coalesce((array_agg(distinct other_batch_id) filter (where other_batch_id is not null))[1:5], '{}') as "otherBatchIds"
     from batch_left_out where batch_id = ? group by reason order by count(*) desc, reason`,
    [batchId],
  );
  return rows;
}
