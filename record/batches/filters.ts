import { z } from 'zod';
import { MAX_ACTION_IDS } from '../../domain/batch/batch';
import { parseLocalDate, type LocalDate } from '../../domain/kinds/dates';
import { contradictions, type BatchFilters } from '../../domain/batch/filters';
import type { Cents } from '../../domain/kinds/money';
import { refusal, type Refusal } from '../../domain/batch/refusals';

const MAX_TEXT = 80;
const MAX_NAME_SHOWN = 40;

const date = z
  .string()
  .transform((text) => parseLocalDate(text.trim()))
  .refine((parsed): parsed is LocalDate => parsed !== null)
  .describe('uma data que existe, como 2026-03-31 ou 31/03/2026');
const amount = z
  .int()
  .min(0)
  .transform((value) => value as Cents)
  .describe('um valor em centavos, inteiro e não negativo');
const id = z.int().min(1).describe('um ID: inteiro positivo');
const ids = z
  .array(id)
  .min(1)
  .max(MAX_ACTION_IDS)
  .transform((list) => [...new Set(list)].sort((a, b) => a - b))
  .describe(`uma lista de 1 a ${MAX_ACTION_IDS} IDs`);
const text = z.string().trim().min(1).max(MAX_TEXT).describe(`um texto de 1 a ${MAX_TEXT} caracteres`);

// Names as in domain/batch/filters.ts; `describe` is what the operator is told to give.
const fields = {
  dueFrom: date,
  dueTo: date,
  issuedFrom: date,
  issuedTo: date,
  amountFromCents: amount,
  amountToCents: amount,
  filialIds: ids,
  customerIds: ids,
  contractId: id,
  contractKind: z.enum(['recorrente', 'avulso', 'sem-contrato']).describe('recorrente, avulso ou sem-contrato'),
  personType: z.enum(['F', 'J']).describe('F ou J'),
  chargeType: text,
  lote: text,
  city: text,
  district: text,
  cep: z
    .string()
    .transform((value) => value.replace(/[.\s-]/g, ''))
    .refine((digits) => /^\d{5,8}$/.test(digits))
    .describe('um CEP de 8 dígitos, ou pelo menos os 5 primeiros'),
};
const filters = z.strictObject(fields).partial();

/**
 * Reads the filters of a communication from outside (CLI, API, Temporal); undefined and null = no filter.
 * Lists come back sorted and without repetitions, so that equal filters are equal JSON.
 * @returns a refusal that names the filter and says what was expected.
 */
export function parseFilters(input: unknown): BatchFilters | Refusal {
  const parsed = filters.safeParse(input ?? {});
  if (!parsed.success) return refusal('entradaInvalida', parsed.error.issues.map(explain).join('; '));
  const present = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  const found = contradictions(present);
  if (found.length > 0) return refusal('filtrosContraditorios', `Filtros que se contradizem: ${found.join('; ')}.`);
  return present;
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `filtro desconhecido: ${issue.keys.map((key) => key.slice(0, MAX_NAME_SHOWN)).join(', ')}`;
  const name = String(issue.path[0] ?? '');
  const field = (fields as Record<string, z.ZodType>)[name];
  return field ? `filtro ${name}: informe ${field.description}` : 'os filtros devem ser um objeto';
}
