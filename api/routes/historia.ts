import { z } from '@hono/zod-openapi';
import { receivableParam } from '../../contract/basics';
import { storySchema } from '../../contract/story';
import { describeStoryEvent } from '../../words/describeStory';
import { undoableOf } from '../../record/receivables/bulkCorrections';
import { readCorrectable, stillAs, type UndoableEntry } from '../../record/receivables/corrections';
import { receivableStory } from '../../record/receivables/receivableStory';
import { mayAct } from '../access/actor';
import { requireReceivable, viewerOf } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';

/** @param many how many others, by the corrections of many that the actor may undo */
function undoOf(entryId: number, after: unknown, many: ReadonlyMap<number, number>) {
  const { correctionId } = after as { correctionId?: number };
  const others = correctionId === undefined ? undefined : many.get(correctionId);
  return { entryId, correctionId: others === undefined ? null : (correctionId ?? null), others: others ?? 0 };
}

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
      const current = mayAct(actor, 'operador') ? await readCorrectable(knex, id) : null;
      const many = new Map(
        (await undoableOf(knex, id, viewerOf(actor))).map((each) => [each.correctionId, each.others]),
      );
      const events = story.map(({ by, byName, action, entryId, ...event }) => ({
        ...event,
        who: byName ?? by,
        text: describeStoryEvent({ ...event, action }),
        undo:
          entryId !== null && current && stillAs(current, event as UndoableEntry)
            ? undoOf(entryId, event.after, many)
            : null,
      }));
      return context.json({ events }, 200);
    },
  );
}
