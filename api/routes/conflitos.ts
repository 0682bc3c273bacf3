import { z } from '@hono/zod-openapi';
import { idParam, receivableParam } from '../../contract/basics';
import { conflictDecidedSchema, conflictDecisionSchema } from '../../contract/receivable';
import { settleConflict } from '../../record/batches/conflicts';
import { columnOf } from '../../record/receivables/correctionFields';
import { written } from '../../record/receivables/erpFields';
import { bankWorkWords } from '../../domain/receivable/bankWork';
import { knownCodec } from '../../gateways';
import { requireReceivable, unknownReceivable } from '../access/viewer';
import { tellBatches } from '../corrections';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

/** Contas a Receber: a field that was corrected here, and of which the ERP says something else since. */
export function conflitosRoutes(deps: ApiDeps) {
  const { knex } = deps;
  return router().openapi(
    secured('operador', {
      method: 'post',
      path: '/titulos/{id}/conflitos/{proposta}',
      tags: ['Títulos'],
      summary: 'Decide entre uma correção e o valor que o ERP mandou depois',
      request: {
        params: z.object({ id: receivableParam, proposta: idParam }),
        ...jsonBody(conflictDecisionSchema),
      },
      responses: { 200: json(conflictDecidedSchema, 'Decidido') },
    }),
    async (context) => {
      const actor = context.get('actor');
      const { id: name, proposta: proposalId } = context.req.valid('param');
      const { decision, reason = null, key } = context.req.valid('json');
      const receivableId = await requireReceivable(knex, actor, name);
      const result = await settleConflict(
        knex,
        { receivableId, proposalId, decision, reason, key, by: actor.id },
        knownCodec,
      );
      switch (result.kind) {
        case 'unknownReceivable':
          throw unknownReceivable(receivableId);
        case 'nothingToDecide':
          throw new Problem(409, 'sem_conflito', 'Não há nada a decidir neste campo.', {
            hint: 'Alguém já decidiu, ou o ERP voltou atrás.',
          });
        case 'changedSince':
          throw new Problem(409, 'conflito_mudou', 'O ERP mandou ainda outro valor enquanto você decidia.', {
            hint: 'Veja o valor que veio agora, e decida de novo.',
          });
        case 'settled': {
          const told = await tellBatches(deps, actor, result.batches);
          const { field, bankWork } = result;
          const kept = written(columnOf(field).column, result.value);
          return context.json(
            { receivableId, field, value: kept, bankWorkText: bankWork ? bankWorkWords(bankWork) : null, ...told },
            200,
          );
        }
      }
    },
  );
}
