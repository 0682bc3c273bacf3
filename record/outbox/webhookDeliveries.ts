import type { Knex } from 'knex';
import { TEST_EVENT, type DeliveryFailure, type DeliveryState, type WebhookEvent } from '../../domain/webhooks';

/** One notice on its way to one webhook. */
export interface DueDelivery {
  deliveryId: number;
  /** The webhook-id: the same whenever it is sent. */
  eventId: string;
  type: WebhookEvent | typeof TEST_EVENT;
  /** When it happened. */
  at: Date;
  data: Record<string, unknown>;
  tries: number;
}

export interface Target {
  url: string;
  /** Sealed; the newest first. */
  secrets: Buffer[];
}

/** SQL over `webhook w`: a person answers for it, or the token that made it still may see what it is told. */
export const isVouchedFor = `webhook_is_vouched_for(w.token_id, w.filiais)`;

/** Where a webhook's notices go; null when it is gone, or not active. */
export async function deliveryTarget(knex: Knex, webhookId: string): Promise<Target | null> {
  const { rows } = await knex.raw<{ rows: { url: string; secret: Buffer; previous: Buffer | null }[] }>(
    `select url, secret, case when previous_until > clock_timestamp() then previous_secret end as previous
     from webhook w where id = ? and active and ${isVouchedFor}`,
    [webhookId],
  );
  const [row] = rows;
  return row ? { url: row.url, secrets: row.previous ? [row.secret, row.previous] : [row.secret] } : null;
}

/** What is due now: what was tried least first, so that one that is never taken does not keep the others. */
export async function dueDeliveries(knex: Knex, webhookId: string, limit: number): Promise<DueDelivery[]> {
  const { rows } = await knex.raw<{ rows: DueDelivery[] }>(
    `with worked as (update webhook set worked_at = clock_timestamp() where id = :webhookId)
     select d.id as "deliveryId", d.event_id as "eventId", e.type, e.at, e.data, d.tries
     from webhook_delivery d join webhook_event e on e.id = d.event_id join webhook w on w.id = d.webhook_id
     where d.webhook_id = :webhookId and d.state = 'pending' and d.next_at <= clock_timestamp()
       and w.active and ${isVouchedFor} and coalesce(w.retry_at <= clock_timestamp(), true)
     order by d.tries, d.id limit :limit`,
    { webhookId, limit },
  );
  return rows;
}

/** Milliseconds until the earliest is due, 0 = now; null = nothing waits, or the webhook is not active. */
export async function nextDeliveryInMs(knex: Knex, webhookId: string): Promise<number | null> {
  const { rows } = await knex.raw<{ rows: { ms: number | null }[] }>(
    `select ceil(greatest(0, extract(epoch from greatest(min(d.next_at), w.retry_at) - clock_timestamp()) * 1000))::float8
       as ms
     from webhook w join webhook_delivery d on d.webhook_id = w.id and d.state = 'pending'
     where w.id = ? and w.active and ${isVouchedFor} group by w.id`,
    [webhookId],
  );
  return rows[0]?.ms ?? null;
}

/** Nothing is due just now: whatever comes is nobody's yet. */
export async function noteIdle(knex: Knex, webhookId: string): Promise<void> {
  await knex('webhook').where({ id: webhookId }).update({ worked_at: '-infinity' });
}

/** Webhooks with something due that nobody works on. */
export async function neglectedWebhooks(knex: Knex, forMs: number): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { id: string }[] }>(
    `select w.id from webhook w
     where w.active and ${isVouchedFor} and coalesce(w.retry_at <= clock_timestamp(), true)
       and w.worked_at < clock_timestamp() - :forMs * interval '1 millisecond'
       and exists (select from webhook_delivery d
         where d.webhook_id = w.id and d.state = 'pending' and d.next_at <= clock_timestamp())`,
    { forMs },
  );
  return rows.map(({ id }) => id);
}

export interface Attempted {
  webhookId: string;
  deliveryId: number;
  at: Date;
  durationMs: number;
  httpStatus: number | null;
  /** null = delivered. */
  failure: DeliveryFailure | null;
  answer: string | null;
  /** After a failure: until this delivery is tried again; null = given up. */
  retryInMs: number | null;
}

/** Writes how one try ended. One that a person sent again meanwhile stays pending. */
export async function recordAttempt(knex: Knex, attempt: Attempted): Promise<void> {
  const { deliveryId, at, durationMs, httpStatus, failure, answer } = attempt;
  await knex.transaction(async (trx) => {
    const known = await trx.raw<{ rowCount: number }>(
      `update webhook_delivery set tries = tries + 1,
         state = case when :failure::text is null then 'delivered' when :retryInMs::float8 is null then 'failed' else 'pending' end,
         delivered_at = case when :failure::text is null then clock_timestamp() end,
         next_at = clock_timestamp() + coalesce(:retryInMs::float8, 0) * interval '1 millisecond'
       where id = :deliveryId`,
      { deliveryId, failure, retryInMs: attempt.retryInMs },
    );
    // Its webhook was deleted while it was sent.
    if (known.rowCount === 0) return;
    await trx('webhook_attempt').insert({
      ...{ delivery_id: deliveryId, at, duration_ms: Math.round(durationMs), http_status: httpStatus, failure, answer },
    });
  });
}

