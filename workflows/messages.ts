import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  ActionResult,
  BatchProgress,
  ConclusionBegun,
  DiscardAction,
  RecommunicateAction,
  ReexamineAction,
  ResolveAction,
  SimpleAction,
} from '../domain/batch/batch';

export const recommunicate = defineUpdate<ActionResult, [RecommunicateAction]>('recommunicate');
export const discard = defineUpdate<ActionResult, [DiscardAction]>('discard');
export const resolve = defineUpdate<ActionResult, [ResolveAction]>('resolve');
export const reexamine = defineUpdate<ActionResult, [ReexamineAction]>('reexamine');
export const pause = defineUpdate<ActionResult, [SimpleAction]>('pause');
export const resume = defineUpdate<ActionResult, [SimpleAction]>('resume');
/** Returns as soon as the conclusion has begun, not when the batch ends. */
export const conclude = defineUpdate<ConclusionBegun, [SimpleAction]>('conclude');

/** A wake-up only: the truth is the título's version in the record. */
export const receivableCorrected = defineSignal<[{ receivableId: number }]>('receivableCorrected');

export const progress = defineQuery<BatchProgress>('progress');

/** What the Temporal Web UI shows beside each name, with an argument to copy. */
export const descriptions = {
  recommunicate:
    'Comunica de novo: só os corrigidos ("corrected"), todos os que falharam ("all") ou os escolhidos ("selected" com receivableIds). ' +
    'Exemplo: {"by":"op-7","actionId":"acao-001","scope":"corrected"}',
  discard:
    'Tira títulos desta comunicação; continuam com Impresso = Não. ' +
    'Exemplo: {"by":"op-7","actionId":"acao-002","receivableIds":[101,102],"reasonCode":"cliente-cancelou"}',
  resolve:
    'Decide um resultado incerto ou uma divergência: está registrado ("registered"), não está ("absent") ou deve receber outro número ("newNumber"). Vários com a mesma decisão: receivableIds. ' +
    'Exemplo: {"by":"op-7","actionId":"acao-003","receivableId":101,"decision":"absent","reasonCode":"conferido-no-banco"}',
  reexamine:
    'Pergunta de novo ao banco pelos resultados incertos e divergências: todos, ou os de receivableIds. ' +
    'Exemplo: {"by":"op-7","actionId":"acao-004"}',
  pause: 'Para de enviar; o que já saiu termina. Exemplo: {"by":"op-7","actionId":"acao-005"}',
  resume: 'Retoma uma comunicação pausada. Exemplo: {"by":"op-7","actionId":"acao-006"}',
  conclude:
    'Encerra: nada mais é enviado, os resultados incertos são procurados no banco e a comunicação termina. ' +
    'Exemplo: {"by":"op-7","actionId":"acao-007"}',
  receivableCorrected:
    'Avisa que um título foi corrigido no Contas a Receber; não reenvia nada. Exemplo: {"receivableId":101}',
  progress: 'Fase, rodada, quantidades por situação e causas de falha.',
} as const;
