import { z } from '@hono/zod-openapi';
import { receivableParam } from '../../contract/basics';
import { earlierDecidedSchema, earlierDecisionSchema } from '../../contract/receivable';
import { decideEarlierBoleto } from '../../record/engine/earlierBoleto';
import { requireReceivable, unknownReceivable } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

/** Contas a Receber: a título that another system gave a boleto is communicated only when a person says so. */
export function boletoAnteriorRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('operador', {
      method: 'post',
      path: '/titulos/{id}/boleto-anterior',
      tags: ['Títulos'],
      summary: 'Decide se um título com boleto de outro sistema é registrado mesmo assim',
      description:
        'Sem decisão, ou com `manter`, ele fica de fora de toda comunicação. A decisão vale para este boleto: se uma importação trouxer outro, é preciso decidir de novo.',
      request: {
        params: z.object({ id: receivableParam }),
        ...jsonBody(earlierDecisionSchema),
      },
      responses: { 200: json(earlierDecidedSchema, 'Decidido') },
    }),
    async (context) => {
      const actor = context.get('actor');
      const { key, ...decision } = context.req.valid('json');
      const receivableId = await requireReceivable(knex, actor, context.req.valid('param').id);
      const result = await decideEarlierBoleto(knex, {
        ...{ receivableId, ...decision, by: actor.id },
        ...(key === undefined ? {} : { key }),
      });
      switch (result.kind) {
        case 'decided':
          return context.json({ receivableId, earlierBoleto: result.earlierBoleto }, 200);
        case 'unknownReceivable':
          throw unknownReceivable(receivableId);
        case 'nothingToDecide':
          throw new Problem(409, 'sem_boleto_anterior', 'Não há boleto de outro sistema a decidir neste título.', {
            hint: 'Ele não tem um, já consta como impresso, ou o nosso boleto já está registrado.',
          });
        case 'changedSince':
          throw new Problem(409, 'boleto_anterior_mudou', 'Uma importação trouxe outro boleto enquanto você decidia.', {
            hint: 'Veja o boleto que o título tem agora, e decida de novo.',
          });
      }
    },
  );
}
