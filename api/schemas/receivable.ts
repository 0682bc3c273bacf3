import { z } from '@hono/zod-openapi';
import { receivableStates, type ReceivableState } from '../../domain/receivableStates';
import { boletoStates, itemStates } from '../../domain/states';
import { batchIdParam, centsSchema, dateSchema, erpKeySchema, idSchema, instantSchema } from './basics';
import { failureWordsShape } from './item';

const stateSchema = z.enum(receivableStates as readonly ReceivableState[] as [ReceivableState]);

export const receivableRowSchema = z
  .object({
    id: idSchema,
    erpKey: erpKeySchema,
    customerId: idSchema,
    customerName: z.string(),
    filialId: idSchema,
    carteiraId: idSchema,
    carteira: z.string(),
    document: z.string(),
    installment: z.number().int(),
    issueDate: dateSchema,
    dueDate: dateSchema,
    amountCents: centsSchema,
    openAmountCents: centsSchema,
    status: z.enum(['A', 'R', 'P', 'C']),
    released: z.boolean(),
    impresso: z.boolean(),
    state: stateSchema,
    stateLabel: z.string(),
    corrected: z.boolean(),
    ourNumber: z.string().nullable(),
    batchId: batchIdParam.nullable().openapi({ description: 'A comunicação em andamento que o tem' }),
  })
  .openapi('Titulo');

export const earlierBoletoSchema = z
  .object({
    key: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .openapi({ description: 'Deste boleto: de outro é outra' }),
    ourNumber: z.string().nullable(),
    linhaDigitavel: z.string().nullable(),
    chargeId: z.string().nullable(),
    link: z.string().nullable(),
    pixTxid: z.string().nullable(),
    ignored: z.boolean().openapi({ description: 'Alguém decidiu registrar o título mesmo assim' }),
  })
  .openapi('BoletoAnterior');

/** By the ERP's names; dates and amounts as a correction takes them. */
const erpFields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export const receivableViewSchema = z
  .object({
    id: idSchema,
    erpKey: erpKeySchema,
    receivable: erpFields.openapi({ description: 'fn_areceber, pelos nomes do ERP; valores em reais como texto' }),
    customer: erpFields.openapi({ description: 'cliente, pelos nomes do ERP' }),
    carteira: z.object({
      id: idSchema,
      erpKey: erpKeySchema,
      description: z.string(),
      addressSource: z.enum(['main', 'billing']),
    }),
    filial: z.object({ id: idSchema, erpKey: erpKeySchema, name: z.string() }),
    version: z.number().int(),
    state: stateSchema,
    stateLabel: z.string(),
    corrected: z.boolean(),
    boleto: z
      .object({
        state: z.enum(boletoStates),
        ourNumber: z.string().nullable(),
        ownReference: z.string(),
        linhaDigitavel: z.string().nullable(),
        barcode: z.string().nullable(),
        pixEmv: z.string().nullable(),
        pixTxid: z.string().nullable(),
        link: z.string().nullable(),
        registeredAt: instantSchema.nullable(),
        olderData: z.boolean(),
        homologation: z.boolean(),
        divergence: z.array(z.string()).nullable(),
      })
      .nullable()
      .openapi({ description: 'Linha, código e Pix só de um boleto registrado' }),
    liveBatch: z
      .object({
        batchId: batchIdParam,
        ordinal: z.number().int(),
        state: z.enum(itemStates),
        stateLabel: z.string(),
        failureKind: z.string().nullable(),
        ...failureWordsShape,
      })
      .nullable(),
    earlierBoleto: earlierBoletoSchema
      .nullable()
      .openapi({ description: 'De outro sistema; null: nenhum, ou nada a decidir' }),
    waits: z.boolean().openapi({ description: 'Uma chamada ainda não tem fim certo: nada mais é enviado até ter' }),
    editable: z.array(z.string()).openapi({ description: 'Nomes dos campos que uma correção aceita agora' }),
  })
  .openapi('TituloDetalhes');
