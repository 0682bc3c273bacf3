import type { Knex } from 'knex';

/** Whoever reads a batch again later finds its items; the events only say in which order they came. */
const EVENTS_DAYS = 30;
const NOTICES_DAYS = 90;
const REVIEWS_DAYS = 90;
const IMPORTS_DAYS = 90;
/** Longer than any upload may take. */
const UPLOAD_HOURS = 1;
/** A batch of a million is done in some sweeps, none of which holds anybody up. */
const MOST_ROWS = 20_000;

/**
 * Takes away what has served its time: the numbered outcomes of batches that ended, and notices that were delivered or
 * given up, the findings of reviews, what was wrong with imported lines, and bodies that never became whole. Outcomes
 * themselves, attempts and the audit stay for good.
 * @returns how many rows are gone; call again while it is large
 */
export async function pruneOldRows(knex: Knex): Promise<number> {
  // The last event stays: the rate of a minute is told from the number before it.
  const events = await knex.raw<{ rowCount: number }>(
    `delete from batch_event where (batch_id, seq) in (
       select e.batch_id, e.seq from batch b
       join batch_event_counter n on n.batch_id = b.id
       join batch_event e on e.batch_id = b.id and e.seq < n.seq
       where b.concluded_at < clock_timestamp() - :days * interval '1 day' limit :most)`,
    { days: EVENTS_DAYS, most: MOST_ROWS },
  );
  // Deliveries take their attempts with them; an event goes when nobody is to be told of it any more.
  const notices = await knex.raw<{ rowCount: number }>(
    `with old as (
       select id from webhook_delivery
       where state <> 'pending' and created_at < clock_timestamp() - :days * interval '1 day' limit :most)
     delete from webhook_delivery d using old where d.id = old.id and d.state <> 'pending'`,
    { days: NOTICES_DAYS, most: MOST_ROWS },
  );
  const untold = await knex.raw<{ rowCount: number }>(
    `delete from webhook_event where id in (
       select e.id from webhook_event e
       where e.at < clock_timestamp() - :days * interval '1 day'
         and not exists (select from webhook_delivery d where d.event_id = e.id) limit :most)`,
    { days: NOTICES_DAYS, most: MOST_ROWS },
  );
  const findings = await knex.raw<{ rowCount: number }>(
    `delete from bank_review_finding where (review_id, number) in (
       select f.review_id, f.number from bank_review v join bank_review_finding f on f.review_id = v.id
       where v.finished_at < clock_timestamp() - :days * interval '1 day' limit :most)`,
    { days: REVIEWS_DAYS, most: MOST_ROWS },
  );
  // The run says for good how many there were.
  const problems = await knex.raw<{ rowCount: number }>(
    `delete from import_problem where (import_id, number) in (
       select p.import_id, p.number from import_run r join import_problem p on p.import_id = r.id
       where r.ended_at < clock_timestamp() - :days * interval '1 day' limit :most)`,
    { days: IMPORTS_DAYS, most: MOST_ROWS },
  );
  // Bodies whose API died while they came: nobody answers for them any more.
  const cut = await knex.raw<{ rowCount: number }>(
    `delete from import_request
     where state = 'receiving' and received_at < clock_timestamp() - :hours * interval '1 hour'`,
    { hours: UPLOAD_HOURS },
  );
  const gone = [events, notices, untold, findings, problems, cut];
  return gone.reduce((sum, { rowCount }) => sum + rowCount, 0);
}
