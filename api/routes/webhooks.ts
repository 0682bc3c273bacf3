import { randomBytes, randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { addressProblem } from '../../config/publicAddress';
import {
  deleteWebhook,
  insertWebhook,
  listWebhooks,
  readWebhook,
  updateWebhook,
  type WebhookChanges,
  type WebhookRow,
} from '../../record/outbox/webhooks';
import {
  insertTestDelivery,
  listDeliveries,
  sendAgain,
  type DeliveryView,
} from '../../record/outbox/webhookDeliveries';
import {
  deliveryFailureLabels,
  deliveryFailures,
  deliveryStateLabels,
  TEST_EVENT,
  webhookEventLabels,
  webhookEvents,
  type DeliveryState,
} from '../../domain/webhooks';
import { webhookPlace } from '../../domain/account/sealedPlaces';
import { refuseUngrantable } from '../access/grantable';
import { newId } from '../access/secrets';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';
import { idParam, instantSchema, limitParam, nameSchema } from '../schemas/basics';

const SECRET_BYTES = 32;
const LARGEST_PAGE = 200;
const USUAL_PAGE = 50;

const stoppedByLabels = {
  gone: 'O servidor respondeu que não quer mais avisos (410)',
  noAnswer: 'O servidor falhou por cinco dias seguidos',
  tokenEnded: 'O token que o criou venceu, foi revogado ou não vê mais as filiais dele',
} as const;

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

const newWebhookSchema = z.strictObject({
  name,
  url: urlSchema,
  events: eventsSchema,
  filiais: filiaisSchema,
});
const changesSchema = z.strictObject({
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

const params = z.object({ id: z.string().regex(/^w-[0-9a-f]{12}$/) });
const queued = z.object({ deliveryId: z.number().int() });
const tags = ['Webhooks'];

/** Other programs that are told; the worker delivers. */
export function webhooksRoutes({ knex, secretBox, loopbackWebhooks = false, webhookNetworks = [] }: ApiDeps) {
  const newSecret = () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

  /** As it is called: what a person typed may hold what no address has. */
  const checkedAddress = (url: string): string => {
    const message = addressProblem(url, { loopback: loopbackWebhooks, networks: webhookNetworks });
    if (message === null) return new URL(url).href;
    throw new Problem(422, 'endereco_recusado', 'Avisos não podem ir a este endereço.', {
      fields: [{ field: 'url', message }],
    });
  };

  const ownWebhook = async (id: string, filiais: readonly number[] | null) => {
    const webhook = await readWebhook(knex, id, filiais);
    if (!webhook) throw notFound(`O webhook ${id}`);
    return webhook;
  };

  return router()
    .openapi(
      secured('operador', {
        ...{ method: 'get', path: '/webhooks', tags, summary: 'Quem recebe avisos' },
        responses: { 200: json(z.object({ items: z.array(webhookSchema) }), 'Do mais novo ao mais antigo') },
      }),
      async (context) => {
        const webhooks = await listWebhooks(knex, context.get('actor').filiais);
        return context.json({ items: webhooks.map(shown) }, 200);
      },
    )
    .openapi(
      secured(
        'operador',
        {
          ...{ method: 'post', path: '/webhooks', tags, summary: 'Avisa um programa do que acontece' },
          description:
            'Avisos assinados pelo padrão Standard Webhooks, por https; os dados são só identificadores. Um aviso pode chegar mais de uma vez, com o mesmo `webhook-id`.',
          request: jsonBody(newWebhookSchema),
          responses: { 201: json(webhookSchema.extend({ secret: secretSchema }).openapi('WebhookNovo'), 'O webhook') },
        },
        { confirmed: 'people' },
      ),
      async (context) => {
        const actor = context.get('actor');
        const wanted = context.req.valid('json');
        const url = checkedAddress(wanted.url);
        await refuseUngrantable(knex, actor, wanted.filiais);
        if (actor.via === 'token' && wanted.filiais === null)
          throw new Problem(422, 'filiais_exigidas', 'Um token diz de quais filiais quer avisos.', {
            fields: [{ field: 'filiais', message: 'não pode ser null' }],
          });
        const tokenId = actor.via === 'token' ? actor.id : null;
        const secret = newSecret();
        const id = newId('w');
        const sealed = secretBox.seal(secret, webhookPlace(id));
        const made = await insertWebhook(knex, { ...wanted, ...{ url, id, secret: sealed, by: actor.id, tokenId } });
        return context.json({ ...shown(made), secret }, 201);
      },
    )
    .openapi(
      secured(
        'operador',
        {
          ...{ method: 'patch', path: '/webhooks/{id}', tags, summary: 'Muda, para ou retoma' },
          request: { params, ...jsonBody(changesSchema) },
          responses: {
            200: json(
              webhookSchema.extend({ secret: secretSchema.optional() }).openapi('WebhookMudado'),
              'Como ficou, com o segredo novo se foi pedido',
            ),
          },
        },
        { confirmed: 'people' },
      ),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        const { newSecret: wantsSecret, name, url, events, filiais, active } = context.req.valid('json');
        const { tokenId } = await ownWebhook(id, actor.filiais);
        if (filiais !== undefined) await refuseUngrantable(knex, actor, filiais);
        if (actor.via === 'token' && (tokenId !== actor.id || filiais === null))
          throw new Problem(
            403,
            'sessao_exigida',
            'Um token muda só os webhooks que ele mesmo criou, de filiais dele.',
            {
              hint: 'Uma pessoa entra nas telas, confirma a senha e o faz; ou o token cria outro.',
            },
          );
        // A person takes it over; else one of a token could be told of all filiais, or more than its token lives.
        const takesOver = actor.via === 'session' && (active === true || filiais === null);
        const secret = wantsSecret ? newSecret() : null;
        const changes: WebhookChanges = {
          ...(name !== undefined && { name }),
          ...(url !== undefined && { url: checkedAddress(url) }),
          ...(events !== undefined && { events }),
          ...(filiais !== undefined && { filiais }),
          ...(active !== undefined && { active }),
          ...(takesOver && { tokenId: null }),
          ...(secret !== null && { secret: secretBox.seal(secret, webhookPlace(id)) }),
        };
        const changed = await updateWebhook(knex, id, changes, actor.id);
        if (!changed) throw notFound(`O webhook ${id}`);
        return context.json({ ...shown(changed), ...(secret !== null && { secret }) }, 200);
      },
    )
    .openapi(
      secured('operador', {
        ...{ method: 'delete', path: '/webhooks/{id}', tags, summary: 'Não avisa mais; as entregas dele se apagam' },
        request: { params },
        responses: { 204: { description: 'Não existe mais' } },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        await ownWebhook(id, actor.filiais);
        await deleteWebhook(knex, id, actor.id);
        return context.body(null, 204);
      },
    )
    .openapi(
      secured('operador', {
        ...{ method: 'post', path: '/webhooks/{id}/teste', tags, summary: 'Manda um aviso de teste' },
        request: { params },
        responses: { 202: json(queued, 'Vai ser entregue; o resultado está nas entregas') },
      }),
      async (context) => {
        const { id } = context.req.valid('param');
        const { active } = await ownWebhook(id, context.get('actor').filiais);
        if (!active)
          throw new Problem(409, 'webhook_parado', 'Este webhook está parado.', { hint: 'Ative-o e repita.' });
        const deliveryId = await insertTestDelivery(knex, id, `evt_${randomUUID().replaceAll('-', '')}`);
        if (deliveryId === null) throw notFound(`O webhook ${id}`);
        return context.json({ deliveryId }, 202);
      },
    )
    .openapi(
      secured('operador', {
        ...{ method: 'get', path: '/webhooks/{id}/entregas', tags, summary: 'O que foi entregue, e o que falhou' },
        request: {
          params,
          query: z.object({
            state: z.enum(['pending', 'delivered', 'failed']).optional(),
            cursor: idParam.optional(),
            limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
          }),
        },
        responses: {
          200: json(
            z.object({
              items: z.array(deliverySchema),
              next: z.string().nullable().openapi({ description: 'O cursor da página seguinte; null na última' }),
            }),
            'Da mais nova à mais antiga',
          ),
        },
      }),
      async (context) => {
        const { id } = context.req.valid('param');
        const { state, cursor, limit = USUAL_PAGE } = context.req.valid('query');
        const { filiais } = context.get('actor');
        await ownWebhook(id, filiais);
        const page = { limit, filiais, ...(cursor !== undefined && { before: cursor }), ...(state && { state }) };
        const deliveries = await listDeliveries(knex, id, page);
        const last = deliveries.length === limit ? deliveries.at(-1) : undefined;
        return context.json({ items: deliveries.map(shownDelivery), next: last ? String(last.id) : null }, 200);
      },
    )
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/webhooks/{id}/entregas/{entrega}/reenvio',
        ...{ tags, summary: 'Entrega de novo, com o mesmo webhook-id' },
        request: { params: params.extend({ entrega: idParam }) },
        responses: { 202: json(queued, 'Vai ser entregue; o resultado está nas entregas') },
      }),
      async (context) => {
        const { id, entrega } = context.req.valid('param');
        await ownWebhook(id, context.get('actor').filiais);
        if (!(await sendAgain(knex, id, entrega))) throw notFound(`A entrega ${entrega}`);
        return context.json({ deliveryId: entrega }, 202);
      },
    );
}

function shown({ stoppedBy, createdAt, failingSince, retryAt, ...webhook }: WebhookRow) {
  return {
    ...webhook,
    stoppedBy,
    stoppedByLabel: stoppedBy && stoppedByLabels[stoppedBy],
    createdAt: createdAt.toISOString(),
    failingSince: failingSince?.toISOString() ?? null,
    retryAt: retryAt?.toISOString() ?? null,
  };
}

function shownDelivery({ type, state, createdAt, nextAt, deliveredAt, attempts, ...delivery }: DeliveryView) {
  return {
    ...delivery,
    ...{
      type,
      typeLabel: webhookEventLabels[type],
      state,
      stateLabel: deliveryStateLabels[state satisfies DeliveryState],
    },
    createdAt: createdAt.toISOString(),
    nextAt: nextAt?.toISOString() ?? null,
    deliveredAt: deliveredAt?.toISOString() ?? null,
    attempts: attempts.map((attempt) => ({
      ...attempt,
      failureLabel: attempt.failure && deliveryFailureLabels[attempt.failure],
    })),
  };
}
