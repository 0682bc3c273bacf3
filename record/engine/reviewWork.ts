import type { Knex } from 'knex';
import type { MetKind, ReviewCounts, ReviewRemark, ReviewState } from '../../domain/account/bankReview';
import type { LocalDate } from '../../domain/kinds/dates';
import type { ListedBoleto } from '../../domain/gateway';
import { cleanText } from '../../domain/kinds/text';
import { writeAudit } from '../access/audit';
import { noteShown } from './bankShows';
import { countsOfReview } from './bankReviews';
import { raiseNextNumber } from './numbering';

/* What the activity of a review reads and writes. Every write can be repeated: by a killed worker, or beside one. */

export interface ReviewWork {
  reviewId: string;
  carteiraId: number;
  gateway: string;
  accountId: number;
  convenio: string;
  agency: string;
  bankAccount: string;
  from: LocalDate;
  to: LocalDate;
  by: string;
  state: ReviewState;
  cursor: string | null;
  failures: number;
  timeoutMs: number;
  /** Its carteira is of a sandbox whose codes are known to be wrong. */
  acceptsMismatches: boolean;
}

/** @returns null where agency or account were taken away meanwhile, or there is no such review. */
export async function readReviewWork(knex: Knex, reviewId: string): Promise<ReviewWork | null> {
  const { rows } = await knex.raw<{ rows: ReviewWork[] }>(
    `select v.id as "reviewId", v.carteira_id as "carteiraId", v.gateway, v.account_id as "accountId", v.convenio,
       c.agency, c.bank_account as "bankAccount", v.from_day as "from", v.to_day as "to", v.requested_by as by, v.state,
       v.cursor, v.failures, c.timeout_seconds * 1000 as "timeoutMs",
       c.homologation and c.accept_invalid_codes as "acceptsMismatches"
     from bank_review v join carteira c on c.id = v.carteira_id
     where v.id = ? and c.agency is not null and c.bank_account is not null`,
    [reviewId],
  );
  return rows[0] ?? null;
}

export async function progressOf(
  knex: Knex,
  reviewId: string,
): Promise<{ state: ReviewState; pages: number; remarks: ReviewRemark[]; counts: ReviewCounts }> {
  const { rows } = await knex.raw<{ rows: Awaited<ReturnType<typeof progressOf>>[] }>(
    `select v.state, v.pages, v.remarks, ${countsOfReview} as counts from bank_review v where v.id = ?`,
    [reviewId],
  );
  return rows[0] as (typeof rows)[number];
}

/** A boleto with its number in the convênio; null where the bank numbers, or it is of another convênio. */
export type NumberedBoleto = ListedBoleto & { sequence: number | null };

/**
 * `listed` held against the record: `kind` is what there is to say of each. What the record has registered is compared
 * with what was sent, never with today's título: that may have been changed since. `pending` = only a look can tell.
 */
