import { z } from '@hono/zod-openapi';
import { findingKinds, reviewStates } from '../domain/account/bankReview';
import type { Answer } from './answer';
import {
  cursorParam,
  dateParam,
  dateSchema,
  idSchema,
  instantSchema,
  keyHeader,
  limitParam,
  listOf,
  pageOf,
} from './basics';

/* What a bank has registered, held against the record. */

export const reviewRequestSchema = z.strictObject({
  from: dateParam.openapi({ description: 'Registrados no banco deste dia em diante' }),
  to: dateParam.optional().openapi({ description: 'Até este dia; sem ele, até hoje' }),
});

export const reviewIdParam = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'deve ser o número de uma conferência')
  .openapi({ example: 'v-0123456789abcdef' });

const kindSchema = z.enum(findingKinds);

export const reviewSchema = z
  .object({
    reviewId: z.string(),
    carteiraId: idSchema,
    from: dateSchema,
    to: dateSchema,
    requestedBy: z.string(),
    state: z.enum(reviewStates),
    stateLabel: z.string(),
    ended: z.boolean(),
    pages: z.number().int(),
    listed: z.number().int().openapi({ description: 'Boletos na lista do banco' }),
    equal: z.number().int().openapi({ description: 'Como constam aqui' }),
    pending: z.number().int().openapi({ description: 'Por consultar' }),
    otherConvenio: z.number().int().openapi({ description: 'De outros convênios da mesma conta: deixados de lado' }),
    unreadable: z.number().int().openapi({ description: 'Linhas da lista que não puderam ser lidas' }),
    findings: z.array(z.object({ kind: kindSchema, label: z.string(), advice: z.string(), count: z.number().int() })),
    remarks: z.array(z.string()).openapi({ description: 'O que mais é preciso saber, uma frase cada' }),
    problem: z.string().nullable().openapi({ description: 'Por que não anda, ou por que foi interrompida' }),
    nextNumber: z.object({ before: z.number().int(), after: z.number().int() }).nullable(),
    startedAt: instantSchema,
    finishedAt: instantSchema.nullable(),
  })
  .openapi('Conferencia');

const findingSchema = z
  .object({
    number: z.string(),
    kind: kindSchema,
    label: z.string(),
    receivableId: idSchema.nullable(),
    amountCents: z.number().int().nullable(),
    dueDate: dateSchema.nullable(),
    registeredOn: dateSchema.nullable(),
    status: z.string().nullable().openapi({ description: 'A situação no banco' }),
    sentAmountCents: z.number().int().nullable().openapi({ description: 'Com que foi enviado daqui' }),
    sentDueDate: dateSchema.nullable(),
    differences: z.string().openapi({ description: 'O que difere; vazio = nada' }),
    unlisted: z.boolean().openapi({ description: 'O banco o tem, e a lista não o mostrou' }),
  })
  .openapi('AchadoDaConferencia');

export const reviewBegunSchema = z.object({
  reviewId: z.string(),
  warning: z.string().nullable().openapi({ description: 'O que atrasa o começo; null = nada' }),
});

export const reviewHeaders = z.object({
  'idempotency-key': keyHeader('pede outra conferência', 'conferencia-2026-03-09-001'),
});
export const reviewsSchema = listOf(reviewSchema);
export const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
export const findingsQuery = z.object({
  kind: kindSchema.optional(),
  cursor: cursorParam,
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});
export const findingPageSchema = pageOf(findingSchema);

export type Review = Answer<typeof reviewSchema>;
export type ReviewFinding = Answer<typeof findingSchema>;
