import type { Knex } from 'knex';
import { nameOf } from './people';
import { batchIsSeen, carteiraIsSeen, receivableIsSeen, viewerValues, type Viewer } from './visibility';

export interface NewAuditEntry {
  /** Opaque id of the person or token; `desconhecido` for a sign-in under a login that does not exist. */
  actor: string;
  action: string;
  entity: string;
  entityId: string;
  /** What a change replaced, and with what. Never a password, a token or a credential. */
  before?: object;
  after?: object;
  reason?: string;
}

export async function writeAudit(knex: Knex, entry: NewAuditEntry): Promise<void> {
  await knex('audit_entry').insert({
    actor: entry.actor,
    action: entry.action,
    entity: entry.entity,
    entity_id: entry.entityId,
    before: entry.before ? JSON.stringify(entry.before) : null,
    after: entry.after ? JSON.stringify(entry.after) : null,
    reason: entry.reason ?? null,
  });
}

export interface AuditEntry {
  id: number;
  at: Date;
  actor: string;
  /** Of the person or token, or the login of the command line; null for one that this record does not know. */
  actorName: string | null;
  action: string;
  entity: string;
  entityId: string;
  before: unknown;
  after: unknown;
  reason: string | null;
}

export interface AuditPage extends Viewer {
  limit: number;
  /** The id that the previous page ended with. */
  before?: number;
  entity?: string;
  entityId?: string;
  actor?: string;
}

/**
 * Newest first. Whoever sees only some filiais sees what happened to things of those alone; what has no filial of its
 * own, as an import or a bank's account, is for those who see all.
 */
export async function listAudit(knex: Knex, page: AuditPage): Promise<AuditEntry[]> {
  const { rows } = await knex.raw<{ rows: AuditEntry[] }>(
    `select e.id, e.at, e.actor, ${nameOf('e.actor')} as "actorName", e.action, e.entity, e.entity_id as "entityId",
       e.before, e.after, e.reason
     from audit_entry e
     where (:before::bigint is null or e.id < :before::bigint)
       and (:entity::text is null or e.entity = :entity::text)
       and (:entityId::text is null or e.entity_id = :entityId::text)
       and (:actor::text is null or e.actor = :actor::text)
       and (:filiais::bigint[] is null or case e.entity
         when 'receivable' then exists (
           select from receivable r where r.id::text = e.entity_id and ${receivableIsSeen})
         when 'carteira' then exists (
           select from carteira c where c.id::text = e.entity_id and ${carteiraIsSeen})
         when 'batch' then exists (
           select from batch b join carteira c on c.id = b.carteira_id where b.id = e.entity_id and ${batchIsSeen})
         when 'user' then exists (
           select from app_user o where o.id = e.entity_id and o.filiais <> '{}' and o.filiais <@ :filiais::bigint[])
         when 'token' then exists (
           select from api_token o where o.id = e.entity_id and o.filiais <> '{}' and o.filiais <@ :filiais::bigint[])
         when 'webhook' then exists (
           select from webhook o where o.id = e.entity_id and o.filiais <@ :filiais::bigint[])
         else false end)
     order by e.id desc limit :limit`,
    {
      limit: page.limit,
      before: page.before ?? null,
      entity: page.entity ?? null,
      entityId: page.entityId ?? null,
      actor: page.actor ?? null,
      ...viewerValues(page),
    },
  );
  const { filiais } = page;
  return filiais === null
    ? rows
    : rows.map(({ before, after, ...entry }) => ({
        ...entry,
        before: ownOf(before, filiais),
        after: ownOf(after, filiais),
      }));
}

/** What somebody had before, in filiais that the reader does not see, is none of the reader's business. */
function ownOf(values: unknown, filiais: readonly number[]): unknown {
  const given = (values as { filiais?: unknown } | null)?.filiais;
  if (!Array.isArray(given)) return values;
  return { ...(values as object), filiais: given.filter((id) => filiais.includes(id as number)) };
}