/** A receiver that answered; also with a refusal of one notice, it is there. */
export async function noteSuccess(knex: Knex, webhookId: string): Promise<void> {
  await knex('webhook')
    .where({ id: webhookId })
    .where('failures', '>', 0)
    .update({ failures: 0, failing_since: null, retry_at: null });
}

/**
 * One more failure in a row: the webhook rests until its next try. Failing for too long it is stopped.
 * @param pauseInMs by the number of failures
 */
export async function noteFailure(
  knex: Knex,
  webhookId: string,
  pauseInMs: (failures: number) => number,
  stoppedAfterMs: number,
): Promise<void> {
  await knex.transaction(async (trx) => {
    const webhook = await trx('webhook')
      .where({ id: webhookId })
      .forNoKeyUpdate()
      .first<{ failures: number } | undefined>('failures');
    if (!webhook) return;
    const failures = webhook.failures + 1;
    await trx.raw(
      `update webhook set failures = :failures, failing_since = coalesce(failing_since, clock_timestamp()),
         retry_at = clock_timestamp() + :pauseMs * interval '1 millisecond',
         active = active and coalesce(failing_since > clock_timestamp() - :stoppedAfterMs * interval '1 millisecond', true),
         stopped_by = case when failing_since <= clock_timestamp() - :stoppedAfterMs * interval '1 millisecond'
           then 'noAnswer' else stopped_by end
       where id = :webhookId`,
      { webhookId, failures, pauseMs: pauseInMs(failures), stoppedAfterMs },
    );
  });
}

/** The receiver wants no more; what waits for it stays, should a person start it again. */
export async function stopWebhook(knex: Knex, webhookId: string): Promise<void> {
  await knex('webhook').where({ id: webhookId }).update({ active: false, stopped_by: 'gone' });
}

/** @returns the delivery; null when there is no such webhook. */
export async function insertTestDelivery(knex: Knex, webhookId: string, eventId: string): Promise<number | null> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `with found as (select id from webhook where id = :webhookId for key share),
     event as (
       insert into webhook_event (id, type, data)
       select :eventId, '${TEST_EVENT}', jsonb_build_object('webhookId', id) from found returning id)
     insert into webhook_delivery (webhook_id, event_id) select found.id, event.id from found, event returning id`,
    { webhookId, eventId },
  );
  // Somebody waits for it: a rest of the receiver ends.
  await knex('webhook').where({ id: webhookId }).update({ retry_at: null });
  return rows[0]?.id ?? null;
}

/** Sends one again, whatever became of it, under the same webhook-id. @returns whether there is such a delivery. */
export async function sendAgain(knex: Knex, webhookId: string, deliveryId: number): Promise<boolean> {
  const changed = await knex('webhook_delivery')
    .where({ id: deliveryId, webhook_id: webhookId })
    .update({ state: 'pending', tries: 0, next_at: knex.raw('clock_timestamp()'), delivered_at: null });
  if (changed > 0) await knex('webhook').where({ id: webhookId }).update({ retry_at: null });
  return changed > 0;
}

export interface DeliveryView {
  id: number;
  eventId: string;
  type: WebhookEvent | typeof TEST_EVENT;
  data: Record<string, unknown>;
  state: DeliveryState;
  tries: number;
  createdAt: Date;
  nextAt: Date | null;
  deliveredAt: Date | null;
  /** The latest first, at most 10. */
  attempts: {
    at: string;
    durationMs: number;
    httpStatus: number | null;
    failure: DeliveryFailure | null;
    answer: string | null;
  }[];
}

/** SQL over `webhook_event e`: what it tells is of these filiais alone. A test is of none. */
export const isOfFiliais = `(case
  when e.data->>'filialId' is not null then (e.data->>'filialId')::bigint = any(:filiais::bigint[])
  when e.data->>'batchId' is not null then exists (
    select from batch b join carteira c on c.id = b.carteira_id
    where b.id = e.data->>'batchId' and c.filial_id = any(:filiais::bigint[]) and b.filiais <@ :filiais::bigint[])
  else true end)`;

/**
 * Newest first, before the delivery that the previous page ended with.
 * @param page filiais: of whoever reads; what was under way while the webhook was narrowed is none of theirs
 */
export async function listDeliveries(
  knex: Knex,
  webhookId: string,
  page: { limit: number; before?: number; state?: DeliveryState; filiais?: readonly number[] | null },
): Promise<DeliveryView[]> {
  const { rows } = await knex.raw<{ rows: DeliveryView[] }>(
    `select d.id, d.event_id as "eventId", e.type, e.data, d.state, d.tries, d.created_at as "createdAt",
       case when d.state = 'pending' then d.next_at end as "nextAt", d.delivered_at as "deliveredAt",
       coalesce((select jsonb_agg(jsonb_build_object('at', a.at, 'durationMs', a.duration_ms, 'httpStatus', a.http_status,
           'failure', a.failure, 'answer', a.answer) order by a.id desc)
         from (select * from webhook_attempt where delivery_id = d.id order by id desc limit 10) a), '[]') as attempts
     from webhook_delivery d join webhook_event e on e.id = d.event_id
     where d.webhook_id = :webhookId and (:filiais::bigint[] is null or ${isOfFiliais})
       and (:before::bigint is null or d.id < :before::bigint)
       and (:state::text is null or d.state = :state::text)
     order by d.id desc limit :limit`,
    {
      ...{ webhookId, before: page.before ?? null, state: page.state ?? null, limit: page.limit },
      filiais: page.filiais ? [...page.filiais] : null,
    },
  );
  return rows;
}
