import { z } from '@hono/zod-openapi';
import { bankWorkKinds, bankWorkOrigins } from '../domain/receivable/bankWork';
import type { Answer } from './answer';
import {
  centsSchema,
  cursorParam,
  dateSchema,
  idParam,
  idSchema,
  instantSchema,
  limitParam,
  pageOf,
  reasonSchema,
} from './basics';

/* What is to be done at the bank, as the API tells it. */

/** As addresses and queries have it. */
const workKindParam = z.enum(['alterar', 'baixar']);
export const workKindOf = { alterar: 'alter', baixar: 'cancel' } as const;

export const bankWorkSchema = z
  .object({
    id: idSchema,
    receivableId: idSchema,
    kind: z.enum(bankWorkKinds),
    kindLabel: z.string().openapi({ example: 'alterar no banco' }),
    fields: z.array(
      z.object({
        field: z.string().openapi({ description: 'Nome do campo no ERP' }),
        bank: z.union([z.string(), z.number()]).nullable().openapi({ description: 'Valores em centavos' }),
        wanted: z.union([z.string(), z.number()]),
        bankText: z.string(),
        wantedText: z.string(),
      }),
    ),
    origin: z.enum(bankWorkOrigins),
    originLabel: z.string(),
    by: z.string().nullable().openapi({ description: 'Login opaco; null = o sistema' }),
    openedAt: instantSchema,
    changedAt: instantSchema.openapi({ description: 'Quando o que se quer mudou pela última vez' }),
  })
  .openapi('PendenciaNoBanco');

const bankWorkRowSchema = bankWorkSchema
  .extend({
    customerName: z.string(),
    filialId: idSchema,
    carteiraId: idSchema,
    carteira: z.string(),
    dueDate: dateSchema,
    openAmountCents: centsSchema,
    ourNumber: z.string().nullable(),
  })
  .openapi('PendenciaNoBancoDaLista');

export const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
export const bankWorkQuery = z.object({
  carteiraId: idParam.optional(),
  kind: workKindParam.optional(),
  cursor: cursorParam,
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});
export const bankWorkPageSchema = pageOf(bankWorkRowSchema).extend({
  counts: z
    .object({ alter: z.number().int(), cancel: z.number().int() })
    .openapi({ description: 'De cada tipo, com os mesmos filtros menos o tipo' }),
});

export const workDoneRequest = z.strictObject({
  reason: reasonSchema,
  changedAt: z.iso
    .datetime({ offset: true })
    .optional()
    .openapi({
      ...{ type: 'string', format: 'date-time' },
      description: 'A da pendência como foi lida: se o que se quer mudou depois, nada é alterado',
    }),
});
export const workDoneSchema = z.object({ id: idSchema, receivableId: idSchema, closedAt: instantSchema });

export type BankWork = Answer<typeof bankWorkSchema>;
export type BankWorkRow = Answer<typeof bankWorkRowSchema>;