const compared = `
  listed as (
    select * from jsonb_to_recordset(:rows::jsonb) as l(number text, convenio text, sequence bigint, amount_cents bigint,
      due_date date, registered_on date, alive boolean, status text)),
  compared as (
    select l.*, b.receivable_id, sent.amount_cents as sent_amount_cents, sent.due_date as sent_due_date,
      case
        when l.convenio <> :convenio then 'otherConvenio'
        when b.state is distinct from 'registered' then 'pending'
        when not l.alive then 'dead'
        when b.older_data and sent.of_today then 'equal'
        -- Altered there as somebody wanted it.
        when (b.bank_terms->>'amountCents')::bigint = l.amount_cents and (b.bank_terms->>'dueDate')::date = l.due_date
          then 'equal'
        when exists (
          select from bank_work w join receivable r on r.id = w.receivable_id
          where w.boleto_id = b.id and w.kind = 'alter' and w.closed_at is null
            and r.open_amount_cents = l.amount_cents and r.due_date = l.due_date) then 'equal'
        when exists (
          select from attempt a where a.boleto_id = b.id and a.resolution = 'registered'
            and (a.snapshot->>'amountCents')::bigint = l.amount_cents and (a.snapshot->>'dueDate')::date = l.due_date)
          then 'equal'
        when sent.amount_cents = l.amount_cents and sent.due_date = l.due_date then 'equal'
        else 'differs'
      end as kind
    from listed l
    left join lateral (
      select b.id, b.receivable_id, b.state, b.older_data, b.bank_terms from gateway_account g
      join boleto b on b.account_id = g.id and b.convenio = l.convenio and b.our_number = l.number
      where g.gateway = :gateway and (l.convenio <> '' or g.id = :accountId) and b.state <> 'superseded' limit 1) b on true
    left join lateral (
      (select (a.snapshot->>'amountCents')::bigint as amount_cents, (a.snapshot->>'dueDate')::date as due_date,
         false as of_today
       from attempt a where a.boleto_id = b.id and a.resolution = 'registered' order by a.intended_at desc limit 1)
      union all
      select r.open_amount_cents, r.due_date, true from receivable r where r.id = b.receivable_id
      limit 1) sent on true),
  said as (
    select c.*, case when kind = 'differs' then array_remove(array[
        case when sent_amount_cents <> amount_cents then 'amountCents' end,
        case when sent_due_date <> due_date then 'dueDate' end], null)
      when kind = 'dead' then array['status'] else '{}' end as differences
    from compared c)`;

function rowsOf(boletos: readonly NumberedBoleto[]): string {
  return JSON.stringify(
    boletos.map(({ bankId, convenio, sequence, amountCents, dueDate, registeredOn, alive, status }) => ({
      ...{ number: bankId, convenio, sequence, alive, status: cleanText(status, 100) },
      ...{ amount_cents: amountCents, due_date: dueDate, registered_on: registeredOn },
    })),
  );
}

/** After so many pages in a row that show nothing new, the list is over: it repeats itself. */
const STALE_PAGES = 3;

/**
 * Takes a page into the review, with the place where the list goes on; a page that was taken already changes nothing.
 * @param page.asked the cursor that it was asked for with
 * @returns how many boletos wait to be looked at now, and whether the list is over
 */
export async function storePage(
  knex: Knex,
  work: ReviewWork,
  page: { asked: string | null; next: string | null; rows: readonly NumberedBoleto[]; unreadable: number },
): Promise<{ pending: number; over: boolean }> {
  const { reviewId, gateway, accountId, convenio } = work;
  return knex.transaction(async (trx) => {
    const review = await trx('bank_review')
      .where({ id: reviewId, state: 'listing' })
      .forUpdate()
      .first<{ cursor: string | null; stale_pages: number; remarks: string[] } | undefined>();
    if (!review || review.cursor !== page.asked) return { pending: 0, over: !review };
    const { rows } = await trx.raw<{ rows: { pending: number; fresh: number }[] }>(
      `with ${compared},
       stored as (
         insert into bank_review_finding (review_id, number, convenio, sequence, source, kind, receivable_id, amount_cents,
           due_date, registered_on, alive, status, sent_amount_cents, sent_due_date, differences)
         select :reviewId, number, convenio, sequence, 'list', kind, receivable_id, amount_cents, due_date, registered_on,
           alive, status, sent_amount_cents, sent_due_date, differences
         from (select distinct on (number) * from said) s order by number
         on conflict (review_id, number) do nothing returning kind)
       select count(*) filter (where kind = 'pending') as pending, count(*) as fresh from stored`,
      { reviewId, gateway, accountId, convenio, rows: rowsOf(page.rows) },
    );
    await noteShown(trx, { gateway, accountId, rows: rowsOf(page.rows) }, work.by);
    const { pending, fresh } = rows[0] as (typeof rows)[number];
    const stale = page.rows.length > 0 && fresh === 0 ? review.stale_pages + 1 : 0;
    const repeats = stale >= STALE_PAGES && page.next !== null;
    const over = repeats || page.next === null;
    await trx('bank_review')
      .where({ id: reviewId })
      .update({
        cursor: over ? 'end' : page.next,
        stale_pages: stale,
        pages: trx.raw('pages + 1'),
        unreadable: trx.raw('unreadable + ?', [page.unreadable]),
        remarks: repeats ? [...new Set([...review.remarks, 'repeated'])] : review.remarks,
        failures: 0,
        problem: null,
        worked_at: trx.raw('clock_timestamp()'),
      });
    return { pending, over };
  });
}

