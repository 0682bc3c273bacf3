import { z } from '@hono/zod-openapi';
import { batchIdParam } from '../../contract/basics';
import { eventsHeaders, eventsQuery, messageSchema } from '../../contract/events';
import { filiaisOfToken } from '../../record/access/apiTokens';
import { lastSeq } from '../../record/batches/events';
import { filiaisOfSession } from '../../record/access/sessions';
import { seesBatch } from '../../record/access/visibility';
import type { Actor } from '../access/actor';
import type { ApiDeps } from '../deps';
import { createHubs } from '../events/hubs';
import { usualPace } from '../events/pace';
import { viewerStream } from '../events/viewer';
import { notFound, Problem } from '../problem';
import { router, secured } from '../route';

const MOST_VIEWERS = 1_000;
/** A person has some tabs open, a program serves some screens. */
const MOST_OF_ONE = 100;

const description = `\`text/event-stream\`. Eventos:
- \`item\`, com \`id\` = número sem lacunas na comunicação: \`{seq, ordinal, receivableId, state, stateLabel, kind, code, round, at}\`, cada resultado uma vez e em ordem;
- \`progress\`, logo ao ligar e depois no máximo 5 por segundo: contagens, fase, ritmo, \`lastSeq\`;
- \`corrected\`: \`{receivableId}\` de um título corrigido; \`null\` = muitos, leia de novo.
Depois de uma queda continua após \`Last-Event-ID\` (ou \`?desde=N\`); sem nenhum dos dois começa no presente.`;

export function eventosRoutes(deps: ApiDeps) {
  const { knex, log } = deps;
  const pace = { ...usualPace, ...deps.eventsPace };
  const hubs = createHubs({ knex, log }, pace);
  const viewers = new Map<string, number>();
  let viewersNow = 0;
  const count = (actor: Actor, change: 1 | -1) => {
    viewersNow += change;
    const own = (viewers.get(actor.id) ?? 0) + change;
    if (own > 0) viewers.set(actor.id, own);
    else viewers.delete(actor.id);
  };

  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/comunicacoes/{batchId}/eventos',
      tags: ['Comunicações'],
      summary: 'Acompanha ao vivo',
      description,
      request: {
        params: z.object({ batchId: batchIdParam }),
        query: eventsQuery,
        headers: eventsHeaders,
      },
      responses: {
        200: {
          description: 'Os eventos, até quem vê se ir',
          content: { 'text/event-stream': { schema: messageSchema } },
        },
      },
    }),
    async (context) => {
      const { batchId } = context.req.valid('param');
      const since = context.req.valid('header')['last-event-id'] ?? context.req.valid('query').desde;
      const actor = context.get('actor');
      const sessionHash = context.get('sessionHash');
      if (!(await seesBatch(knex, batchId, { filiais: actor.filiais, viewer: actor.id })))
        throw notFound(`A comunicação ${batchId}`);
      if (viewersNow >= MOST_VIEWERS || (viewers.get(actor.id) ?? 0) >= MOST_OF_ONE)
        throw new Problem(429, 'espectadores_demais', 'Há acompanhamentos abertos demais.', {
          hint: 'Feche outras telas, ou leia a comunicação de tempos em tempos.',
          retryAfterSeconds: 30,
        });
      count(actor, 1);
      try {
        const hub = await hubs.join(batchId);
        // Numbers that the record does not have yet come from another record: there is nothing to wait for.
        const present = await lastSeq(knex, batchId).catch((error: unknown) => {
          hubs.leave(batchId);
          throw error;
        });
        const stream = viewerStream(
          { knex, hub, pace },
          {
            from: Math.min(since ?? present, present),
            async mayStill() {
              const now = sessionHash
                ? await filiaisOfSession(knex, sessionHash)
                : await filiaisOfToken(knex, actor.id);
              return now !== null && (await seesBatch(knex, batchId, { filiais: now.filiais, viewer: actor.id }));
            },
            onEnd() {
              hubs.leave(batchId);
              count(actor, -1);
            },
          },
        );
        return context.body(stream, 200, {
          'Content-Type': 'text/event-stream; charset=utf-8',
          // nginx keeps answers back otherwise.
          'X-Accel-Buffering': 'no',
        });
      } catch (error) {
        count(actor, -1);
        throw error;
      }
    },
  );
}
