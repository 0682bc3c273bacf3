import type { z } from '@hono/zod-openapi';
import type { filtersSchema } from '../contract/filters';
import type { BatchFilters } from '../domain/batch/filters';
import { isRefusal } from '../domain/batch/refusals';
import { parseFilters } from '../record/batches/filters';
import type { Actor } from './access/actor';
import { Problem } from './problem';

/**
 * The filters as the record takes them, no wider than what the actor sees.
 * @throws Problem 422 `filtros_contraditorios`, 403 `filial_de_outro`
 */
export function filtersFor(actor: Pick<Actor, 'filiais'>, given: z.infer<typeof filtersSchema>): BatchFilters {
  const filters = parseFilters(given);
  if (isRefusal(filters)) throw new Problem(422, 'filtros_contraditorios', filters.message);
  const own = actor.filiais;
  if (own === null) return filters;
  const filialIds = (filters.filialIds ?? own).filter((id) => own.includes(id));
  if (filialIds.length === 0)
    throw new Problem(403, 'filial_de_outro', 'Nenhuma destas filiais é sua.', {
      hint: 'Escolha uma das suas filiais, ou nenhuma para todas as suas.',
    });
  // Once more, for their order: equal filters are equal JSON.
  return parseFilters({ ...filters, filialIds }) as BatchFilters;
}
