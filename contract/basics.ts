import { z } from '@hono/zod-openapi';
import { BATCH_ID } from '../domain/batch/names';
import { MAX_KEY } from '../domain/receivable/erpKey';

/*
 * Kinds of values that several parts of the API have in common. Text is stored in one form (NFC), each letter in one
 * character with its accent: what came in another would be printed and found as another.
 */

const LARGEST_ID = Number.MAX_SAFE_INTEGER;

export const idSchema = z.number().int().min(1).max(LARGEST_ID);
/** An id as a part of the address, or of its query. */
export const idParam = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'deve ser um ID: inteiro positivo')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^[1-9]\\d{0,14}$', example: '1042' });
/** Beside an id: what the ERP calls it by, where that is not the id itself. */
export const erpKeySchema = z.string().nullable().openapi({ description: 'A chave no ERP, quando não é o próprio ID' });
export const batchIdParam = z
  .string()
  .regex(BATCH_ID, 'deve ser o número de uma comunicação')
  .openapi({ example: '20260309-ab12cd34' });
export const centsSchema = z.number().int().openapi({ description: 'Em centavos' });
export const dateSchema = z.string().openapi({ format: 'date', example: '2026-03-31' });
export const instantSchema = z.string().openapi({ format: 'date-time' });
/** A date of a request, which has to exist. */
export const dateParam = z.iso
  .date('deve ser uma data que existe, aaaa-mm-dd')
  .regex(/^(19|[2-9]\d)\d\d-/, 'deve ser de 1900 em diante')
  .openapi({ format: 'date', pattern: '^(19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$', example: '2026-03-31' });
/** A flag of a query. */
export const flagParam = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .openapi({ type: 'string', enum: ['true', 'false'] });

/** Something besides blanks, and nothing that cannot be printed; as the document says it, where engines know no \\p. */
const CONTROL = '\\u0000-\\u001f\\u007f-\\u009f';
const WORDS = `^[^${CONTROL}]*[^\\s${CONTROL}\\ufeff][^${CONTROL}]*$`;

/** What is looked for: printable, since nothing else is stored. */
export const searchParam = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'tem um caractere de controle')
  .openapi({ type: 'string', minLength: 1, maxLength: 80, pattern: WORDS, description: 'O que se procura' });
/** A título in an address: its ID da cobrança, or the ERP's key. Which it is, and whether there is one, the record knows. */
export const receivableParam = z
  .string()
  .refine((text) => [...text].length <= MAX_KEY, `tem mais de ${MAX_KEY} caracteres`)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'tem um caractere de controle')
  .openapi({
    ...{ type: 'string', minLength: 1, maxLength: MAX_KEY, pattern: WORDS, example: '1042' },
    description: 'ID da cobrança, ou a chave no ERP',
  });
/** What a person calls something. */
export function nameSchema(largest: number) {
  return z
    .string()
    .normalize('NFC')
    .trim()
    .min(1)
    .max(largest)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'tem um caractere de controle')
    .openapi({ type: 'string', minLength: 1, maxLength: largest, pattern: WORDS });
}
/** Free text of a person: kept in the audit of the record, and nowhere else. */
export const reasonSchema = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'tem um caractere de controle')
  .openapi({
    ...{ type: 'string', minLength: 1, maxLength: 500, pattern: WORDS },
    description: 'Com as palavras da pessoa; fica só na auditoria',
  });

export function limitParam(largest: number, usual: number) {
  return z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'deve ser um número')
    .transform(Number)
    .refine((limit) => limit <= largest, `no máximo ${largest}`)
    .openapi({
      ...{ type: 'integer', minimum: 1, maximum: largest },
      description: `Quantos por página: até ${largest}; ${usual} sem ele`,
    })
    .optional();
}

/** Opaque for whoever reads it. */
const nextSchema = z.string().nullable().openapi({ description: 'O cursor da página seguinte; null na última' });

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item) });
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: nextSchema });
}

/** A place in a list, as a page before gave it (api/cursor.ts). */
export const cursorParam = z.string().min(1).max(200).optional();

/** An Idempotency-Key. @param again what the same value does not do once more */
export function keyHeader(again: string, example: string) {
  return z
    .string({ error: `é obrigatório: o mesmo valor repetido não ${again}` })
    .regex(/^[A-Za-z0-9._-]{8,64}$/, 'deve ter de 8 a 64 letras, dígitos, ponto, _ ou -')
    .openapi({ example });
}
