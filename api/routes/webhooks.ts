import { randomBytes, randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { idParam } from '../../contract/basics';
import {
  changedWebhookSchema,
  deliveriesQuery,
  deliveryPageSchema,
  madeWebhookSchema,
  newWebhookSchema,
  queuedSchema,
  USUAL_PAGE,
  webhookChangesSchema,
  webhooksSchema,
} from '../../contract/webhook';
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
  deliveryStateLabels,
  webhookEventLabels,
  type DeliveryState,
} from '../../domain/webhooks';
import { webhookPlace } from '../../domain/account/sealedPlaces';
import { refuseUngrantable } from '../access/grantable';
import { newId } from '../access/secrets';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const SECRET_BYTES = 32;

const stoppedByLabels = {
  gone: 'O servidor respondeu que não quer mais avisos (410)',
  noAnswer: 'O servidor falhou por cinco dias seguidos',
  tokenEnded: 'O token que o criou venceu, foi revogado ou não vê mais as filiais dele',
} as const;

const params = z.object({ id: z.string().regex(/^w-[0-9a-f]{12}$/) });
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
        responses: { 200: json(webhooksSchema, 'Do mais novo ao mais antigo') },
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
          responses: { 201: json(madeWebhookSchema, 'O webhook') },
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
          request: { params, ...jsonBody(webhookChangesSchema) },
          responses: {
            200: json(changedWebhookSchema, 'Como ficou, com o segredo novo se foi pedido'),
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
        responses: { 202: json(queuedSchema, 'Vai ser entregue; o resultado está nas entregas') },
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
          query: deliveriesQuery,
        },
        responses: {
          200: json(deliveryPageSchema, 'Da mais nova à mais antiga'),
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
        responses: { 202: json(queuedSchema, 'Vai ser entregue; o resultado está nas entregas') },
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
