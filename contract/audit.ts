import { z } from '@hono/zod-openapi';
import type { Answer } from './answer';
import { limitParam, pageOf } from './basics';

const entrySchema = z
  .object({
    id: z.number().int(),
    at: z.iso.datetime(),
    actor: z.string(),
    actorName: z.string().nullable(),
    action: z.string().openapi({ example: 'changeUser' }),
    entity: z.string().openapi({ example: 'user' }),
    entityId: z.string(),
    before: z.unknown().openapi({ description: 'O que havia; null quando nada' }),
    after: z.unknown().openapi({ description: 'O que passou a haver; null quando nada' }),
    reason: z.string().nullable(),
  })
  .openapi('Auditoria');

const words = (max: number) => z.string().min(1).max(max).optional();

export const USUAL_PAGE = 50;
const LARGEST_PAGE = 200;
export const auditQuery = z.object({
  entity: words(40).openapi({ example: 'receivable' }),
  entityId: words(100),
  actor: words(100),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .optional(),
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});
export const auditPageSchema = pageOf(entrySchema);

export type AuditEntry = Answer<typeof entrySchema>;
