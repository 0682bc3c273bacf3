import type { Knex } from 'knex';
import { nameOf } from '../access/people';
import { batchIsSeen, viewerValues, type Viewer } from '../access/visibility';

/** Something that happened to a título. What banks were sent and said is masked as the record has it. */
export interface StoryEvent {
  at: Date;
  kind: 'selected' | 'attempt' | 'look' | 'registered' | 'correction' | 'action';
  /** Opaque id; null = the machine. */
  by: string | null;
  byName: string | null;
  batchId: string | null;
  /** Of an action or correction. */
  action: string | null;
  /** Of a correction: its entry of the audit. */
  entryId: number | null;
  /** How a call or look ended: its kind, answer or evidence. */
  outcome: string | null;
  resolution: string | null;
  code: string | null;
  message: string | null;
  reason: string | null;
  status: number | null;
  durationMs: number | null;
  request: string | null;
  response: string | null;
  before: unknown;
  after: unknown;
}

const MOST_EVENTS = 1_000;

/** Names of batches that the viewer may see; their actions are told, those of others are not. */
const seenBatches = `
  select b.id from batch b join carteira c on c.id = b.carteira_id
  where ${batchIsSeen} and exists (select from batch_item i where i.batch_id = b.id and i.receivable_id = :id)`;

/**
 * Everything that happened to one título, oldest first; of more than 1,000 events the newest. The caller knows that its
 * viewer may see it.
 */
export async function receivableStory(knex: Knex, id: number, viewer: Viewer): Promise<StoryEvent[]> {
  const { rows } = await knex.raw<{ rows: StoryEvent[] }>(
    `with seen as materialized (${seenBatches}),
     boletos as materialized (select * from boleto where receivable_id = :id),
     events as (
       select b.selected_at as at, 'selected' as kind, b.requested_by as by, b.id as batch_id, null as action,
         null::bigint as entry_id, null as outcome, null as resolution, null as code, null as message, null as reason, null::int as status,
         null::int as duration_ms, null as request, null as response, null::jsonb as before, null::jsonb as after
       from batch b where b.id in (select id from seen) and b.selected_at is not null
       union all
       select a.intended_at, 'attempt', a.resolved_by, (select id from seen where id = a.batch_id), null,
         null, a.kind, a.resolution, a.provider_code, a.provider_message, null, a.http_status, a.duration_ms, a.request,
         a.response, null, null
       from attempt a where a.boleto_id in (select id from boletos)
       union all
       select l.started_at, 'look', null, null, null, null, coalesce(l.evidence, l.answer), null, null, l.reason, null,
         l.http_status, l.duration_ms, null, l.response, null, null
       from look l join attempt a on a.id = l.attempt_id where a.boleto_id in (select id from boletos)
       union all
       select b.registered_at, 'registered', null, null, null, null, null, null, null, null, null, null, null, null, null, null,
         jsonb_build_object('ourNumber', b.our_number, 'linhaDigitavel', b.linha_digitavel)
       from boletos b where b.registered_at is not null
       union all
       select e.at, case when e.action in ('corrigir', 'desfazerCorrecao') then 'correction' else 'action' end, e.actor,
         (select s.id from seen s where s.id = e.after->>'batchId'), e.action,
         case when e.action = 'corrigir' then e.id end, null, null, null, null, e.reason, null, null,
         null, null, e.before, e.after
       from audit_entry e where e.entity = 'receivable' and e.entity_id = :id::text
       union all
       select w.opened_at, 'action', w.by, null, 'pendenciaNoBanco', null, null, null, null, null, null, null, null, null, null,
         null, null from bank_work w where w.receivable_id = :id
       union all
       -- What a person closed is in the audit.
       select w.closed_at, 'action', w.closed_by, null, 'pendenciaEncerrada', null, null, null, null, null, null, null, null,
         null, null, null, null
       from bank_work w where w.receivable_id = :id and w.close_reason in ('equal', 'bankShows')
       union all
       select p.conflict_at, 'action', p.conflict_by, null, 'conflitoDaOrigem', null, null, null, null, null, null, null, null,
         null, null, null, null
       from correction_basis p where p.receivable_id = :id and p.conflict_at is not null
       union all
       select p.ended_at, 'action', p.ended_by, null, 'propostaAceita', null, null, null, null, null, null, null, null, null,
         null, null, null
       from correction_basis p where p.receivable_id = :id and p.end_reason = 'agreed'
       union all
       -- Of a batch: what named this título, and what was about all of them.
       select e.at, 'action', e.actor, e.entity_id, e.action, null, null, null, null, null, e.reason, null, null, null, null, null,
         e.after - 'receivableIds' - 'refused'
       from audit_entry e
       where e.entity = 'batch' and e.entity_id in (select id from seen)
         and e.action <> 'openBatch'
         and (not coalesce(jsonb_exists(e.after, 'receivableIds'), false) or e.after->'receivableIds' @> to_jsonb(:id::bigint))
         and (not coalesce(jsonb_exists(e.after, 'receivableId'), false) or e.after->'receivableId' = to_jsonb(:id::bigint)))
     select at, kind, by, ${nameOf('by')} as "byName", batch_id as "batchId", action, entry_id as "entryId", outcome, resolution, code, message,
       reason, status, duration_ms as "durationMs", request, response, before, after
     from (select * from events order by at desc limit ${MOST_EVENTS}) newest order by at`,
    { id, ...viewerValues(viewer) },
  );
  return rows;
}
