import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { idParam } from '../../contract/basics';
import {
  findingPageSchema,
  findingsQuery,
  reviewBegunSchema,
  reviewHeaders,
  reviewIdParam,
  reviewRequestSchema,
  reviewSchema,
  reviewsSchema,
  USUAL_PAGE,
} from '../../contract/review';
import { BatchError } from '../../client/batchError';
import { startReview } from '../../client/startReview';
import { listFindings, listReviews, openReview, readReview, type Review } from '../../record/engine/bankReviews';
import {
  differenceWords,
  findingAdvice,
  findingKinds,
  findingLabels,
  remarkWords,
  reviewStateLabels,
  type ReviewRefusal,
} from '../../domain/account/bankReview';
import { localDate } from '../../domain/kinds/dates';
import type { Actor } from '../access/actor';
import { requireCarteira } from '../access/viewer';
import { readCursor, writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const SHOWN_REVIEWS = 20;
const place = z.tuple([z.int().min(0)]);

const AWAY = 'O Temporal não responde: a conferência está guardada e começa sozinha minutos depois que ele voltar.';
const tags = ['Conferência com o banco'];

/** What a bank has registered, held against the record. */
export function conferenciasRoutes({ knex, temporal }: ApiDeps) {
  async function visible(actor: Actor, reviewId: string): Promise<Review> {
    const review = await readReview(knex, reviewId);
    if (!review) throw notFound(`A conferência ${reviewId}`);
    await requireCarteira(knex, actor, review.carteiraId).catch(() => {
      throw notFound(`A conferência ${reviewId}`);
    });
    return review;
  }

  return router()
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/carteiras/{id}/conferencias',
        tags,
        summary: 'Confere o que o banco registrou no período com o que está aqui',
        description:
          'Assume os boletos que são de títulos daqui, diz quais são de ninguém, aponta cada diferença e acerta o próximo número. Usa metade das consultas da conta. Uma por convênio de cada vez.',
        request: {
          params: z.object({ id: idParam }),
          headers: reviewHeaders,
          ...jsonBody(reviewRequestSchema),
        },
        responses: {
          201: json(reviewBegunSchema, 'Iniciada'),
          200: json(reviewBegunSchema, 'Já tinha sido pedida com esta chave'),
        },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id: carteiraId } = context.req.valid('param');
        await requireCarteira(knex, actor, carteiraId);
        const { from, to } = context.req.valid('json');
        const opened = await openReview(knex, {
          id: reviewIdOf(actor, carteiraId, context.req.valid('header')['idempotency-key']),
          ...{ carteiraId, from: localDate(from), by: actor.id },
          ...(to === undefined ? {} : { to: localDate(to) }),
        });
        if (opened.kind !== 'opened' && opened.kind !== 'repeated') throw refused(opened, carteiraId, actor);
        const { reviewId, gateway } = opened;
        if (opened.kind === 'repeated') return context.json({ reviewId, warning: null }, 200);
        const warning = await startReview(temporal, { reviewId, gateway, carteiraId }).then(
          () => null,
          (error: unknown) => {
            // It is in the record: the sweep starts what has no workflow.
            if (error instanceof BatchError) return AWAY;
            throw error;
          },
        );
        return context.json({ reviewId, warning }, 201);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/carteiras/{id}/conferencias',
        tags,
        summary: `As últimas ${SHOWN_REVIEWS} conferências da carteira`,
        request: { params: z.object({ id: idParam }) },
        responses: { 200: json(reviewsSchema, 'Da mais nova à mais antiga') },
      }),
      async (context) => {
        const { id } = context.req.valid('param');
        await requireCarteira(knex, context.get('actor'), id);
        return context.json({ items: (await listReviews(knex, id, SHOWN_REVIEWS)).map(shown) }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/conferencias/{id}',
        tags,
        summary: 'Uma conferência: andamento, achados por tipo e próximo número',
        request: { params: z.object({ id: reviewIdParam }) },
        responses: { 200: json(reviewSchema, 'A conferência') },
      }),
      async (context) => context.json(shown(await visible(context.get('actor'), context.req.valid('param').id)), 200),
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/conferencias/{id}/achados',
        tags,
        summary: 'Cada boleto de que há algo a dizer',
        request: {
          params: z.object({ id: reviewIdParam }),
          query: findingsQuery,
        },
        responses: { 200: json(findingPageSchema, 'Uma página, na ordem da lista do banco') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id: reviewId } = context.req.valid('param');
        const { kind, cursor, limit = USUAL_PAGE } = context.req.valid('query');
        await visible(actor, reviewId);
        const [after] = readCursor(place, cursor) ?? [0];
        const found = await listFindings(knex, {
          ...{ reviewId, after, limit: limit + 1, filiais: actor.filiais },
          ...(kind === undefined ? {} : { kind }),
        });
        const page = found.slice(0, limit);
        const items = page.map(({ position: _p, batchId: _b, differences, ...finding }) => ({
          ...finding,
          label: findingLabels[finding.kind],
          differences: differenceWords(differences),
        }));
        const last = page.at(-1);
        return context.json({ items, next: found.length > limit && last ? writeCursor([last.position]) : null }, 200);
      },
    );
}

/** The same for the same person, carteira and key, however often it arrives. */
function reviewIdOf(actor: Actor, carteiraId: number, key: string): string {
  return `v-${createHash('sha256').update(`${actor.id} ${carteiraId} ${key}`).digest('hex').slice(0, 16)}`;
}

function shown({ counts, remarks, startedAt, finishedAt, ...review }: Review): z.infer<typeof reviewSchema> {
  const { listed, equal, pending, otherConvenio, findings } = counts;
  return {
    ...review,
    ...{ listed, equal, pending, otherConvenio },
    stateLabel: reviewStateLabels[review.state],
    ended: finishedAt !== null,
    findings: findingKinds.flatMap((kind) => {
      const count = findings[kind] ?? 0;
      return count === 0 ? [] : [{ kind, label: findingLabels[kind], advice: findingAdvice[kind], count }];
    }),
    remarks: remarks.map((remark) => remarkWords(remark, counts)),
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

function refused(refusal: ReviewRefusal, carteiraId: number, { filiais }: Actor): Problem {
  switch (refusal.kind) {
    case 'unknownCarteira':
      return notFound(`A carteira ${carteiraId}`);
    case 'noAccount':
      return new Problem(409, 'carteira_sem_conta', 'A carteira não tem conta de gateway.', {
        hint: 'Um administrador a define em Carteiras.',
      });
    case 'noAgency':
      return new Problem(
        409,
        'carteira_sem_agencia',
        'O banco só lista boletos por agência e conta do beneficiário, e a carteira não as tem.',
        { hint: 'Um administrador as informa em Carteiras, Mudar a conta: sem os dígitos verificadores.' },
      );
    case 'period':
      return new Problem(422, 'periodo_invalido', `O período ${refusal.message}.`, {
        fields: [{ field: refusal.field, message: refusal.message }],
      });
    case 'underWay':
      return new Problem(
        409,
        'conferencia_em_andamento',
        // It may be of a carteira of another filial, whose number is nobody else's business.
        `O convênio já está sendo conferido${filiais ? '' : `: ${refusal.reviewId}`}.`,
        { hint: 'Espere que ela termine.' },
      );
    case 'other':
      return new Problem(409, 'chave_repetida', 'Esta Idempotency-Key já pediu uma conferência de outro período.', {
        hint: 'Use outra chave para outra conferência.',
      });
  }
}
