import { ApplicationFailure } from '@temporalio/common';
import type {
  DiscardAction,
  OperatorAction,
  RecommunicateAction,
  ReexamineAction,
  ResolveAction,
  SimpleAction,
} from '../domain/batch/batch';
import { MAX_ACTION_IDS } from '../domain/batch/batch';
import type { BatchPhase } from '../domain/batch/phases';

/*
 * The Temporal CLI and Web UI can send any JSON, so every argument is read by hand (zod would put a megabyte into each
 * cached workflow). The readers return only the keys we know: what else was sent goes no further.
 */

export type ActionName = 'recommunicate' | 'discard' | 'resolve' | 'reexamine' | 'pause' | 'resume' | 'conclude';

/**
 * When each action makes sense. While selecting and analysing nothing is accepted: both last seconds, and the record
 * would be changed under their feet. A pause has something to stop only while boletos are communicated.
 */
const phasesOf: Record<ActionName, readonly BatchPhase[]> = {
  recommunicate: ['awaitingAdjustments'],
  discard: ['awaitingAdjustments', 'paused'],
  // Nobody waits with a decision until the last boleto is sent: the record says of each whether it is under way.
  resolve: ['communicating', 'awaitingAdjustments', 'paused'],
  reexamine: ['awaitingAdjustments', 'paused'],
  pause: ['communicating'],
  resume: ['paused'],
  conclude: ['communicating', 'awaitingAdjustments', 'paused'],
};

const whyNotNow: Record<BatchPhase, string> = {
  selecting: 'os títulos ainda estão sendo selecionados. Repita em alguns segundos.',
  communicating:
    'os boletos estão sendo comunicados. Espere a fase "Aguardando ajustes", pause com "pause" ou encerre com "conclude".',
  analysing: 'os resultados estão sendo analisados. Repita em alguns segundos.',
  awaitingAdjustments:
    'nada está sendo enviado, a comunicação espera ajustes. Corrija e envie "recommunicate", descarte com "discard" ou encerre com "conclude".',
  paused: 'a comunicação está pausada. Retome com "resume" ou encerre com "conclude".',
  concluded: 'esta comunicação já foi concluída. Para os títulos que faltam, inicie outra com os mesmos filtros.',
};

/** @throws ApplicationFailure in Portuguese when the action does not fit where the batch is. */
export function checkMoment(
  action: ActionName,
  batch: { phase: BatchPhase; pauseReason: string | null; concluding: object | null },
): void {
  if (batch.phase === 'concluded') refuse(`"${action}" não cabe agora: ${whyNotNow.concluded}`);
  if (batch.concluding) {
    refuse(`"${action}" não cabe agora: a conclusão já foi pedida. Espere o resultado, que aparece nos detalhes.`);
  }
  if (action === 'pause' && batch.pauseReason !== null && batch.phase === 'communicating') {
    refuse('"pause" não cabe agora: a pausa já foi pedida e os envios em andamento estão terminando. Espere.');
  }
  if (action === 'resume' && batch.pauseReason !== null && batch.phase === 'communicating') {
    refuse('"resume" não cabe agora: os envios em andamento ainda estão terminando. Repita em alguns segundos.');
  }
  if (!phasesOf[action].includes(batch.phase)) refuse(`"${action}" não cabe agora: ${whyNotNow[batch.phase]}`);
}

