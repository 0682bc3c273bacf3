import { z } from '@hono/zod-openapi';
import { batchPhases } from '../domain/batch/phases';
import { itemStates } from '../domain/boleto/states';
import type { Answer } from './answer';
import { instantSchema } from './basics';

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

const count = z.number().int().min(0);
/** How far a batch is, between two outcomes. */
const progress = z.object({
  phase: z.enum(batchPhases),
  phaseLabel: z.string(),
  round: count,
  paused: z.boolean(),
  /** A code. */
  pauseReason: z.string().nullable(),
  concluding: z.boolean(),
  total: count,
  byState: z.record(z.enum(itemStates), count),
  corrected: count,
  reconciled: count,
  /** Registered, without the Pix that their carteira asks for. */
  withoutPix: count,
  /** Of the live ones, those that go on by themselves. */
  due: count,
  ratePerMinute: count,
  estimatedEndAt: instantSchema.nullable(),
  /** Since when nothing moves though something could be sent. */
  idleSince: instantSchema.nullable(),
  lastSeq: count,
});
/** One outcome of one título; `seq` has no gaps within a batch. */
const item = z.object({
  seq: count,
  ordinal: count,
  receivableId: count,
  state: z.enum(itemStates),
  stateLabel: z.string(),
  kind: z.string().nullable(),
  code: z.string().nullable(),
  round: count,
  at: instantSchema,
});
const corrected = z.object({
  /** null: so many that whoever shows them reads them anew. */
  receivableId: z.number().int().nullable(),
});

/** By their names in the stream. */
export const batchEvents = { progress, item, corrected };

export type ProgressEvent = Answer<(typeof batchEvents)['progress']>;
export type ItemEvent = Answer<(typeof batchEvents)['item']>;
export type CorrectedEvent = Answer<(typeof batchEvents)['corrected']>;
