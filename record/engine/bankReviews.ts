import type { Knex } from 'knex';
import {
  LONGEST_REVIEW_DAYS,
  type FindingKind,
  type ReviewCounts,
  type ReviewRefusal,
  type ReviewRemark,
  type ReviewState,
} from '../../domain/account/bankReview';
import { addDays, daysBetween, formatDate, saoPauloDate, type LocalDate } from '../../domain/kinds/dates';
import { databaseTime } from './alerts';
import { writeAudit } from '../access/audit';

export interface NewReview {
  /** Letters, digits, `.`, `_` and `-`, at most 64. */
  id: string;
  carteiraId: number;
  from: LocalDate;
  /** absent = today. */
  to?: LocalDate;
  /** Opaque login id. */
  by: string;
}

export type OpenedReview =
  | { kind: 'opened'; reviewId: string; gateway: string }
  | { kind: 'repeated'; reviewId: string; gateway: string }
  | ReviewRefusal;

/** Writes a review into the record; a workflow conducts it. The same id for the same period is the same review. */
export async function openReview(knex: Knex, review: NewReview): Promise<OpenedReview> {
  const today = saoPauloDate(await databaseTime(knex));
  const { id, carteiraId, from, to = today, by } = review;
  const carteira = await knex('carteira as c')
    .leftJoin('gateway_account as a', 'a.id', 'c.account_id')
    .where('c.id', carteiraId)
    .first<CarteiraRow | undefined>('a.id as accountId', 'a.gateway', 'c.convenio', 'c.agency', 'c.bank_account');
  if (!carteira) return { kind: 'unknownCarteira' };
  const { accountId, gateway, convenio } = carteira;
  if (accountId === null || gateway === null || convenio === null) return { kind: 'noAccount' };
  if (carteira.agency === null || carteira.bank_account === null) return { kind: 'noAgency' };

  const existing = await knex('bank_review')
    .where({ id })
    .first<{ same: boolean } | undefined>(
      knex.raw('carteira_id = ? and from_day = ? and (to_day = ? or ?) as same', [carteiraId, from, to, !review.to]),
    );
  if (existing) return existing.same ? { kind: 'repeated', reviewId: id, gateway } : { kind: 'other' };
  const wrong = periodProblem(from, to, today);
  if (wrong) return wrong;

  const opened = await knex.transaction(async (trx) => {
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `insert into bank_review (id, carteira_id, gateway, account_id, convenio, from_day, to_day, requested_by)
       values (:id, :carteiraId, :gateway, :accountId, :convenio, :from, :to, :by) on conflict do nothing`,
      { id, carteiraId, gateway, accountId, convenio, from, to, by },
    );
    if (rowCount === 0) return false;
    await writeAudit(trx, {
      actor: by,
      action: 'conferir com o banco',
      entity: 'carteira',
      entityId: String(carteiraId),
      after: { reviewId: id, from, to },
    });
    return true;
  });
  if (opened) return { kind: 'opened', reviewId: id, gateway };
  const open = await knex('bank_review')
    .where({ gateway, convenio, ...(convenio === '' ? { account_id: accountId } : {}) })
    .whereNull('finished_at')
    .first<{ id: string; carteira_id: number } | undefined>('id', 'carteira_id');
  // It ended in this very moment: asked again, there is room.
  return open ? { kind: 'underWay', reviewId: open.id, carteiraId: open.carteira_id } : openReview(knex, review);
}

interface CarteiraRow {
  accountId: number | null;
  gateway: string | null;
  convenio: string | null;
  agency: string | null;
  bank_account: string | null;
}

function periodProblem(from: LocalDate, to: LocalDate, today: LocalDate): ReviewRefusal | null {
  const refuse = (field: 'from' | 'to', message: string): ReviewRefusal => ({ kind: 'period', field, message });
  if (from > today) return refuse('from', `começa em ${formatDate(from)}, que ainda não chegou`);
  if (to < from) return refuse('to', `termina em ${formatDate(to)}, antes do começo em ${formatDate(from)}`);
  if (daysBetween(from, to) >= LONGEST_REVIEW_DAYS)
    return refuse(
      'from',
      `o período passa de um ano: comece em ${formatDate(addDays(to, 1 - LONGEST_REVIEW_DAYS))} ou depois, e confira o resto à parte`,
    );
  return null;
}

