import type { Knex } from 'knex';
import type { BatchCounts } from '../../domain/batch/batch';
import type { BatchFilters } from '../../domain/batch/filters';
import type { BatchPhase } from '../../domain/batch/phases';
import { isRefusal, refusal, type Refusal } from '../../domain/batch/refusals';
import { readAlerts, type BatchAlert } from '../engine/alerts';
import { countItems } from '../engine/analysis';
import { nameOf } from '../access/people';
import { countWithoutPix } from '../engine/pixFetch';
import { batchIsSeen, viewerValues, type Viewer } from '../access/visibility';

export interface NewBatch {
  batchId: string;
  carteiraId: number;
  filters: BatchFilters;
  by: string;
}

/** What a workflow opens its batch with: whoever wrote the batch down before it started says no filters again. */
export type OpenedBatch = Omit<NewBatch, 'filters'> & { filters?: BatchFilters };

/**
 * Creates the batch, once: called again with the same input, or with none but its id, it finds it.
 * @param batch filters as parseFilters returns them, so that equal ones are equal JSON.
 * @returns the gateway that the carteira communicates with, the round the batch is in, and who asked for it.
 */
export async function openBatch(
  knex: Knex,
  { batchId, carteiraId, filters, by }: OpenedBatch,
): Promise<{ gateway: string; round: number; by: string } | Refusal> {
  const carteira = await knex('carteira')
    .leftJoin('gateway_account', 'gateway_account.id', 'carteira.account_id')
    .where('carteira.id', carteiraId)
    .first<{ gateway: string | null; convenio: string | null } | undefined>('gateway_account.gateway', 'convenio');
  if (!carteira)
    return refusal(
      'carteiraDesconhecida',
      `A carteira ${carteiraId} não existe: veja as existentes na lista de carteiras.`,
    );
  if (carteira.gateway === null || carteira.convenio === null)
    return refusal(
      'carteiraSemConta',
      `A carteira ${carteiraId} não tem conta de gateway: informe a conta na carteira.`,
    );
  const { gateway } = carteira;
  return knex.transaction(async (trx) => {
    if (filters !== undefined && (await createBatch(trx, { batchId, carteiraId, filters, by })))
      return { gateway, round: 1, by };
    const stored = await trx('batch')
      .where({ id: batchId })
      .first<{ same: boolean; concluded: boolean; round: number; by: string } | undefined>(
        'round',
        'requested_by as by',
        trx.raw('carteira_id = ? and filters = coalesce(?::jsonb, filters) as same', [
          carteiraId,
          filters === undefined ? null : JSON.stringify(filters),
        ]),
        trx.raw('concluded_at is not null as concluded'),
      );
    // Without its filters it would take every título of the carteira.
    if (!stored)
      return refusal(
        'comunicacaoDesconhecida',
        `A comunicação ${batchId} não está no registro, e a entrada não traz "filters": informe os filtros ({} = todos os títulos da carteira).`,
      );
    if (!stored.same)
      return refusal(
        'comunicacaoDiferente',
        `A comunicação ${batchId} já existe com outra carteira ou outros filtros: use outro identificador.`,
      );
    if (stored.concluded)
      return refusal(
        'comunicacaoEncerrada',
        `A comunicação ${batchId} já foi concluída: inicie outra, com outro identificador.`,
      );
    // Its workflow was lost, and with it a wish to conclude: whoever had it asks again.
    await trx('batch').where({ id: batchId }).update({ concluding: false });
    return { gateway, round: Math.max(1, stored.round), by: stored.by };
  });
}

/** @returns false when there is one of this id. */
async function createBatch(trx: Knex.Transaction, batch: NewBatch): Promise<boolean> {
  const { batchId, carteiraId, filters, by } = batch;
  const created = await trx('batch')
    .insert({ id: batchId, carteira_id: carteiraId, filters: JSON.stringify(filters), requested_by: by })
    .onConflict('id')
    .ignore();
  if ((created as unknown as { rowCount: number }).rowCount !== 1) return false;
  await trx('audit_entry').insert({
    actor: by,
    action: 'openBatch',
    entity: 'batch',
    entity_id: batchId,
    after: JSON.stringify({ carteiraId, filters }),
  });
  return true;
}

/**
 * Writes the batch down before its workflow is started: who asked for it, and its filters, are known from here alone.
 * @returns null when it is there, also since before
 */
export async function recordBatch(knex: Knex, batch: NewBatch): Promise<Refusal | null> {
  const asked = await askedBefore(knex, batch);
  if (asked === 'same') return null;
  if (asked === 'other')
    return refusal(
      'comunicacaoDiferente',
      `A comunicação ${batch.batchId} já existe com outra carteira ou outros filtros: use outro identificador.`,
    );
  const opened = await openBatch(knex, batch);
  return isRefusal(opened) ? opened : null;
}

/** Whether this batch was asked for already, and if so, for the same. */
async function askedBefore(
  knex: Knex,
  batch: Pick<NewBatch, 'batchId' | 'carteiraId' | 'filters'>,
): Promise<'no' | 'same' | 'other'> {
  const { rows } = await knex.raw<{ rows: { same: boolean }[] }>(
    `select carteira_id = :carteiraId and filters = :filters::jsonb as same from batch where id = :batchId`,
    { batchId: batch.batchId, carteiraId: batch.carteiraId, filters: JSON.stringify(batch.filters) },
  );
  if (!rows[0]) return 'no';
  return rows[0].same ? 'same' : 'other';
}

