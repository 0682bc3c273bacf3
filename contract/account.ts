import { z } from '@hono/zod-openapi';
import type { Answer } from './answer';
import { listOf, searchParam } from './basics';

/* A carteira, its account at a gateway, and how that one is. */

export const limitSchema = z
  .strictObject({
    calls: z.number().int().min(1).max(1_000_000),
    windowMs: z.number().int().min(1).max(86_400_000),
  })
  .openapi('Limite');

export const limitsSchema = z.strictObject({ register: limitSchema.optional(), read: limitSchema.optional() });

const carteiraSummarySchema = z
  .object({
    id: z.number().int(),
    description: z.string(),
    filialId: z.number().int().nullable(),
    gateway: z.string().nullable(),
    convenio: z.string().nullable(),
    accountId: z.number().int().nullable(),
    code: z.string(),
    variation: z.string(),
    timeoutSeconds: z.number().int(),
  })
  .openapi('CarteiraResumo');

const accountHealthSchema = z.object({
  credentialsReadable: z.boolean().openapi({ description: 'false: guardadas com outra SECRETS_KEY' }),
  certificateExpiresAt: z.iso.datetime().nullable().openapi({ description: 'null: a conta não tem certificado' }),
  token: z
    .object({
      obtainedAt: z.iso.datetime().nullable(),
      usableUntil: z.iso.datetime().nullable().openapi({ description: 'null: o banco recusou este token' }),
      accepted: z.boolean().openapi({ description: 'O banco aceitou uma chamada feita com ele' }),
      refusedInARow: z.number().int(),
    })
    .nullable()
    .openapi({ description: 'null: nenhum foi pedido ainda' }),
});

const versionSchema = z.string().regex(/^\d{1,10}-\d{1,10}$/);

export const carteiraSchema = carteiraSummarySchema
  .extend({
    version: versionSchema.openapi({ description: 'Da definição e da conta; muda com elas. Também no cabeçalho ETag' }),
    especie: z.string(),
    addressSource: z.enum(['main', 'billing']),
    homologation: z.boolean(),
    pix: z.boolean(),
    acceptsInvalidCodes: z.boolean(),
    agency: z.string().nullable().openapi({ description: 'Do beneficiário, sem o dígito; null: não informada' }),
    bankAccount: z.string().nullable(),
    interestPercent: z.number(),
    finePercent: z.number(),
    discountPercent: z.number(),
    dailyInterestCents: z.number().int().openapi({ description: 'Juros por dia de atraso, em centavos' }),
    fineCents: z.number().int(),
    graceDays: z.number().int().openapi({ description: 'Dias após o vencimento sem juros nem multa' }),
    discountCents: z.number().int(),
    discountDays: z.number().int().openapi({ description: 'Limite do desconto, em dias antes do vencimento' }),
    furtherDiscounts: z
      .array(z.object({ percent: z.number(), amountCents: z.number().int(), days: z.number().int() }))
      .openapi({ description: 'O segundo e o terceiro desconto, onde há' }),
    writeOffDays: z
      .number()
      .int()
      .nullable()
      .openapi({ description: '0: não recebe depois do vencimento; null: pelo prazo do convênio' }),
    account: z
      .object({
        id: z.number().int(),
        baseUrl: z.string(),
        authUrl: z.string().nullable().openapi({ description: 'null: o gateway não dá token' }),
        limits: limitsSchema,
        carteiras: z.array(z.number().int()).openapi({ description: 'As da conta que são das suas filiais' }),
        nextNumber: z.number().int().nullable(),
        health: accountHealthSchema,
      })
      .nullable(),
  })
  .openapi('Carteira');

/** Printable: nothing else is stored. Left as a pattern of its own, so that the document says it, too. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[\x21-\x7e]+$/, 'só pode ter letras sem acento, dígitos e sinais');

/** @param gateways names of those that this system knows */
export const definitionSchema = (gateways: readonly string[]) =>
  z
    .strictObject({
      gateway: z.enum(gateways),
      baseUrl: text(500),
      authUrl: text(500).optional().openapi({ description: 'Onde o gateway dá um token: veja GET /gateways' }),
      convenio: text(20).optional().openapi({ description: 'Onde o gateway tem um, e a carteira ainda não o diz' }),
      credentials: z
        .record(z.string().max(50), z.string().max(20_000))
        .openapi({ description: 'As chaves que o gateway pede; nunca são devolvidas', writeOnly: true }),
      variation: text(10).optional(),
      code: text(10).optional(),
      timeoutSeconds: z.number().int().min(1).max(300).optional(),
      addressSource: z.enum(['main', 'billing']).optional(),
      pix: z.boolean().optional(),
      acceptInvalidCodes: z.boolean().optional(),
      agency: text(10).optional().openapi({ description: 'Do beneficiário, sem o dígito verificador', example: '452' }),
      bankAccount: text(20).optional().openapi({ description: 'O mesmo da conta', example: '123873' }),
      limits: limitsSchema.optional(),
      nextNumber: z.number().int().min(1).max(9_999_999_999).optional(),
      version: versionSchema
        .optional()
        .openapi({ description: 'Da carteira como foi lida: se alguém a mudou depois, nada é alterado' }),
    })
    .openapi('ContaDeGateway');

const stepSchema = z
  .object({
    step: z.string().openapi({ description: 'Um código do gateway', example: 'token' }),
    stepLabel: z.string(),
    ok: z.boolean(),
    message: z.string(),
    advice: z.string().nullable(),
  })
  .openapi('PassoDoTeste');

export const carteirasQuery = z.object({ q: searchParam.optional() });
export const carteirasSchema = listOf(carteiraSummarySchema);
export const accountTestSchema = z.object({ ok: z.boolean(), steps: z.array(stepSchema) });

export type Limit = Answer<typeof limitSchema>;
export type CarteiraSummary = Answer<typeof carteiraSummarySchema>;
export type Carteira = Answer<typeof carteiraSchema>;
export type TestStep = Answer<typeof stepSchema>;
