import { z } from '@hono/zod-openapi';
import type { BatchPhase } from '../domain/batch/phases';
import type { ItemState } from '../domain/boleto/states';

/* What live progress says: the data of the events of `/comunicacoes/{batchId}/eventos`. The document has them in words. */

const seqParam = z
  .string()
  .regex(/^\d{1,15}$/, 'deve ser o número de um evento')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^\\d{1,15}$', example: '1042' })
  .optional();

/** One message, as a program reads it. */
export const messageSchema = z.object({
  event: z.enum(['item', 'progress', 'corrected']),
  id: z.string().optional(),
  data: z.string().openapi({ description: 'JSON' }),
});

export const eventsQuery = z.object({ desde: seqParam });
export const eventsHeaders = z.object({ 'last-event-id': seqParam });

/** How far a batch is, between two outcomes. */
export interface ProgressEvent {
  phase: BatchPhase;
  phaseLabel: string;
  round: number;
  paused: boolean;
  /** A code. */
  pauseReason: string | null;
  concluding: boolean;
  total: number;
  byState: Record<ItemState, number>;
  corrected: number;
  reconciled: number;
  /** Registered, without the Pix that their carteira asks for. */
  withoutPix: number;
  /** Of the live ones, those that go on by themselves. */
  due: number;
  ratePerMinute: number;
  /** ISO, as every instant. */
  estimatedEndAt: string | null;
  /** Since when nothing moves though something could be sent. */
  idleSince: string | null;
  lastSeq: number;
}

/** One outcome of one título; `seq` has no gaps within a batch. */
export interface ItemEvent {
  seq: number;
  ordinal: number;
  receivableId: number;
  state: ItemState;
  stateLabel: string;
  kind: string | null;
  code: string | null;
  round: number;
  at: string;
}

export interface CorrectedEvent {
  /** null: so many that whoever shows them reads them anew. */
  receivableId: number | null;
}