/** The cursor of a list that was walked to its end. */
export const LIST_ENDED = 'end';

/** Numbers of the convênio that the bank has are not given here: from its page on, not from the end of the review. */
export async function raiseAbove(knex: Knex, { reviewId, gateway, convenio }: ReviewWork, next: number): Promise<void> {
  await knex.transaction(async (trx) => {
    const { before, after } = await raiseNextNumber(trx, { gateway, convenio }, next, 'nobody');
    await noteNumbers(trx, reviewId, before, after);
  });
}

async function noteNumbers(trx: Knex.Transaction, reviewId: string, before: number, after: number): Promise<void> {
  await trx('bank_review')
    .where({ id: reviewId })
    .update({ number_before: trx.raw('coalesce(number_before, ?)', [before]), number_after: after });
}

export async function addRemark(knex: Knex, reviewId: string, remark: ReviewRemark): Promise<void> {
  await knex.raw(
    `update bank_review set remarks = remarks || :remark where id = :reviewId and not :remark = any(remarks)`,
    {
      reviewId,
      remark,
    },
  );
}

export interface PendingRow {
  number: string;
  position: number;
  source: 'list' | 'record' | 'number';
  tries: number;
}

export async function pendingRows(knex: Knex, reviewId: string, after: number, limit: number): Promise<PendingRow[]> {
  return knex('bank_review_finding')
    .where({ review_id: reviewId, kind: 'pending' })
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit)
    .select<PendingRow[]>('number', 'position', 'source', 'tries');
}

export async function countPending(knex: Knex, reviewId: string): Promise<number> {
  const [row] = await knex('bank_review_finding').where({ review_id: reviewId, kind: 'pending' }).count();
  return Number(row?.['count']);
}

/** What a look, or its adoption, showed of a boleto. */
export interface Settled {
  kind: MetKind;
  receivableId?: number | null;
  batchId?: string | null;
  differences?: readonly string[];
  unlisted?: boolean;
  /** Of the look; absent where it found nothing. */
  shown?: { amountCents: number; dueDate: string; alive: boolean; status: string; registeredOn?: string | null };
}

/** Ends what there was to find out about a boleto; once. */
export async function settleRow(knex: Knex, reviewId: string, number: string, settled: Settled): Promise<void> {
  const { shown } = settled;
  await knex('bank_review_finding')
    .where({ review_id: reviewId, number, kind: 'pending' })
    .update({
      kind: settled.kind,
      receivable_id: settled.receivableId ?? knex.ref('receivable_id'),
      batch_id: settled.batchId ?? null,
      differences: [...(settled.differences ?? [])],
      unlisted: settled.unlisted ?? false,
      ...(shown && {
        amount_cents: shown.amountCents,
        due_date: shown.dueDate,
        alive: shown.alive,
        status: cleanText(shown.status, 100),
        ...(shown.registeredOn ? { registered_on: shown.registeredOn } : {}),
      }),
    });
}