/** A review as people see it. */
export interface Review {
  reviewId: string;
  carteiraId: number;
  from: LocalDate;
  to: LocalDate;
  requestedBy: string;
  state: ReviewState;
  pages: number;
  unreadable: number;
  remarks: ReviewRemark[];
  /** The bank's words, or ours, while it does not answer as it should, or why it ended. */
  problem: string | null;
  nextNumber: { before: number; after: number } | null;
  counts: ReviewCounts;
  startedAt: Date;
  finishedAt: Date | null;
}

/** Of the findings of review `v.id`, while it runs; afterwards they are kept in the review. */
const countsNow = `(
  select jsonb_build_object('listed', count(*) filter (where source = 'list'),
    'equal', count(*) filter (where kind = 'equal'), 'unlisted', count(*) filter (where unlisted),
    'otherConvenio', count(*) filter (where kind = 'otherConvenio'),
    'pending', count(*) filter (where kind = 'pending'),
    'findings', (select coalesce(jsonb_object_agg(kind, count), '{}') from (
      select kind, count(*) from bank_review_finding
      where review_id = v.id and kind not in ('pending', 'equal', 'absent', 'otherConvenio') group by kind) k))
  from bank_review_finding where review_id = v.id)`;

export const countsOfReview = `coalesce(v.counts, ${countsNow})`;

const reviewColumns = `v.id as "reviewId", v.carteira_id as "carteiraId", v.from_day as "from", v.to_day as "to",
  v.requested_by as "requestedBy", v.state, v.pages, v.unreadable, v.remarks, v.problem,
  case when v.number_after is not null then jsonb_build_object('before', v.number_before, 'after', v.number_after) end
    as "nextNumber",
  ${countsOfReview} as counts, v.started_at as "startedAt", v.finished_at as "finishedAt"`;

export async function readReview(knex: Knex, reviewId: string): Promise<Review | null> {
  const { rows } = await knex.raw<{ rows: Review[] }>(`select ${reviewColumns} from bank_review v where v.id = ?`, [
    reviewId,
  ]);
  return rows[0] ?? null;
}

/** Newest first. */
export async function listReviews(knex: Knex, carteiraId: number, limit: number): Promise<Review[]> {
  const { rows } = await knex.raw<{ rows: Review[] }>(
    `select ${reviewColumns} from bank_review v where v.carteira_id = ? order by v.started_at desc, v.id limit ?`,
    [carteiraId, limit],
  );
  return rows;
}

export interface Finding {
  /** Place in the list, for the page after it. */
  position: number;
  number: string;
  kind: FindingKind;
  receivableId: number | null;
  batchId: string | null;
  amountCents: number | null;
  dueDate: LocalDate | null;
  registeredOn: LocalDate | null;
  status: string | null;
  /** What the record sent. */
  sentAmountCents: number | null;
  sentDueDate: LocalDate | null;
  differences: string[];
  unlisted: boolean;
}

/**
 * In the order in which they were met. Whoever sees only some filiais sees what is about their títulos, and what is
 * about nobody's.
 */
export async function listFindings(
  knex: Knex,
  page: { reviewId: string; after?: number; limit: number; kind?: FindingKind; filiais: readonly number[] | null },
): Promise<Finding[]> {
  const { rows } = await knex.raw<{ rows: Finding[] }>(
    `select f.position, f.number, f.kind, f.receivable_id as "receivableId", f.batch_id as "batchId",
       f.amount_cents as "amountCents", f.due_date as "dueDate", f.registered_on as "registeredOn", f.status,
       f.sent_amount_cents as "sentAmountCents", f.sent_due_date as "sentDueDate", f.differences, f.unlisted
     from bank_review_finding f left join receivable r on r.id = f.receivable_id
     where f.review_id = :reviewId and f.position > :after and f.kind not in ('pending', 'equal', 'absent', 'otherConvenio')
       and (:kind::text is null or f.kind = :kind::text)
       and (:filiais::bigint[] is null or r.id is null or r.filial_id = any(:filiais::bigint[]))
     order by f.position limit :limit`,
    {
      reviewId: page.reviewId,
      after: page.after ?? 0,
      limit: page.limit,
      kind: page.kind ?? null,
      filiais: page.filiais === null ? null : [...page.filiais],
    },
  );
  return rows;
}

/** Those that have not ended: each needs a workflow. */
export async function openReviews(knex: Knex): Promise<{ reviewId: string; gateway: string; carteiraId: number }[]> {
  return knex('bank_review').whereNull('finished_at').select('id as reviewId', 'gateway', 'carteira_id as carteiraId');
}
