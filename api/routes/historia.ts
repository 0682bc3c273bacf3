import { z } from '@hono/zod-openapi';
import { describeStoryEvent } from '../../client/describeStory';
import { receivableStory } from '../../db/receivableStory';
import { requireReceivable, viewerOf } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';
import { receivableParam } from '../schemas/basics';
import { storySchema } from '../schemas/story';

export function historiaRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/titulos/{id}/historia',
      tags: ['Títulos'],
      summary: 'Tudo o que aconteceu a um título: chamadas, consultas, correções, ações',
      request: { params: z.object({ id: receivableParam }) },
      responses: { 200: json(storySchema, 'Do mais antigo ao mais novo; de mais de 1.000, os mais novos') },
    }),
    async (context) => {
      const actor = context.get('actor');
      const id = await requireReceivable(knex, actor, context.req.valid('param').id);
      const story = await receivableStory(knex, id, viewerOf(actor));
      const events = story.map(({ by, byName, action, ...event }) => ({
        ...event,
        who: byName ?? by,
        text: describeStoryEvent({ ...event, action }),
      }));
      return context.json({ events }, 200);
    },
  );
}
