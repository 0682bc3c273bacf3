import type { Knex } from 'knex';
import type { Evidence, SentAttempt } from '../../domain/boleto/evidence';
import type { FoundBoleto, LookResult } from '../../domain/gateway';
import type { BoletoState } from '../../domain/boleto/states';
import { cleanText } from '../../domain/kinds/text';

/** A boleto whose end at the bank is not known for certain, with everything that a look is judged by. */
export interface OpenCase {
  boletoId: number;
  boletoState: BoletoState;
  bankId: string | null;
  /** The unresolved attempt; in a conflict, the newest one. */
  attemptId: string;
  attemptKind: string | null;
  /** All attempts, newest first: the first is the one of `attemptId`. */
  attempts: SentAttempt[];
  /** Milliseconds since the attempt could no longer be under way; negative = it still can. */
  sinceDeadlineMs: number;
  /** Looks at this attempt that count as absence. */
  absences: number;
  /** Looks at this attempt that proved nothing; that the bank still works on it is no proof and no failure. */
  fruitless: number;
  /** Milliseconds since the first intent of the boleto. */
  sinceFirstMs: number;
  /** Earlier calls for this item that did not arrive, proven or not. */
  absentCalls: number;
  /** Of the carteira: what it registers is worth nothing. */
  homologation: boolean;
  /** The carteira is of a sandbox whose codes are known to be wrong. */
  acceptsMismatches: boolean;
}

export async function readCase(knex: Knex, boletoId: number): Promise<OpenCase | null> {
  const { rows } = await knex.raw<{ rows: (Omit<OpenCase, 'attempts'> & SentAttempt)[] }>(
    `select b.id as "boletoId", b.state as "boletoState", b.bank_id as "bankId", a.id as "attemptId",
       a.kind as "attemptKind", a.kind, a.snapshot, a.receivable_version as "receivableVersion",
       extract(epoch from clock_timestamp() - a.deadline)::float8 * 1000 as "sinceDeadlineMs",
       (select count(*)::int from look l where l.attempt_id = a.id and l.evidence = 'absent') as absences,
       (select count(*)::int from look l where l.attempt_id = a.id and l.evidence = 'none'
          and l.answer is distinct from 'stillProcessing') as fruitless,
       (select extract(epoch from clock_timestamp() - min(f.intended_at))::float8 * 1000 from attempt f
        where f.boleto_id = b.id) as "sinceFirstMs",
       -- Found by way of the título, which the item shares with all its boletos.
       (select count(*)::int from boleto eb join attempt e on e.boleto_id = eb.id
        where eb.receivable_id = b.receivable_id and e.batch_id = a.batch_id and e.ordinal = a.ordinal
          and e.resolution in ('absent', 'unproven')) as "absentCalls",
       c.homologation, c.homologation and c.accept_invalid_codes as "acceptsMismatches"
     from boleto b join attempt a on a.boleto_id = b.id
     join receivable r on r.id = b.receivable_id join carteira c on c.id = r.carteira_id
     where b.id = ?
     order by (a.resolution is null) desc, a.intended_at desc limit 20`,
    [boletoId],
  );
  const [newest] = rows;
  if (!newest) return null;
  const { snapshot: _s, receivableVersion: _v, kind: _k, ...facts } = newest;
  const attempts = rows.map(({ snapshot, receivableVersion, kind }) => ({ snapshot, receivableVersion, kind }));
  return { ...facts, attempts };
}

/**
 * Reserves an identical look: writes it as started, unless anyone made the same one less than `staleMs` ago. It counts
 * from its answer on: it may have waited long for its turn, and the bank keeps the answer from then.
 * @returns how long ago that one was, in milliseconds, or null when this look may be made. Compared and written
 *   under one lock, so that two workers do not both ask within the bank's cache time.
 */