/** The same for a boleto that the record has registered: it is held against what was sent. */
export async function settleRegistered(
  knex: Knex,
  { reviewId, gateway, accountId, convenio, by }: ReviewWork,
  boleto: NumberedBoleto,
  unlisted: boolean,
): Promise<void> {
  const rows = rowsOf([boleto]);
  await knex.raw(
    `with ${compared}
     update bank_review_finding f set kind = case when said.kind = 'pending' then 'equal' else said.kind end,
       receivable_id = said.receivable_id, amount_cents = said.amount_cents, due_date = said.due_date,
       registered_on = coalesce(said.registered_on, f.registered_on), alive = said.alive, status = said.status,
       sent_amount_cents = said.sent_amount_cents, sent_due_date = said.sent_due_date, differences = said.differences,
       unlisted = :unlisted
     from said where f.review_id = :reviewId and f.number = said.number and f.kind = 'pending'`,
    { reviewId, gateway, accountId, convenio, unlisted, rows },
  );
  await knex.transaction((trx) => noteShown(trx, { gateway, accountId, rows }, by));
}

export async function countTry(knex: Knex, reviewId: string, number: string): Promise<void> {
  await knex('bank_review_finding').where({ review_id: reviewId, number, kind: 'pending' }).increment('tries', 1);
}

/** Whether a título has a boleto that is registered here. */
export async function hasRegistered(knex: Knex, receivableId: number): Promise<boolean> {
  const row = await knex('boleto')
    .where({ receivable_id: receivableId, state: 'registered' })
    .first<{ id: number } | undefined>('id');
  return row !== undefined;
}

/**
 * The list is over: what the record has registered in the period and the list did not show is looked for, one by one.
 * A day at either end may be another at the bank, which a look tells.
 */
export async function beginChecking(knex: Knex, work: ReviewWork): Promise<void> {
  await knex.transaction(async (trx) => {
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `update bank_review set state = 'checking', worked_at = clock_timestamp() where id = ? and state = 'listing'`,
      [work.reviewId],
    );
    if (rowCount === 0) return;
    await trx.raw(
      `insert into bank_review_finding (review_id, number, convenio, source, kind, receivable_id, registered_on)
       select :reviewId, b.our_number, b.convenio, 'record', 'pending', b.receivable_id,
         (b.registered_at at time zone 'America/Sao_Paulo')::date
       from boleto b join gateway_account g on g.id = b.account_id join bank_review v on v.id = :reviewId
       where g.gateway = :gateway and b.convenio = :convenio and (b.convenio <> '' or g.id = v.account_id)
         and b.state = 'registered' and b.our_number is not null
         and b.registered_at >= :from::date::timestamp at time zone 'America/Sao_Paulo'
         and b.registered_at < (:to::date + 1)::timestamp at time zone 'America/Sao_Paulo'
         -- What was registered since went by the list while it was walked.
         and b.registered_at < v.started_at
       order by b.id
       on conflict (review_id, number) do nothing`,
      { reviewId: work.reviewId, gateway: work.gateway, convenio: work.convenio, from: work.from, to: work.to },
    );
  });
}

/**
 * Ranges of numbers between those that were met, both ends included, that are not all in the record; `unknown` of each
 * are not. Numbers of one convênio are as long as each other, so that text is in their order.
 */
export async function gapsBetween(
  knex: Knex,
  { reviewId, gateway, convenio }: ReviewWork,
): Promise<{ first: number; last: number; unknown: number }[]> {
  const { rows } = await knex.raw<{ rows: { first: number; last: number; unknown: number }[] }>(
    `with met as (
       select number, sequence, lag(number) over w as number_before, lag(sequence) over w as before
       from bank_review_finding where review_id = :reviewId and convenio = :convenio and sequence is not null
       window w as (order by sequence)),
     -- From the first number that the record had not given: what the bank has there may be older than the period.
     head as (
       select v.number_before as first, min(met.sequence) - 1 as last from bank_review v, met
       where v.id = :reviewId group by v.number_before having min(met.sequence) > v.number_before),
     gap as (
       select before + 1 as first, sequence - 1 as last, sequence - before - 1 - (
         select count(*) from gateway_account g join boleto b on b.account_id = g.id and b.convenio = :convenio
           and b.our_number > number_before and b.our_number < number
         where g.gateway = :gateway and b.state <> 'superseded') as unknown
       from met where sequence - before > 1)
     select * from gap where unknown > 0
     union all select first, last, last - first + 1 from head order by first`,
    { reviewId, gateway, convenio },
  );
  return rows;
}

