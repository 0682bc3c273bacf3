import { z } from '@hono/zod-openapi';
import type { Answer } from './answer';
import { batchIdParam, idSchema, instantSchema, reasonSchema } from './basics';

/** By the ERP's names, as a person types them. */
const changesSchema = z
  .record(z.string().regex(/^[a-z_]{1,40}$/, 'não é o nome de um campo'), z.string().max(500))
  .refine((changes) => Object.keys(changes).length <= 40, 'tem campos demais')
  .openapi({
    ...{ type: 'object', additionalProperties: { type: 'string', maxLength: 500 }, maxProperties: 40 },
    // JSON Schema has it, the type of this library not.
    ...{ propertyNames: { pattern: '^[a-z_]{1,40}$' } },
    example: { cep: '01310-100' },
  });

export const correctionSchema = z.strictObject({
  changes: changesSchema,
  reason: reasonSchema.optional(),
  version: z
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .openapi({ description: 'A do título como foi lido: se alguém o mudou depois, nada é alterado' }),
});

export const checkRequestSchema = z.strictObject({ changes: changesSchema });

export const stillWrongSchema = z
  .object({
    code: z.string(),
    field: z.string().openapi({ description: 'Nome do campo no ERP' }),
    cause: z.string(),
    advice: z.string(),
    whoFixes: z.string(),
  })
  .openapi('Pendencia');

export const correctedSchema = z
  .object({
    receivableId: idSchema,
    changed: z.array(z.string()).openapi({ description: 'Campos que têm outro valor; vazio: já o tinham' }),
    version: z.number().int(),
    alsoAffected: z.number().int().openapi({ description: 'Outros títulos do mesmo cliente' }),
    waits: z.boolean(),
    waitsText: z.string().nullable(),
    bankWorkText: z.string().nullable().openapi({
      description: 'O que falta fazer no banco, que tem o boleto como era',
      example: 'o banco ainda tem 10/12/2026: alterar no banco',
    }),
    stillWrong: z
      .array(stillWrongSchema)
      .openapi({ description: 'Por que ainda seria recusado; com alguma pendência não conta como corrigido' }),
    stillWrongText: z.string().nullable(),
    batches: z.array(batchIdParam).openapi({ description: 'Comunicações em andamento que o têm' }),
    untold: z.array(batchIdParam).openapi({ description: 'As que verão a correção só no próximo passo' }),
  })
  .openapi('Correcao');

export const checkedSchema = z
  .object({
    ok: z.boolean(),
    refused: z
      .object({ code: z.string(), title: z.string() })
      .nullable()
      .openapi({ description: 'Não aceita correção' }),
    previa: z.boolean().openapi({ description: 'false: a carteira não tem gateway para a prévia' }),
    fields: z.array(
      z.object({
        field: z.string().openapi({ description: 'Nome do campo no ERP' }),
        message: z.string(),
        source: z.enum(['correcao', 'previa']),
        code: z.string().nullable(),
        whoFixes: z.string().nullable(),
        advice: z.string().nullable(),
        proposal: z.string().nullable().openapi({ description: 'O valor certo, onde se pode saber' }),
        touched: z.boolean().openapi({ description: 'O campo está entre os corrigidos' }),
      }),
    ),
  })
  .openapi('Validacao');

/** One value for all, or to each its own: the one that is proposed for its guilty field. */
const bulkValues = [
  { changes: changesSchema },
  {
    proposals: z.literal(true).openapi({
      description: 'No lugar de changes: a cada título a proposta do seu campo errado (proposal do item)',
    }),
  },
] as const;
const bulkTitulos = [
  { cause: z.string().regex(/^[0-9a-f]{32}$/, 'deve ser o código de uma causa') },
  { receivableIds: z.array(idSchema).min(1).max(5_000) },
] as const;
const bulk = <Values extends z.ZodRawShape, Titulos extends z.ZodRawShape>(values: Values, titulos: Titulos) =>
  z.strictObject({ batchId: batchIdParam, ...values, ...titulos, reason: reasonSchema.optional() });
export const bulkRequestSchema = z.union(
  [
    bulk(bulkValues[0], bulkTitulos[0]),
    bulk(bulkValues[0], bulkTitulos[1]),
    bulk(bulkValues[1], bulkTitulos[0]),
    bulk(bulkValues[1], bulkTitulos[1]),
  ],
  'deve ter cause ou receivableIds, um dos dois, e changes ou proposals, um dos dois',
);

const refusedTitulo = z.object({
  receivableId: idSchema,
  reason: z.enum(['foraDaComunicacao', 'closed', 'invalid', 'semProposta', 'stillWrong']),
  label: z.string(),
  message: z.string().nullable(),
});
const values = z.record(z.string(), z.unknown());

export const bulkPreviewSchema = z
  .object({
    targets: z.number().int(),
    wouldChange: z.number().int(),
    unchanged: z.number().int(),
    waiting: z.number().int().openapi({ description: 'Cuja correção espera o fim certo de uma chamada' }),
    registered: z
      .number()
      .int()
      .openapi({ description: 'Cujo boleto o banco já tem: o que ele sabe fica por alterar lá' }),
    stillWrong: z.number().int().openapi({ description: 'Corrigidos que ainda seriam recusados, por outro campo' }),
    examples: z.array(z.object({ receivableId: idSchema, customerName: z.string(), before: values, after: values })),
    refusedCount: z.number().int(),
    refused: z.array(refusedTitulo).openapi({ description: 'Os primeiros 500' }),
  })
  .openapi('PreviaDaCorrecao');

export const bulkResultSchema = z
  .object({
    correctionId: idSchema,
    corrected: z.number().int(),
    unchanged: z.number().int(),
    bankWork: z.number().int().openapi({ description: 'Dos corrigidos, os que ficam por alterar ou baixar no banco' }),
    stillWrong: z.number().int().openapi({ description: 'Dos corrigidos: ainda seriam recusados, por outro campo' }),
    refusedCount: z.number().int(),
    refused: z.array(refusedTitulo).openapi({ description: 'Os primeiros 500' }),
    batches: z.array(batchIdParam),
    untold: z.array(batchIdParam),
  })
  .openapi('CorrecaoEmMassa');

export const undoneSchema = z
  .object({
    undone: z.number().int(),
    touched: z.number().int().openapi({ description: 'Mudados depois por outros: ficaram como estão' }),
    refused: z.number().int().openapi({ description: 'Já registrados ou encerrados: ficaram como estão' }),
    batches: z.array(batchIdParam),
    untold: z.array(batchIdParam),
  })
  .openapi('CorrecaoDesfeita');

export const batchCorrectionsSchema = z
  .object({
    items: z.array(
      z.object({
        correctionId: idSchema,
        at: instantSchema,
        by: z.string().openapi({ description: 'Login opaco' }),
        byName: z.string().nullable(),
        changes: z
          .record(z.string(), z.string())
          .nullable()
          .openapi({ description: 'null: a cada título a sua proposta' }),
        corrected: z.number().int(),
        undoable: z.number().int().openapi({ description: 'Os que ninguém mudou desde então, e o banco não tem' }),
        undoneAt: instantSchema.nullable(),
      }),
    ),
  })
  .openapi('CorrecoesDaComunicacao');

export type BulkPreview = Answer<typeof bulkPreviewSchema>;
export type BulkResult = Answer<typeof bulkResultSchema>;
export type CorrectionOfMany = Answer<typeof batchCorrectionsSchema>['items'][number];