/**
 * Publishes where the workflow is. What others know better stays: a concluded batch is concluded, a round that an
 * action began is not taken back, and a pause that a slice just made keeps its reason.
 */
export async function enterPhase(
  knex: Knex,
  at: { batchId: string; phase: BatchPhase; round: number; pauseReason: string | null },
): Promise<void> {
  await knex.raw(
    `update batch set phase = :phase, round = greatest(round, :round::int),
       pause_reason = case when paused then coalesce(:pauseReason::text, pause_reason) else :pauseReason::text end
     where id = :batchId and concluded_at is null`,
    at,
  );
}

/** A batch as lists show it. */
export interface BatchSummary {
  batchId: string;
  carteiraId: number;
  carteira: string;
  gateway: string | null;
  phase: BatchPhase;
  round: number;
  paused: boolean;
  pauseReason: string | null;
  concluding: boolean;
  selected: number | null;
  leftOut: number | null;
  registered: number;
  /** Items that ended or wait as a failure: rejected, uncertain, conflicting or put off. */
  failures: number;
  requestedBy: string;
  /** null for somebody whom this record does not know. */
  requestedByName: string | null;
  createdAt: Date;
  concludedAt: Date | null;
  concludedBy: string | null;
  concludedByName: string | null;
}

export interface BatchView extends BatchSummary {
  filters: BatchFilters;
  counts: BatchCounts;
  alerts: BatchAlert[];
}

/** Over the batches `b` that the caller chose, so that those of no other are counted. */
const summaryColumns = `
  b.id as "batchId", b.carteira_id as "carteiraId", c.description as carteira,
  coalesce(a.gateway, c.gateway) as gateway, b.phase, b.round, b.paused, b.pause_reason as "pauseReason", b.concluding,
  b.selected, b.left_out as "leftOut", coalesce(b.registered_items, n.registered, 0) as registered,
  coalesce(b.failed_items, n.failures, 0) as failures,
  b.requested_by as "requestedBy", ${nameOf('b.requested_by')} as "requestedByName", b.created_at as "createdAt",
  b.concluded_at as "concludedAt", b.concluded_by as "concludedBy",
  ${nameOf('b.concluded_by')} as "concludedByName"`;
const summaryJoins = `
  join carteira c on c.id = b.carteira_id
  left join gateway_account a on a.id = c.account_id
  left join lateral (
    select count(*) filter (where state = 'registered') as registered,
      count(*) filter (where state in ('rejected', 'unconfirmed', 'conflict', 'deferred')) as failures
    -- A batch that ended has its counts.
    from batch_item where batch_id = b.id and b.registered_items is null) n on true`;

export interface BatchPage {
  limit: number;
  /** The batchId and createdAt that the previous page ended with. */
  before?: { createdAt: Date; batchId: string } | undefined;
  open?: boolean | undefined;
  carteiraId?: number | undefined;
  /** A part of its number, of the carteira's name or of who asked for it; the carteira's id; or a título that it has. */
  q?: string | undefined;
  /** Absent = everything is seen. */
  viewer?: Viewer;
}

/** Newest first. */
export async function listBatches(knex: Knex, page: BatchPage): Promise<BatchSummary[]> {
  const { q } = page;
  const { rows } = await knex.raw<{ rows: BatchSummary[] }>(
    `select ${summaryColumns}
     from (
       select b.* from batch b join carteira c on c.id = b.carteira_id
       where (:createdAt::timestamptz is null or (b.created_at, b.id) < (:createdAt::timestamptz, :batchId::text))
         and (:open::boolean is null or (b.concluded_at is null) = :open::boolean)
         and (:carteiraId::bigint is null or b.carteira_id = :carteiraId::bigint)
         and ${batchIsSeen}
         and (:q::text is null or position(lower(:q::text) in lower(b.id)) > 0
           or position(lower(:q::text) in lower(c.description)) > 0 or b.carteira_id = :number::bigint
           or position(lower(:q::text) in lower(coalesce(${nameOf('b.requested_by')}, b.requested_by))) > 0
           or exists (select from app_user u where u.id = b.requested_by and lower(u.login) = lower(:q::text))
           or exists (select from batch_item i where i.batch_id = b.id and i.receivable_id = :number::bigint))
       order by b.created_at desc, b.id desc limit :limit) b ${summaryJoins}
     order by b.created_at desc, b.id desc`,
    {
      createdAt: page.before?.createdAt ?? null,
      batchId: page.before?.batchId ?? '',
      open: page.open ?? null,
      carteiraId: page.carteiraId ?? null,
      q: q ?? null,
      number: q !== undefined && /^\d{1,15}$/.test(q) ? Number(q) : null,
      limit: page.limit,
      ...viewerValues(page.viewer ?? { filiais: null, viewer: '' }),
    },
  );
  return rows;
}

/** @returns null when there is no such batch. */
export async function readBatch(knex: Knex, batchId: string): Promise<BatchView | null> {
  const { rows } = await knex.raw<{ rows: (BatchSummary & { filters: BatchFilters })[] }>(
    `select b.filters, ${summaryColumns} from batch b ${summaryJoins} where b.id = ?`,
    [batchId],
  );
  const [summary] = rows;
  if (!summary) return null;
  const counts = { ...(await countItems(knex, batchId)), withoutPix: await countWithoutPix(knex, batchId) };
  return { ...summary, counts, alerts: await readAlerts(knex, batchId) };
}
