import { z } from '@hono/zod-openapi';
import { receivableStates } from '../domain/receivable/receivableStates';
import { batchIdParam, centsSchema, dateSchema, idSchema, instantSchema, limitParam } from './basics';

/* What an ERP stores: the result of each título as it is now. */

export const registroFailureSchema = z
  .object({
    kind: z.string().nullable().openapi({ description: 'data, config, transient, ambiguous … (docs/failures.md)' }),
    cause: z.string().nullable().openapi({ description: 'Uma frase' }),
    known: z.boolean().nullable().openapi({ description: 'false: o catálogo não conhece este erro' }),
    whoFixes: z.string().nullable(),
    advice: z.string().nullable(),
    fieldName: z.string().nullable().openapi({ description: 'Nome do campo no ERP' }),
    bankCode: z.string().nullable().openapi({ description: 'Como o banco o disse; da prévia, o código dela' }),
    bankText: z.string().nullable(),
  })
  .openapi('FalhaDoRegistro');

const registroSchema = z
  .object({
    receivableId: idSchema,
    erpKey: z.string().openapi({ description: 'A chave do próprio ERP; sem uma, o ID da cobrança' }),
    carteiraId: idSchema,
    filialId: idSchema,
    state: z.enum(receivableStates),
    stateLabel: z.string(),
    impresso: z.boolean(),
    ourNumber: z.string().nullable().openapi({ description: 'Nosso número' }),
    ownReference: z.string().nullable().openapi({ description: 'Seu número' }),
    linhaDigitavel: z.string().nullable().openapi({ description: 'Códigos e link: só de um boleto registrado' }),
    barcode: z.string().nullable(),
    pixEmv: z.string().nullable().openapi({ description: 'Pix copia e cola' }),
    pixTxid: z.string().nullable(),
    link: z.string().nullable(),
    registeredAt: instantSchema.nullable(),
    dueDate: dateSchema.nullable().openapi({ description: 'Vencimento como está registrado no banco' }),
    amountCents: centsSchema.nullable().openapi({ description: 'Valor como está registrado no banco, em centavos' }),
    olderData: z.boolean().openapi({ description: 'Registrado com dados anteriores à última correção' }),
    homologation: z.boolean().openapi({ description: 'true: não vale nada' }),
    payableThoughClosed: z
      .boolean()
      .openapi({ description: 'O título foi cancelado ou recebido, e o banco ainda aceita o pagamento' }),
    failure: registroFailureSchema.nullable().openapi({ description: 'A última, enquanto nada está registrado' }),
    batchId: batchIdParam.nullable().openapi({ description: 'A comunicação, se quem pede a vê' }),
    changedAt: instantSchema,
    cursor: z.string().openapi({ description: 'O lugar depois deste registro, para quem guarda um de cada vez' }),
  })
  .openapi('Registro');

export const registrosSchema = z
  .object({
    registros: z.array(registroSchema),
    proximo: z.string().openapi({ description: 'Para `apos` do próximo pedido; guarde-o com os registros' }),
    haMais: z.boolean().openapi({ description: 'false: peça de novo daqui a alguns segundos' }),
  })
  .openapi('Registros');

export const LARGEST_PAGE = 1_000;
export const registrosQuery = z.object({
  apos: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+$/, 'não é um cursor')
    .openapi({
      ...{ type: 'string', maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' },
      description: 'O `proximo` da página anterior, ou o `cursor` do último registro guardado; sem ele, desde o começo',
    })
    .optional(),
  limite: limitParam(LARGEST_PAGE, LARGEST_PAGE),
});