export async function openLook(
  knex: Knex,
  look: {
    id: string;
    /** null: of a number that no boleto has. */
    attemptId: string | null;
    boletoId: number | null;
    accountId: number;
    identity: string;
    staleMs: number;
  },
): Promise<number | null> {
  return knex.transaction(async (trx) => {
    if (look.boletoId !== null) await trx.raw(`select from boleto where id = ? for update`, [look.boletoId]);
    else await trx.raw(`select pg_advisory_xact_lock(hashtextextended(?, 7062004))`, [look.identity]);
    const { rows } = await trx.raw<{ rows: { sinceMs: number }[] }>(
      `select extract(epoch from clock_timestamp() - max(coalesce(finished_at, started_at)))::float8 * 1000 as "sinceMs"
       from look where account_id = ? and identity = ?`,
      [look.accountId, look.identity],
    );
    const sinceMs = rows[0]?.sinceMs ?? null;
    if (sinceMs !== null && sinceMs <= look.staleMs) return sinceMs;
    await trx.raw(
      `insert into look (id, attempt_id, boleto_id, account_id, identity)
       values (:id, :attemptId, :boletoId, :accountId, :identity)`,
      { ...look },
    );
    return null;
  });
}

/** Whether anyone is asking this at the moment; one that is older than `withinMs` died with its worker. */
export async function lookIsOpen(knex: Knex, accountId: number, identity: string, withinMs: number): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: unknown[] }>(
    `select from look where account_id = :accountId and identity = :identity and finished_at is null
       and started_at > clock_timestamp() - :withinMs * interval '1 millisecond' limit 1`,
    { accountId, identity, withinMs },
  );
  return rows.length > 0;
}

/** What the last look of this identity was answered; null = none has ended. */
export async function lastAnswer(
  knex: Knex,
  accountId: number,
  identity: string,
): Promise<{ answer: LookResult['kind']; found: FoundBoleto | null; httpStatus: number | null } | null> {
  const row = await knex('look')
    .where({ account_id: accountId, identity })
    .whereNotNull('answer')
    .orderBy('started_at', 'desc')
    .first<{ answer: LookResult['kind']; found: FoundBoleto | null; httpStatus: number | null } | undefined>({
      answer: 'answer',
      found: 'found',
      httpStatus: 'http_status',
    });
  return row ?? null;
}

/** @param evidence null: it was asked for another reason than that of an attempt */
export async function closeLook(knex: Knex, id: string, look: LookResult, evidence: Evidence | null): Promise<void> {
  await knex.raw(
    `update look set finished_at = clock_timestamp(), answer = :answer, evidence = :evidence, reason = :reason,
       mismatches = :mismatches,
       found = :found, http_status = :status, response = :response, duration_ms = :durationMs
     where id = :id and finished_at is null`,
    {
      id,
      answer: look.kind,
      evidence: evidence?.kind ?? null,
      reason: evidence && reasonOf(evidence),
      mismatches: evidence && mismatchesOf(evidence),
      found: look.kind === 'found' ? JSON.stringify(look.found, cleaned) : null,
      status: look.exchange.status,
      response: look.exchange.response === null ? null : cleanText(look.exchange.response, 4_096),
      durationMs: Math.round(look.exchange.durationMs),
    },
  );
}

/** It was made under a number that turned out to be another boleto's: it says nothing about this one. */
export async function detachLook(knex: Knex, id: string): Promise<void> {
  await knex.raw(`update look set attempt_id = null, boleto_id = null where id = ?`, [id]);
}

/** A look that was never sent leaves no trace in the bank's cache. */
export async function forgetLook(knex: Knex, id: string): Promise<void> {
  await knex.raw(`delete from look where id = ? and finished_at is null`, [id]);
}

/** For JSON.stringify: PostgreSQL refuses a document with a NUL in any of its texts. */
function cleaned(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? cleanText(value, 1_000) : value;
}

function reasonOf(evidence: Evidence): string | null {
  if (evidence.kind === 'refused') return cleanText(evidence.message, 500);
  if (evidence.kind === 'none') return cleanText(evidence.reason, 500);
  if (evidence.kind === 'conflict') return [...evidence.differences, ...evidence.mismatches].join(', ');
  return null;
}

/** null = none: an array for the column. */
function mismatchesOf(evidence: Evidence): readonly string[] | null {
  return 'mismatches' in evidence && evidence.mismatches.length > 0 ? evidence.mismatches : null;
}
