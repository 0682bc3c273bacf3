import { z } from '@hono/zod-openapi';
import { MAX_ACTION_IDS } from '../domain/batch/batch';
import type { Answer } from './answer';
import { idSchema, reasonSchema } from './basics';

/** More than this in one request takes longer than anybody waits. */
const MAX_DISCARDED = 5_000;

const code = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'deve ter de 1 a 64 letras, dígitos, ponto, _ ou -');

const base = {
  actionId: code.optional().openapi({ description: 'Repetida com o mesmo, a ação responde o mesmo' }),
  reasonCode: code.optional().openapi({ description: 'Um código; vai também ao Temporal' }),
  reason: reasonSchema.optional(),
};

const ids = (most: number) => z.array(idSchema).min(1).max(most);

const decided = { ...base, decision: z.enum(['registered', 'absent', 'newNumber']) };

export const actionBodies = {
  refazer: z.discriminatedUnion(
    'scope',
    [
      z.strictObject({ ...base, scope: z.enum(['corrected', 'all']) }),
      z.strictObject({ ...base, scope: z.literal('selected'), receivableIds: ids(MAX_ACTION_IDS) }),
    ],
    'deve ser corrected, all, ou selected com receivableIds',
  ),
  descartar: z.strictObject({ ...base, receivableIds: ids(MAX_DISCARDED) }),
  resolver: z.union(
    [
      z.strictObject({ ...decided, receivableId: idSchema }),
      z.strictObject({ ...decided, receivableIds: ids(MAX_ACTION_IDS) }),
    ],
    'deve ter receivableId, ou receivableIds com a mesma decisão para todos',
  ),
  reexaminar: z.strictObject({ ...base, receivableIds: ids(MAX_ACTION_IDS).optional() }),
  pausar: z.strictObject(base),
  retomar: z.strictObject(base),
  concluir: z.strictObject(base),
};

export const actionResultSchema = z
  .object({
    changed: z.number().int(),
    refused: z.array(z.object({ receivableId: idSchema, reason: z.string(), label: z.string() })),
    round: z.number().int().optional().openapi({ description: 'A rodada que refazer começou' }),
    unresolved: z.number().int().optional().openapi({ description: 'Incertos que a conclusão ainda procura no banco' }),
  })
  .openapi('ResultadoDaAcao');

export type ActionName = keyof typeof actionBodies;
export type ActionAnswer = Answer<typeof actionResultSchema>;