/** The highest that the bank turned out to have; null when it has none. */
export async function highestNumber(knex: Knex, { reviewId, convenio }: ReviewWork): Promise<number | null> {
  const { rows } = await knex.raw<{ rows: { highest: number | null }[] }>(
    `select max(sequence) as highest from bank_review_finding
     where review_id = :reviewId and convenio = :convenio and kind not in ('absent', 'pending')`,
    { reviewId, convenio },
  );
  return rows[0]?.highest ?? null;
}

/**
 * Puts numbers on the list of what is looked for: those that no boleto of the record has.
 * @returns how many were put there now
 */
export async function seekNumbers(
  knex: Knex,
  { reviewId, gateway, convenio }: ReviewWork,
  numbers: readonly { number: string; sequence: number }[],
): Promise<number> {
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `insert into bank_review_finding (review_id, number, convenio, sequence, source, kind)
     select :reviewId, n.number, :convenio, n.sequence, 'number', 'pending'
     from jsonb_to_recordset(:numbers::jsonb) as n(number text, sequence bigint)
     where not exists (
       select from gateway_account g join boleto b on b.account_id = g.id and b.convenio = :convenio and b.our_number = n.number
       where g.gateway = :gateway and b.state <> 'superseded')
     order by n.sequence
     on conflict (review_id, number) do nothing`,
    { reviewId, gateway, convenio, numbers: JSON.stringify(numbers) },
  );
  return rowCount;
}

/** Which of these numbers the bank turned out to have. */
export async function anyFound(knex: Knex, reviewId: string, numbers: readonly string[]): Promise<boolean> {
  const row = await knex('bank_review_finding')
    .where({ review_id: reviewId })
    .whereIn('number', [...numbers])
    .whereNotIn('kind', ['absent', 'pending'])
    .first<{ number: string } | undefined>('number');
  return row !== undefined;
}

export async function nextNumberOf(knex: Knex, { gateway, convenio }: ReviewWork): Promise<number> {
  const row = await knex('numbering_space').where({ gateway, convenio }).first<{ next_number: number } | undefined>();
  return row?.next_number ?? 1;
}

/** Everything that could be found out is: what there is nothing to say about goes, and the numbers may go on. */
export async function finishReview(knex: Knex, work: ReviewWork): Promise<void> {
  const { reviewId, gateway, convenio, carteiraId } = work;
  await knex.transaction(async (trx) => {
    const review = await trx('bank_review')
      .where({ id: reviewId, state: 'checking' })
      .forUpdate()
      .first<{ remarks: ReviewRemark[]; number_before: number | null } | undefined>();
    if (!review) return;
    // A communication got to know of it in the meantime.
    await trx.raw(
      `update bank_review_finding f set kind = 'equal' from boleto b
       where f.review_id = :reviewId and f.kind = 'underWay' and b.receivable_id = f.receivable_id
         and b.state = 'registered' and b.our_number = f.number`,
      { reviewId },
    );
    const { rows } = await trx.raw<{ rows: { counts: ReviewCounts }[] }>(
      `select ${countsOfReview} as counts from bank_review v where id = ?`,
      [reviewId],
    );
    const { counts } = rows[0] as (typeof rows)[number];
    const open = await trx('bank_review_finding')
      .where({ review_id: reviewId })
      .where((either) => {
        void either
          .where({ kind: 'unread' })
          .orWhere((ours) => void ours.whereIn('kind', ['differs', 'underWay']).whereNotNull('receivable_id'));
      })
      .whereNotExists(
        trx('boleto').whereRaw(
          `boleto.receivable_id = bank_review_finding.receivable_id and boleto.state = 'registered'`,
        ),
      )
      .first<{ number: string } | undefined>('number');
    const remarks = [...review.remarks, ...(counts.unlisted > 0 ? ['endedEarly'] : []), ...(open ? ['undecided'] : [])];
    // What is not known of one boleto may be any título's: it would get a second number.
    const isWhole = !remarks.some((remark) => ['gapsUnchecked', 'numbersUsedUp', 'undecided'].includes(remark));
    const { before, after } = await raiseNextNumber(trx, { gateway, convenio }, 1, isWhole ? 'bank' : 'bankWithDoubts');
    await noteNumbers(trx, reviewId, before, after);
    await trx('bank_review_finding')
      .where({ review_id: reviewId })
      .whereIn('kind', ['equal', 'absent', 'otherConvenio'])
      .delete();
    await trx('bank_review')
      .where({ id: reviewId })
      .update({
        ...{ state: 'done', remarks, counts: JSON.stringify(counts), problem: null, failures: 0 },
        finished_at: trx.raw('clock_timestamp()'),
      });
    await writeAudit(trx, {
      actor: work.by,
      action: 'conferência com o banco concluída',
      entity: 'carteira',
      entityId: String(carteiraId),
      before: { nextNumber: review.number_before ?? before },
      after: { reviewId, nextNumber: after, findings: counts.findings },
    });
  });
}

