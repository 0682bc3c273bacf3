import { z } from '@hono/zod-openapi';
import { importStates, importTypes } from '../domain/receivable/imports';
import { cursorParam, flagParam, instantSchema, keyHeader, limitParam, pageOf } from './basics';

const importTypeSchema = z.enum(importTypes);
export const importIdParam = z
  .string()
  .regex(/^i-[0-9a-f]{16}$/, 'deve ser o número de uma importação')
  .openapi({ example: 'i-0123456789abcdef' });

const countsSchema = z
  .object({ new: z.number().int(), changed: z.number().int(), unchanged: z.number().int() })
  .openapi('LinhasContadas');

export const importSchema = z
  .object({
    importId: importIdParam,
    state: z.enum(importStates),
    stateLabel: z.string(),
    ended: z.boolean().openapi({ description: 'Nada mais acontece; o relatório está completo' }),
    requestedBy: z.string(),
    format: z.enum(['jsonl', 'csv']),
    type: importTypeSchema
      .nullable()
      .openapi({ description: 'De um CSV; null: dito em cada linha, ou pelo cabeçalho' }),
    allOrNothing: z.boolean(),
    rows: z.number().int().openapi({ description: 'Linhas que chegaram' }),
    lines: z.number().int().openapi({ description: 'Linhas lidas até agora' }),
    counts: z
      .object({ filial: countsSchema, carteira: countsSchema, cliente: countsSchema, titulo: countsSchema })
      .nullable()
      .openapi({ description: 'O que entrou, por tipo; null enquanto anda, e quando nada foi importado' }),
    pending: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'Títulos cuja mudança espera o fim certo de uma chamada ao banco, e é aplicada depois' }),
    refused: z.number().int().nullable().openapi({ description: 'Linhas que não entraram; null enquanto anda' }),
    problems: z.number().int().nullable().openapi({ description: 'O que há em /linhas: uma linha pode ter vários' }),
    ignoredFields: z
      .record(z.string(), z.number().int())
      .openapi({ description: 'Campos que ninguém conhece, e em quantas linhas' }),
    keptGatewaySettings: z
      .array(z.string())
      .openapi({ description: 'Carteiras que mantêm convênio e conta definidos em Carteiras' }),
    message: z.string().nullable().openapi({ description: 'Por que o corpo inteiro não pôde ser lido' }),
    receivedAt: instantSchema,
    finishedAt: instantSchema.nullable(),
  })
  .openapi('Importacao');

const importLineSchema = z
  .object({
    line: z.number().int().openapi({ description: 'A partir de 1, como em um editor' }),
    key: z.string().nullable().openapi({ description: 'A chave do ERP; null: não pôde ser lida' }),
    field: z.string().nullable().openapi({ description: 'O nome do ERP; null: a linha inteira' }),
    code: z.string().openapi({ description: 'Estável, para programas' }),
    kind: z.enum(['form', 'reference', 'refused']).openapi({
      description:
        'form: mal escrita; reference: fala do que não existe; refused: bem escrita, mas agora não pode ser feita',
    }),
    message: z.string(),
  })
  .openapi('LinhaRecusada');

export const acceptedImportSchema = z.object({
  importId: importIdParam,
  rows: z.number().int(),
  warning: z.string().nullable().openapi({ description: 'O que atrasa o começo; null = nada' }),
});

export const importHeaders = z.object({
  'idempotency-key': keyHeader('importa outra vez', 'erp-2026-03-09-001'),
});
export const importQuery = z.object({
  tipo: importTypeSchema.optional().openapi({ description: 'De um CSV; sem ele, pelo cabeçalho' }),
  'tudo-ou-nada': flagParam.optional().openapi({ description: 'true: nada entra se uma linha não couber' }),
});
export const USUAL_PAGE = 50;
const LARGEST_PAGE = 200;
export const importsQuery = z.object({ cursor: cursorParam, limit: limitParam(LARGEST_PAGE, USUAL_PAGE) });
export const importPageSchema = pageOf(importSchema);
export const USUAL_LINES = 500;
const MOST_LINES = 1_000;
export const importLinesQuery = z.object({ cursor: cursorParam, limit: limitParam(MOST_LINES, USUAL_LINES) });
export const importLinePageSchema = pageOf(importLineSchema);
