import { z } from '@hono/zod-openapi';
import { receivableStates, type ReceivableState } from '../domain/receivable/receivableStates';
import { boletoStates, itemStates } from '../domain/boleto/states';
import type { Answer } from './answer';
import { stillWrongSchema } from './correction';
import {
  batchIdParam,
  centsSchema,
  cursorParam,
  dateParam,
  dateSchema,
  erpKeySchema,
  flagParam,
  idParam,
  idSchema,
  instantSchema,
  limitParam,
  pageOf,
  reasonSchema,
  searchParam,
} from './basics';
import { bankWorkSchema } from './bankWork';
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
    stillWrong: z.boolean().openapi({ description: 'Alterado desde a recusa, e ainda com pendência' }),
    ourNumber: z.string().nullable(),
    pixTxid: z.string().nullable(),
    withoutPix: z.boolean().openapi({ description: 'Registrado, sem o Pix que a carteira pede' }),
    batchId: batchIdParam.nullable().openapi({ description: 'A comunicação em andamento que o tem' }),
  })
  .openapi('Titulo');

const earlierBoletoSchema = z
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

export const earlierDecisionSchema = z.strictObject({
  decision: z.enum(['ignorar', 'manter']).openapi({ description: '`ignorar`: registrar mesmo assim' }),
  reason: reasonSchema,
  key: earlierBoletoSchema.shape.key
    .optional()
    .openapi({ description: 'A do boleto anterior como foi lido: se veio outro, nada é alterado' }),
});
export const earlierDecidedSchema = z.object({ receivableId: idSchema, earlierBoleto: earlierBoletoSchema });

/** Dates and amounts as a correction takes them. */
const erpValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** By the ERP's names. */
const erpFields = z.record(z.string(), erpValue);

const proposalSchema = z
  .object({
    id: idSchema,
    field: z.string().openapi({ description: 'Nome do campo no ERP' }),
    basis: erpValue.openapi({ description: 'O que o ERP dizia quando foi corrigido' }),
    value: erpValue.openapi({ description: 'A correção, que fica enquanto o ERP repete aquilo' }),
    who: z.string().openapi({ description: 'Nome de quem corrigiu, ou seu login opaco' }),
    at: instantSchema,
    conflict: z
      .object({ value: erpValue, at: instantSchema, key: z.string() })
      .nullable()
      .openapi({ description: 'O que o ERP diz agora: alguém decide' }),
  })
  .openapi('CorrecaoProposta');

export const conflictDecisionSchema = z.strictObject({
  decision: z.enum(['manter', 'aceitar']).openapi({ description: '`manter` a correção, ou `aceitar` o valor do ERP' }),
  reason: reasonSchema.optional(),
  key: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .openapi({ description: 'A do valor do ERP como foi lido: se veio outro, nada é alterado' }),
});
export const conflictDecidedSchema = z.object({
  receivableId: idSchema,
  field: z.string(),
  value: erpValue.openapi({ description: 'O que fica' }),
  bankWorkText: z.string().nullable(),
  batches: z.array(batchIdParam),
  untold: z.array(batchIdParam),
});

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
    stillWrong: z
      .array(stillWrongSchema)
      .openapi({ description: 'O que ainda falta a um título alterado desde a recusa' }),
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
        withoutPix: z.boolean().openapi({ description: 'Registrado, sem o Pix que a carteira pede' }),
        pixFetch: z
          .object({
            dueAt: instantSchema
              .nullable()
              .openapi({ description: 'Quando é pedido de novo; null: só por uma pessoa' }),
            tries: z.number().int(),
            message: z.string().nullable().openapi({ description: 'Por que a última tentativa não o trouxe' }),
          })
          .nullable()
          .openapi({ description: 'De um boleto sem Pix, o que se sabe da busca' }),
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
    proposals: z.array(proposalSchema).openapi({ description: 'Correções que o ERP ainda não tem' }),
    pendingChange: z
      .object({
        fields: z.array(z.object({ field: z.string(), value: erpValue, stored: erpValue })),
        who: z.string(),
        at: instantSchema,
      })
      .nullable()
      .openapi({ description: 'O que uma importação mudou, à espera do fim certo de uma chamada' }),
    // Not extended: as a part of both, null would be neither.
    bankWork: z
      .object({ ...bankWorkSchema.shape, words: z.string() })
      .nullable()
      .openapi({ description: 'O que falta fazer no banco' }),
    editable: z.array(z.string()).openapi({ description: 'Nomes dos campos que uma correção aceita agora' }),
  })
  .openapi('TituloDetalhes');

export const USUAL_PAGE = 50;
const LARGEST_PAGE = 200;

export const receivablesQuery = z.object({
  q: searchParam.optional(),
  carteiraId: idParam.optional(),
  filialId: idParam.optional(),
  state: receivableRowSchema.shape.state.optional(),
  withoutPix: flagParam.optional().openapi({ description: 'true: registrados sem o Pix que a carteira pede' }),
  dueFrom: dateParam.optional(),
  dueTo: dateParam.optional(),
  cursor: cursorParam,
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});
export const receivablePageSchema = pageOf(receivableRowSchema);

export const pixAskedSchema = z.object({ receivableId: idSchema });

export type Titulo = Answer<typeof receivableViewSchema>;
export type BoletoView = NonNullable<Titulo['boleto']>;
export type EarlierBoleto = Answer<typeof earlierBoletoSchema>;
export type Proposal = Answer<typeof proposalSchema>;
