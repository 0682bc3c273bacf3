import { z } from '@hono/zod-openapi';
import { parseFilters } from '../../record/batches/filters';
import { MAX_ACTION_IDS } from '../../domain/batch/batch';
import type { BatchFilters } from '../../domain/batch/filters';
import { isRefusal } from '../../domain/batch/refusals';
import type { Actor } from '../access/actor';
import { Problem } from '../problem';
import { dateParam, idSchema, nameSchema } from './basics';

const text = nameSchema(80);
const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const ids = z.array(idSchema).min(1).max(MAX_ACTION_IDS);

/** Those of Emissão de Boletos; Impresso is always Não. */
export const filtersSchema = z
  .strictObject({
    dueFrom: dateParam,
    dueTo: dateParam,
    issuedFrom: dateParam,
    issuedTo: dateParam,
    amountFromCents: amount,
    amountToCents: amount,
    filialIds: ids,
    customerIds: ids,
    contractId: idSchema,
    contractKind: z.enum(['recorrente', 'avulso', 'sem-contrato']),
    personType: z.enum(['F', 'J']),
    chargeType: text,
    lote: text,
    city: text,
    district: text,
    cep: z
      .string()
      .regex(/^\d{5,8}$/, 'deve ter de 5 a 8 dígitos')
      .openapi({ description: 'O CEP, ou o seu começo' }),
  })
  .partial()
  .openapi('Filtros');

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
