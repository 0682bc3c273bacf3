import { batchPhases, type BatchPhase } from '../../domain/batch/phases';
import { checkMoment, readAction, type ActionName } from '../../workflows/validators';

const who = { by: 'op-7', actionId: 'acao-1' };

describe('an action is accepted only where it makes sense', () => {
  const accepted: Record<ActionName, BatchPhase[]> = {
    recommunicate: ['awaitingAdjustments'],
    discard: ['awaitingAdjustments', 'paused'],
    resolve: ['communicating', 'awaitingAdjustments', 'paused'],
    reexamine: ['awaitingAdjustments', 'paused'],
    pause: ['communicating'],
    resume: ['paused'],
    conclude: ['communicating', 'awaitingAdjustments', 'paused'],
  };
  const says: Record<BatchPhase, RegExp> = {
    selecting: /ainda estão sendo selecionados. Repita em alguns segundos/,
    communicating: /estão sendo comunicados. Espere a fase "Aguardando ajustes", pause com "pause" ou encerre/,
    analysing: /estão sendo analisados. Repita em alguns segundos/,
    awaitingAdjustments: /espera ajustes. Corrija e envie "recommunicate", descarte com "discard" ou encerre/,
    paused: /está pausada. Retome com "resume" ou encerre com "conclude"/,
    concluded: /já foi concluída. Para os títulos que faltam, inicie outra/,
  };
  const actions = Object.keys(accepted) as ActionName[];
  const cases = actions.flatMap((action) => batchPhases.map((phase) => [action, phase] as const));

  test.each(cases)('%s while %s', (action, phase) => {
    const send = () => checkMoment(action, { phase, pauseReason: null, concluding: null });
    if (accepted[action].includes(phase)) expect(send).not.toThrow();
    else expect(send).toThrow(says[phase]);
  });

  test.each(cases)('%s while %s is refused once the conclusion was asked for', (action, phase) => {
    const send = () => checkMoment(action, { phase, pauseReason: null, concluding: { by: 'op-1' } });
    expect(send).toThrow(phase === 'concluded' ? says.concluded : /a conclusão já foi pedida. Espere/);
  });

  test.each([
    ['pause', /a pausa já foi pedida/],
    ['resume', /os envios em andamento ainda estão terminando. Repita/],
    ['discard', says.communicating],
  ] as const)('%s while the last slices before a pause end', (action, message) => {
    const batch = { phase: 'communicating', pauseReason: 'operator', concluding: null } as const;
    expect(() => checkMoment(action, batch)).toThrow(message);
    expect(() => checkMoment('conclude', batch)).not.toThrow();
  });
});

describe('an argument that the Temporal CLI or Web UI may send', () => {
  const good: Record<ActionName, object> = {
    recommunicate: { ...who, scope: 'corrected' },
    discard: { ...who, receivableIds: [1], reasonCode: 'x' },
    resolve: { ...who, receivableId: 1, decision: 'absent', reasonCode: 'x' },
    reexamine: who,
    pause: who,
    resume: who,
    conclude: who,
  };
  const actions = Object.keys(good) as ActionName[];

  test.each(actions)('%s is read as sent, without what nobody knows', (action) => {
    expect(readAction[action]({ ...good[action], note: 'cliente João' })).toEqual(good[action]);
  });

  const forAll: [string, unknown, RegExp][] = [
    ['nothing', undefined, /Envie um objeto JSON, por exemplo/],
    ['null', null, /Envie um objeto JSON/],
    ['text', 'op-7', /Envie um objeto JSON/],
    ['a list', [who], /Envie um objeto JSON/],
    ['no by', { by: undefined }, /Informe "by": o login/],
    ['by as a number', { by: 7 }, /Informe "by"/],
    ['a name as by', { by: 'Ana Maria' }, /Informe "by"/],
    ['a long by', { by: 'x'.repeat(65) }, /Informe "by"/],
    ['no actionId', { actionId: undefined }, /Informe "actionId": um identificador novo/],
    ['an empty actionId', { actionId: '' }, /Informe "actionId"/],
    ['a long actionId', { actionId: 'x'.repeat(101) }, /Informe "actionId"/],
  ];
  const each = actions.flatMap((action) =>
    forAll.map(([name, sent, message]) => [action, name, sent, message] as const),
  );
  test.each(each)('%s with %s is refused', (action, _name, sent, message) => {
    const whole =
      sent !== null && typeof sent === 'object' && !Array.isArray(sent) ? { ...good[action], ...sent } : sent;
    expect(() => readAction[action](whole)).toThrow(message);
  });

  const ids = (action: ActionName): [ActionName, object, RegExp][] => [
    [action, { receivableIds: [] }, /Informe "receivableIds": uma lista/],
    [action, { receivableIds: 101 }, /uma lista/],
    [action, { receivableIds: null }, /uma lista/],
    [action, { receivableIds: ['101'] }, /número inteiro maior que zero, sem aspas/],
    [action, { receivableIds: [1.5] }, /número inteiro/],
    [action, { receivableIds: [0] }, /número inteiro/],
    [action, { receivableIds: [-1] }, /número inteiro/],
    [action, { receivableIds: [2 ** 53] }, /número inteiro/],
    [
      action,
      { receivableIds: Array(501).fill(1) },
      /tem 501 IDs e o máximo é 500. Divida em mais ações ou use "scope"/,
    ],
  ];
  test.each([
    ...ids('discard'),
    ...ids('reexamine'),
    ...ids('recommunicate').map(
      ([action, sent, message]) => [action, { scope: 'selected', ...sent }, message] as const,
    ),
    ['recommunicate', { scope: undefined }, /Informe "scope" com um destes valores: "corrected", "all", "selected"/],
    ['recommunicate', { scope: 'everything' }, /Informe "scope"/],
    ['recommunicate', { scope: 'selected' }, /Informe "receivableIds"/],
    ['recommunicate', { scope: 'all', receivableIds: [1] }, /só vale com "scope":"selected"/],
    ['discard', { receivableIds: undefined }, /Informe "receivableIds"/],
    ['discard', { reasonCode: undefined }, /Informe "reasonCode": o código do motivo/],
    ['discard', { reasonCode: 'o cliente pediu para cancelar' }, /o texto livre fica na auditoria/],
    ['resolve', { receivableId: undefined }, /"receivableId" deve ser um número inteiro/],
    ['resolve', { receivableIds: [1] }, /Informe "receivableId" ou "receivableIds", não os dois/],
    ['resolve', { receivableId: undefined, receivableIds: [] }, /Informe "receivableIds": uma lista/],
    ['resolve', { receivableId: undefined, receivableIds: Array(501).fill(1) }, /tem 501 IDs e o máximo é 500/],
    ['resolve', { receivableId: '1' }, /"receivableId" deve ser um número inteiro/],
    ['resolve', { decision: 'maybe' }, /Informe "decision" com um destes valores: "registered", "absent", "newNumber"/],
    ['resolve', { reasonCode: 'x'.repeat(65) }, /Informe "reasonCode"/],
    ['pause', { reasonCode: 7 }, /Informe "reasonCode"/],
    ['conclude', { reasonCode: '' }, /Informe "reasonCode"/],
  ] as [ActionName, object, RegExp][])('%s with %j is refused', (action, sent, message) => {
    expect(() => readAction[action]({ ...good[action], ...sent })).toThrow(message);
  });
});
