import { z } from '@hono/zod-openapi';
import { MAX_ACTION_IDS } from '../domain/batch/batch';
import type { Answer } from './answer';
import { dateParam, idSchema, instantSchema, listOf, nameSchema } from './basics';

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

export const savedFilterSchema = z
  .object({ id: idSchema, name: z.string(), carteiraId: idSchema, filters: filtersSchema, createdAt: instantSchema })
  .openapi('FiltroSalvo');

export const savedFiltersSchema = listOf(savedFilterSchema);
export const newFilterSchema = z.strictObject({ name: nameSchema(60), carteiraId: idSchema, filters: filtersSchema });

export type SavedFilter = Answer<typeof savedFilterSchema>;