/** One reader for each action. @throws ApplicationFailure in Portuguese that says what to send. */
export const readAction = {
  recommunicate(sent: unknown): RecommunicateAction {
    const fields = object(sent);
    const scope = oneOf(fields, 'scope', ['corrected', 'all', 'selected'] as const);
    if (scope === 'selected') return { ...who(fields), scope, receivableIds: ids(fields) };
    if (fields.receivableIds !== undefined) refuse('"receivableIds" só vale com "scope":"selected".');
    return { ...who(fields), scope };
  },
  discard(sent: unknown): DiscardAction {
    const fields = object(sent);
    return { ...who(fields), receivableIds: ids(fields), reasonCode: code(fields, 'reasonCode') };
  },
  resolve(sent: unknown): ResolveAction {
    const fields = object(sent);
    const many = fields.receivableIds !== undefined;
    if (many && fields.receivableId !== undefined) refuse('Informe "receivableId" ou "receivableIds", não os dois.');
    return {
      ...who(fields),
      ...(many ? { receivableIds: ids(fields) } : { receivableId: id(fields.receivableId, 'receivableId') }),
      decision: oneOf(fields, 'decision', ['registered', 'absent', 'newNumber'] as const),
      reasonCode: code(fields, 'reasonCode'),
    };
  },
  reexamine(sent: unknown): ReexamineAction {
    const fields = object(sent);
    return fields.receivableIds === undefined ? who(fields) : { ...who(fields), receivableIds: ids(fields) };
  },
  pause: simple,
  resume: simple,
  conclude: simple,
} satisfies Record<ActionName, (sent: unknown) => OperatorAction>;

/**
 * The first activity judges the rest of the input.
 * @throws ApplicationFailure, which fails the workflow: two workflows for one batch would both conduct it, and only
 *   under one id does Temporal let no more than one run.
 */
export function checkStart(sent: unknown, workflowId: string): void {
  const { batchId } = object(sent);
  if (typeof batchId !== 'string') refuse('Informe "batchId", o identificador da comunicação.');
  if (workflowId !== `boletos/${batchId}`) {
    refuse('O id do workflow deve ser "boletos/" seguido do "batchId". Inicie de novo com esse id.');
  }
}

function simple(sent: unknown): SimpleAction {
  const fields = object(sent);
  return fields.reasonCode === undefined ? who(fields) : { ...who(fields), reasonCode: code(fields, 'reasonCode') };
}

function who(fields: Fields): OperatorAction {
  return { by: code(fields, 'by', /^[\w.-]{1,64}$/), actionId: code(fields, 'actionId', /^[\w.:-]{1,100}$/) };
}

type Fields = Record<string, unknown>;

function object(sent: unknown): Fields {
  if (typeof sent === 'object' && sent !== null && !Array.isArray(sent)) return sent as Fields;
  return refuse('Envie um objeto JSON, por exemplo {"by":"op-7","actionId":"acao-001"}.');
}

const hints: Record<string, string> = {
  by: 'o login de quem age, até 64 letras sem acento, números ou . _ -, nunca um e-mail',
  actionId: 'um identificador novo a cada ação, até 100 letras sem acento, números ou . _ : -',
  reasonCode: 'o código do motivo, até 64 letras sem acento, números ou . _ : - (o texto livre fica na auditoria)',
};

/** Free text of people would stay in Temporal's history for ever: only codes pass. */
function code(fields: Fields, name: string, form = /^[\w.:-]{1,64}$/): string {
  const value = fields[name];
  if (typeof value === 'string' && form.test(value)) return value;
  return refuse(`Informe "${name}": ${hints[name]}.`);
}

function oneOf<T extends string>(fields: Fields, name: string, values: readonly T[]): T {
  const value = values.find((candidate) => candidate === fields[name]);
  return value ?? refuse(`Informe "${name}" com um destes valores: ${values.map((v) => `"${v}"`).join(', ')}.`);
}

function id(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  return refuse(`"${name}" deve ser um número inteiro maior que zero, sem aspas.`);
}

function ids(fields: Fields): number[] {
  const value = fields.receivableIds;
  if (!Array.isArray(value) || value.length === 0) {
    return refuse('Informe "receivableIds": uma lista de IDs da cobrança, por exemplo [101,102].');
  }
  if (value.length > MAX_ACTION_IDS) {
    refuse(
      `"receivableIds" tem ${value.length} IDs e o máximo é ${MAX_ACTION_IDS}. Divida em mais ações ou use "scope".`,
    );
  }
  return value.map((each) => id(each, 'receivableIds'));
}

function refuse(message: string): never {
  throw ApplicationFailure.create({ message, type: 'Refused', nonRetryable: true });
}
