import type { Knex } from 'knex';
import type { ItemState } from '../../domain/boleto/states';

/** One outcome of a batch, as it was then: its item may have moved on since. */
export interface BatchEvent {
  /** 1, 2, 3 … within the batch, without gaps. */
  seq: number;
  ordinal: number;
  receivableId: number;
  state: ItemState;
  kind: string | null;
  code: string | null;
  round: number;
  at: Date;
}

/** In order; whoever reads on after the last seq of a page misses none (004_events). */
export async function eventsAfter(knex: Knex, batchId: string, seq: number, limit: number): Promise<BatchEvent[]> {
  const { rows } = await knex.raw<{ rows: BatchEvent[] }>(
    `select seq, ordinal, receivable_id as "receivableId", state, kind, code, round, at from batch_event
     where batch_id = ? and seq > ? order by seq limit ?`,
    [batchId, seq, limit],
  );
  return rows;
}

/** 0 before the first outcome, and for an unknown batch. */
export async function lastSeq(knex: Knex, batchId: string): Promise<number> {
  const counter = await knex('batch_event_counter')
    .where({ batch_id: batchId })
    .first<{ seq: number } | undefined>('seq');
  return counter?.seq ?? 0;
}