/** It cannot go on; what it found stays. */
export async function failReview(knex: Knex, reviewId: string, problem: string): Promise<void> {
  await knex.raw(
    `update bank_review v set state = 'failed', problem = :problem, counts = ${countsOfReview},
       finished_at = clock_timestamp() where id = :reviewId and finished_at is null`,
    { reviewId, problem: cleanText(problem, 500) },
  );
}

/** @returns calls in a row that failed, this one included */
export async function noteTrouble(knex: Knex, reviewId: string, problem: string): Promise<number> {
  const { rows } = await knex.raw<{ rows: { failures: number }[] }>(
    `update bank_review set failures = failures + 1, problem = :problem where id = :reviewId and finished_at is null
     returning failures`,
    { reviewId, problem: cleanText(problem, 500) },
  );
  return rows[0]?.failures ?? 0;
}

export async function noteRecovery(knex: Knex, reviewId: string): Promise<void> {
  await knex('bank_review').where({ id: reviewId }).where('failures', '>', 0).update({ failures: 0, problem: null });
}

/**
 * A look that belongs to no attempt, written down for all who may ask the same: the bank repeats its answer for a while.
 * @returns milliseconds since the last identical one; null when there was none
 */
export async function beginLook(
  knex: Knex,
  look: { id: string; accountId: number; identity: string },
): Promise<number | null> {
  const { rows } = await knex.raw<{ rows: { sinceMs: number | null }[] }>(
    `with earlier as (
       select max(coalesce(finished_at, started_at)) as at from look where account_id = :accountId and identity = :identity),
     mine as (insert into look (id, account_id, identity) values (:id, :accountId, :identity))
     select extract(epoch from clock_timestamp() - at)::float8 * 1000 as "sinceMs" from earlier`,
    look,
  );
  return rows[0]?.sinceMs ?? null;
}

/** @param heard false: it did not leave, and no cache knows of it */
export async function endLook(knex: Knex, id: string, heard: boolean): Promise<void> {
  if (heard) await knex.raw(`update look set finished_at = clock_timestamp() where id = ?`, [id]);
  else await knex('look').where({ id }).delete();
}

/** Looks of reviews serve only as long as a bank repeats an answer. */
export async function forgetOldLooks(knex: Knex, accountId: number, staleMs: number): Promise<void> {
  await knex.raw(
    `delete from look where account_id = :accountId and attempt_id is null
       and started_at < clock_timestamp() - 10 * :staleMs * interval '1 millisecond'`,
    { accountId, staleMs },
  );
}
