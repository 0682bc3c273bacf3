import type { Knex } from 'knex';
import { z } from 'zod';
import { openBatch as open } from '../record/batches/batches';
import { parseFilters } from '../record/batches/filters';
import { opaque } from '../record/access/people';
import { TEMPORAL } from '../domain/kinds/actors';
import { isRefusal, refusal, type Refusal } from '../domain/batch/refusals';
import type { BatchOpened } from './index';

// The workflow can be started by anybody, also with the stock temporal CLI: its input is parsed like any other.
const input = z.strictObject({
  batchId: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .describe('de 1 a 64 letras, algarismos, ponto, hífen ou sublinhado, começando por letra ou algarismo'),
  carteiraId: z.int().min(1).describe('o ID da carteira, um inteiro positivo'),
  filters: z.unknown().optional(),
  by: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .describe('o login de quem pede: até 64 letras, algarismos, ponto, hífen ou sublinhado, nunca um e-mail'),
});

export async function openBatch(
  knex: Knex,
  searchAttributes: boolean,
  untrusted: unknown,
): Promise<BatchOpened | Refusal> {
  const parsed = input.safeParse(untrusted);
  if (!parsed.success) return refusal('entradaInvalida', parsed.error.issues.map(explain).join('; '));
  const { batchId, carteiraId } = parsed.data;
  const filters = parsed.data.filters === undefined ? undefined : parseFilters(parsed.data.filters);
  if (filters !== undefined && isRefusal(filters)) return filters;
  // Whoever wrote the batch down is known from there; of anybody else all that is known is the way they came.
  const opened = await open(knex, { batchId, carteiraId, by: TEMPORAL, ...(filters === undefined ? {} : { filters }) });
  return isRefusal(opened) ? opened : { ...opened, by: opaque(opened.by), searchAttributes };
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `campo desconhecido: ${issue.keys.map((key) => key.slice(0, 40)).join(', ')}`;
  const name = String(issue.path[0] ?? '');
  const field = (input.shape as Record<string, z.ZodType>)[name];
  return field
    ? `${name}: informe ${field.description}`
    : 'a entrada deve ser um objeto {batchId, carteiraId, filters, by}';
}
