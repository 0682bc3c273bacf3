import type { Knex } from 'knex';
import type { SecretBox } from '../../config/secrets';
import {
  deliveryTarget,
  dueDeliveries,
  nextDeliveryInMs,
  noteFailure,
  noteIdle,
  noteSuccess,
  recordAttempt,
  stopWebhook,
  type DueDelivery,
} from '../../record/outbox/webhookDeliveries';
import { webhookPlace } from '../../domain/account/sealedPlaces';
import { LONGEST_PAUSE_MS, retryInMs, STOPPED_AFTER_MS } from '../../domain/webhooks';
import type { SendResult } from './send';
import { signatureHeaders } from './sign';

export interface DeliverDeps {
  knex: Knex;
  secretBox: SecretBox;
  send(url: string, message: { headers: Record<string, string>; body: string }): Promise<SendResult>;
}

/** A slow receiver takes what several connections bring. */
const AT_ONCE = 8;
/** Then the workflow asks again: a worker that ends waits no longer. */
const BUDGET_MS = 20_000;

/**
 * Delivers what is due to one webhook, until nothing is or it fails: then it rests, and the others wait with it.
 * Run again, it may send again what was under way, under the same webhook-id.
 * @returns milliseconds until something is due; null = nothing waits.
 */
export async function deliver(deps: DeliverDeps, webhookId: string): Promise<{ nextDueInMs: number | null }> {
  const { knex, secretBox } = deps;
  const until = performance.now() + BUDGET_MS;
  while (performance.now() < until) {
    const target = await deliveryTarget(knex, webhookId);
    if (!target) return { nextDueInMs: null };
    const due = await dueDeliveries(knex, webhookId, AT_ONCE);
    if (due.length === 0) break;
    const secrets = target.secrets.map((sealed) => secretBox.open(sealed, webhookPlace(webhookId)));
    const results = await Promise.all(
      due.map((delivery) => deliverOne(deps, webhookId, target.url, secrets, delivery)),
    );
    if (results.some(({ failure }) => failure === 'gone')) await stopWebhook(knex, webhookId);
    // What it takes shows that it is there, and that it refuses others for what they are. One that takes nothing may
    // refuse all that will ever come: it rests, whatever it says.
    if (results.some(({ failure }) => failure === null)) await noteSuccess(knex, webhookId);
    else await noteFailure(knex, webhookId, pauseInMs, STOPPED_AFTER_MS);
  }
  const nextDueInMs = await nextDeliveryInMs(knex, webhookId);
  if (nextDueInMs !== 0) await noteIdle(knex, webhookId);
  return { nextDueInMs };
}

async function deliverOne(
  { knex, send }: DeliverDeps,
  webhookId: string,
  url: string,
  secrets: string[],
  { deliveryId, eventId, type, at, data, tries }: DueDelivery,
): Promise<SendResult> {
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  const sentAt = new Date();
  const began = performance.now();
  const result = await send(url, {
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'boletos-webhooks',
      ...signatureHeaders(secrets, { id: eventId, at: sentAt, body }),
    },
    body,
  });
  await recordAttempt(knex, {
    ...{ webhookId, deliveryId, at: sentAt, durationMs: performance.now() - began, ...result },
    retryInMs: result.failure === null ? null : retryInMs(tries + 1),
  });
  return result;
}

function pauseInMs(failures: number): number {
  return Math.min(retryInMs(failures) ?? LONGEST_PAUSE_MS, LONGEST_PAUSE_MS);
}
