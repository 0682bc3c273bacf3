import { nextStep } from '../../client/nextStep';
import { itemStates, type ItemState } from '../../domain/states';

const none = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
const concluded = { phase: 'concluded', concluding: false, pauseReason: null, corrected: 0 } as const;

test('a batch that selected nothing says so when it is over', () => {
  expect(nextStep({ ...concluded, byState: none })).toMatch(/^Nenhum título selecionado/);
  expect(nextStep({ ...concluded, byState: { ...none, registered: 1 } })).toMatch(/^Concluída/);
});
