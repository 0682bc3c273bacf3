import { nextStep } from '../../words/nextStep';
import { itemStates, type ItemState } from '../../domain/boleto/states';

const none = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
const concluded = { phase: 'concluded', concluding: false, pauseReason: null, corrected: 0 } as const;

test.each([
  ['operator', 'Pausada a pedido de uma pessoa. Retome quando quiser.'],
  ['almoco', 'Pausada a pedido de uma pessoa. Retome quando quiser.'],
  ['config', /^Pausada por causa da configuração .+ e retome\.$/],
  ['sliceFailed', /^Pausada porque um envio falhou no sistema\. .+ e retome\.$/],
])('a pause by %s is told without its code', (pauseReason, words) => {
  expect(nextStep({ ...concluded, phase: 'paused', pauseReason, byState: none })).toMatch(words);
});

test('a batch that is about to rest says so', () => {
  const pausing = { ...concluded, phase: 'communicating', pauseReason: 'operator', byState: none } as const;
  expect(nextStep(pausing)).toMatch(/^Pausando/);
  expect(nextStep({ ...pausing, pauseReason: null })).toMatch(/^Nada a fazer/);
});

test('a batch that selected nothing says so when it is over', () => {
  expect(nextStep({ ...concluded, byState: none })).toMatch(/^Nenhum título selecionado/);
  expect(nextStep({ ...concluded, byState: { ...none, registered: 1 } })).toMatch(/^Concluída/);
});
