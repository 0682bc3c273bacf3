import { z } from '@hono/zod-openapi';
import { fixers, type Fixer } from '../domain/catalogue/entry';
import { leftOutReasons } from '../domain/batch/filters';
import type { Answer } from './answer';
import { batchIdParam, centsSchema, dateSchema, erpKeySchema, idSchema, keyHeader } from './basics';
import { filtersSchema } from './filters';

const total = z.object({
  count: z.number().int(),
  amountCents: centsSchema,
  nearestDueDate: dateSchema.nullable(),
});

const defect = z.object({
  code: z.string(),
  field: z.string().openapi({ description: 'Em palavras do domínio' }),
  erpField: z.string().openapi({ description: 'Nome do campo no ERP' }),
  fixer: z.enum(Object.keys(fixers) as [Fixer]),
  whoFixes: z.string(),
  cause: z.string(),
  advice: z.string(),
});

export const dryRunSchema = z
  .object({
    carteiraId: idSchema,
    gateway: z.string(),
    credentials: z.enum(['complete', 'incomplete', 'notChecked']),
    selected: total.openapi({ description: 'O que uma comunicação selecionaria: prontos, com pendência e incertos' }),
    ready: total,
    pending: total,
    uncertain: total,
    causes: z.array(defect.extend({ count: z.number().int(), receivableIds: z.array(idSchema) })),
    leftOut: total,
    leftOutByReason: z.array(
      total.extend({ reason: z.enum(leftOutReasons), label: z.string(), otherBatchIds: z.array(batchIdParam) }),
    ),
    items: z
      .array(
        z.object({
          receivableId: idSchema,
          erpKey: erpKeySchema,
          customerId: idSchema,
          customerName: z.string(),
          dueDate: dateSchema,
          amountCents: centsSchema,
          defects: z.array(defect.extend({ message: z.string() })),
        }),
      )
      .openapi({ description: 'Os primeiros 500 com pendência, por vencimento' }),
  })
  .openapi('Simulacao');

export const startSchema = z.strictObject({ carteiraId: idSchema, filters: filtersSchema.default({}) });

export const startedSchema = z.object({
  batchId: batchIdParam,
  warning: z.string().nullable().openapi({ description: 'O que atrasa o começo; null = nada' }),
});
export const startHeaders = z.object({
  'idempotency-key': keyHeader('inicia outra comunicação', 'erp-2026-03-09-001'),
});

export type DryRunAnswer = Answer<typeof dryRunSchema>;
