import { z } from '@hono/zod-openapi';
import { deliveryFailures, TEST_EVENT, webhookEvents } from '../domain/webhooks';
import type { Answer } from './answer';
import { idParam, instantSchema, limitParam, listOf, nameSchema } from './basics';

const webhookSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    events: z.array(z.enum(webhookEvents)),
    filiais: z.array(z.number().int()).nullable().openapi({ description: 'null = todas' }),
    active: z.boolean(),
    stoppedBy: z.enum(['gone', 'noAnswer', 'tokenEnded']).nullable(),
    stoppedByLabel: z.string().nullable().openapi({ description: 'Por que o sistema o parou' }),
    createdBy: z.string(),
    tokenId: z
      .string()
      .nullable()
      .openapi({ description: 'Do programa que o criou: acaba com este token; null = uma pessoa responde por ele' }),
    createdAt: instantSchema,
    failures: z.number().int().openapi({ description: 'Falhas seguidas desde a última entrega' }),
    failingSince: instantSchema.nullable(),
    retryAt: instantSchema.nullable(),
    pending: z.number().int().openapi({ description: 'Avisos a entregar' }),
  })
  .openapi('Webhook');

const secretSchema = z
  .string()
  .openapi({ description: 'Para conferir as assinaturas; mostrado só agora', example: 'whsec_…' });

const name = nameSchema(100);

const filiaisSchema = z
  .array(z.number().int().min(1).max(Number.MAX_SAFE_INTEGER))
  .min(1)
  .max(1_000)
  .nullable()
  .openapi({ description: 'Só o que é destas; null = todas' });

const urlSchema = z.string().max(500).openapi({ format: 'uri', example: 'https://erp.exemplo.com.br/avisos' });

const eventsSchema = z
  .array(z.enum(webhookEvents))
  .min(1)
  .max(webhookEvents.length)
  .transform((events) => [...new Set(events)])
  .openapi({
    type: 'array',
    items: { type: 'string', enum: [...webhookEvents] },
    minItems: 1,
    maxItems: webhookEvents.length,
    description:
      'boleto.refused traz code (do banco ou da prévia); boleto.diverged traz reason: conflict, olderData (registrado com dados anteriores) ou twoAlive (dois boletos vivos). due.soon: um por dia e por carteira e filial, com near e overdue (quantos títulos vencem ou venceram sem boleto registrado). boleto.payableThoughClosed: o título foi cancelado ou recebido e o banco ainda aceita o pagamento.',
  });

export const newWebhookSchema = z.strictObject({
  name,
  url: urlSchema,
  events: eventsSchema,
  filiais: filiaisSchema,
});

export const webhookChangesSchema = z.strictObject({
  name: name.optional(),
  url: urlSchema.optional(),
  events: eventsSchema.optional(),
  filiais: filiaisSchema.optional(),
  active: z.boolean().optional(),
  newSecret: z
    .literal(true)
    .optional()
    .openapi({ description: 'Dá outro segredo; o anterior ainda assina por 24 horas' }),
});

const deliverySchema = z
  .object({
    id: z.number().int(),
    eventId: z.string().openapi({ description: 'O webhook-id: o mesmo em toda entrega deste aviso' }),
    type: z.enum([...webhookEvents, TEST_EVENT]),
    typeLabel: z.string(),
    data: z.record(z.string(), z.unknown()),
    state: z.enum(['pending', 'delivered', 'failed']),
    stateLabel: z.string(),
    tries: z.number().int(),
    createdAt: instantSchema,
    nextAt: instantSchema.nullable(),
    deliveredAt: instantSchema.nullable(),
    attempts: z
      .array(
        z.object({
          at: z.string(),
          durationMs: z.number().int(),
          httpStatus: z.number().int().nullable(),
          failure: z.enum(deliveryFailures).nullable(),
          failureLabel: z.string().nullable(),
          answer: z.string().nullable(),
        }),
      )
      .openapi({ description: 'As últimas tentativas, da mais nova à mais antiga' }),
  })
  .openapi('Entrega');

export const queuedSchema = z.object({ deliveryId: z.number().int() });

export const webhooksSchema = listOf(webhookSchema);
export const madeWebhookSchema = webhookSchema.extend({ secret: secretSchema }).openapi('WebhookNovo');
export const changedWebhookSchema = webhookSchema.extend({ secret: secretSchema.optional() }).openapi('WebhookMudado');
export const USUAL_PAGE = 50;
const LARGEST_PAGE = 200;
export const deliveriesQuery = z.object({
  state: z.enum(['pending', 'delivered', 'failed']).optional(),
  cursor: idParam.optional(),
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});
export const deliveryPageSchema = z.object({
  items: z.array(deliverySchema),
  next: z.string().nullable().openapi({ description: 'O cursor da página seguinte; null na última' }),
});

export type Webhook = Answer<typeof webhookSchema>;
/** With its secret, where that is new. */
export type ChangedWebhook = Answer<typeof changedWebhookSchema>;
