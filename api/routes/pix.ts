import { z } from '@hono/zod-openapi';
import { receivableParam } from '../../contract/basics';
import { pixAskedSchema } from '../../contract/receivable';
import { askPixAgain } from '../../record/engine/pixFetch';
import { SWEEP_SCHEDULE } from '../../domain/batch/names';
import { requireReceivable } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { json, router, secured } from '../route';

/** Contas a Receber: a boleto that was registered without the Pix that its carteira asks for. */
export function pixRoutes({ knex, temporal }: ApiDeps) {
  return router().openapi(
    secured('operador', {
      method: 'post',
      path: '/titulos/{id}/pix',
      tags: ['Títulos'],
      summary: 'Pede de novo ao banco o Pix que falta a um boleto registrado',
      description: 'O Pix que falta é pedido sozinho, cada vez mais devagar, e depois não mais. Isto recomeça já.',
      request: { params: z.object({ id: receivableParam }) },
      responses: { 202: json(pixAskedSchema, 'Pedido; o Pix aparece no título quando vier') },
    }),
    async (context) => {
      const actor = context.get('actor');
      const receivableId = await requireReceivable(knex, actor, context.req.valid('param').id);
      const asked = await askPixAgain(
        knex,
        { receivableIds: [receivableId] },
        { by: actor.id, filiais: actor.filiais },
      );
      if (asked.length === 0)
        throw new Problem(409, 'sem_pix_a_pedir', 'A este título não falta um Pix que se possa pedir.', {
          hint: 'O boleto não está registrado, já tem Pix, o título está encerrado, ou a carteira não pede Pix.',
        });
      // The sweep comes by itself in minutes; woken, it comes now.
      await temporal.schedule
        .getHandle(SWEEP_SCHEDULE)
        .trigger()
        .catch(() => undefined);
      return context.json({ receivableId }, 202);
    },
  );
}
