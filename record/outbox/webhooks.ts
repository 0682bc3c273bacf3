import type { Knex } from 'knex';
import type { WebhookEvent } from '../../domain/webhooks';
import { writeAudit } from '../access/audit';
import { isOfFiliais, isVouchedFor } from './webhookDeliveries';

/** A webhook as administrators see it; its secrets stay in the record. */
export interface WebhookRow {
  id: string;
  name: string;
  url: string;
  events: WebhookEvent[];
  /** null = every filial. */
  filiais: number[] | null;
  active: boolean;
  /** Why the system stopped it; null while it is active, or when a person did. */
  stoppedBy: 'gone' | 'noAnswer' | 'tokenEnded' | null;
  /** Of the program that made it, with whose token it ends; null = a person answers for it. */
  tokenId: string | null;
  createdBy: string;
  createdAt: Date;
  /** Failures since the last success. */
  failures: number;
  failingSince: Date | null;
  retryAt: Date | null;
  /** Deliveries that have not ended. */
  pending: number;
}

const columns = `w.id, w.name, w.url, w.events, w.filiais::float8[] as filiais, w.active and ${isVouchedFor} as active,
  case when ${isVouchedFor} then w.stopped_by else 'tokenEnded' end as "stoppedBy", w.token_id as "tokenId", w.created_by as "createdBy", w.created_at as "createdAt", w.failures, w.failing_since as "failingSince",
  w.retry_at as "retryAt",
  (select count(*) from webhook_delivery d where d.webhook_id = w.id and d.state = 'pending') as pending`;
/** Those of whoever sees these filiais; null = all. */
const isSeen = `(:filiais::bigint[] is null or w.filiais <@ :filiais::bigint[])`;
const seenBy = (filiais: readonly number[] | null) => ({ filiais: filiais === null ? null : [...filiais] });

export async function listWebhooks(knex: Knex, filiais: readonly number[] | null): Promise<WebhookRow[]> {
  const { rows } = await knex.raw<{ rows: WebhookRow[] }>(
    `select ${columns} from webhook w where ${isSeen} order by w.created_at desc, w.id`,
    seenBy(filiais),
  );
  return rows;
}

/** @returns null for one that is unknown, or of filiais that the asker does not see. */
export async function readWebhook(
  knex: Knex,
  id: string,
  filiais: readonly number[] | null,
): Promise<WebhookRow | null> {
  const { rows } = await knex.raw<{ rows: WebhookRow[] }>(
    `select ${columns} from webhook w where w.id = :id and ${isSeen}`,
    { id, ...seenBy(filiais) },
  );
  return rows[0] ?? null;
}

export async function insertWebhook(
  knex: Knex,
  webhook: Pick<WebhookRow, 'id' | 'name' | 'url' | 'events' | 'filiais' | 'tokenId'> & { secret: Buffer; by: string },
): Promise<WebhookRow> {
  return knex.transaction(async (trx) => {
    const { by, tokenId, ...row } = webhook;
    await trx('webhook').insert({ ...row, token_id: tokenId, created_by: by });
    const made = (await readWebhook(trx, webhook.id, null)) as WebhookRow;
    await writeAudit(trx, {
      ...{ actor: by, action: 'createWebhook', entity: 'webhook', entityId: webhook.id, after: shown(made) },
    });
    return made;
  });
}

export interface WebhookChanges {
  name?: string;
  url?: string;
  events?: WebhookEvent[];
  filiais?: number[] | null;
  /** Active again, it starts afresh: what waited is delivered now. */
  active?: boolean;
  /** A person answers for it from now on. */
  tokenId?: null;
  /** The one before it signs, too, for this long. */
  secret?: Buffer;
}

const BOTH_SECRETS_FOR = '24 hours';

/** @returns null when there is none by this id. */
export async function updateWebhook(
  knex: Knex,
  id: string,
  { secret, tokenId, ...changes }: WebhookChanges,
  by: string,
): Promise<WebhookRow | null> {
  return knex.transaction(async (trx) => {
    await trx('webhook').where({ id }).forNoKeyUpdate().first('id');
    const before = await readWebhook(trx, id, null);
    if (!before) return null;
    await trx('webhook')
      .where({ id })
      .update({
        ...changes,
        ...(tokenId === null ? { token_id: null } : {}),
        ...(changes.active === undefined ? {} : { stopped_by: null }),
        // Another address, or a person who looked at it: what was said about the receiver is over.
        ...(changes.active === true || changes.url !== undefined
          ? { failures: 0, failing_since: null, retry_at: null }
          : {}),
        ...(secret
          ? {
              secret,
              previous_secret: trx.ref('secret'),
              previous_until: trx.raw(`clock_timestamp() + interval '${BOTH_SECRETS_FOR}'`),
            }
          : {}),
        // A change of nothing is none.
        name: changes.name ?? before.name,
      });
    if (changes.filiais) await deleteForeignDeliveries(trx, id, changes.filiais);
    const after = (await readWebhook(trx, id, null)) as WebhookRow;
    await writeAudit(trx, {
      ...{ actor: by, action: 'changeWebhook', entity: 'webhook', entityId: id, before: shown(before) },
      after: { ...shown(after), ...(secret && { newSecret: true }) },
    });
    return after;
  });
}

/** Of what it is told no more, nothing waits, and nothing is shown to whoever sees it now. */
async function deleteForeignDeliveries(trx: Knex, webhookId: string, filiais: readonly number[]): Promise<void> {
  await trx.raw(
    `delete from webhook_delivery d using webhook_event e
     where d.webhook_id = :webhookId and e.id = d.event_id and ${isOfFiliais} is not true`,
    { webhookId, filiais: [...filiais] },
  );
}

const PIECE = 5_000;

/**
 * It is told nothing from the first moment on; then its deliveries go in pieces, and it goes last. Whoever records what
 * a bank did waits for none of that. Their events go by age (pruning.ts): other webhooks may have been told of them.
 */
export async function deleteWebhook(knex: Knex, id: string, by: string): Promise<void> {
  const before = await readWebhook(knex, id, null);
  if (!before) return;
  await knex('webhook').where({ id }).update({ active: false });
  for (let gone = PIECE; gone === PIECE;) {
    // What is being pruned meanwhile is gone anyway.
    const piece = knex('webhook_delivery').where({ webhook_id: id }).limit(PIECE).forUpdate().skipLocked().select('id');
    gone = await knex('webhook_delivery').whereIn('id', piece).delete();
  }
  await knex.transaction(async (trx) => {
    if ((await trx('webhook').where({ id }).delete()) === 0) return;
    await writeAudit(trx, {
      ...{ actor: by, action: 'deleteWebhook', entity: 'webhook', entityId: id, before: shown(before) },
    });
  });
}

function shown({ name, url, events, filiais, active }: WebhookRow): object {
  return { name, url, events, filiais, active };
}
