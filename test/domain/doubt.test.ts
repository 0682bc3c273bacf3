import { judgeDoubt, type DoubtFacts, type DoubtVerdict } from '../../domain/boleto/doubt';

const first: DoubtFacts = {
  doubt: 'account',
  named: false,
  answers: 1,
  passedLately: false,
  passedSince: false,
  inARow: 1,
};
const document = { doubt: 'documentForm' as const };

test.each<[what: string, facts: Partial<DoubtFacts>, verdict: DoubtVerdict]>([
  ['one answer that says nothing', {}, 'again'],
  ['a second one, and nothing else is known', { answers: 2 }, 'again'],
  ['a third one where nothing was ever registered', { answers: 3 }, 'pause'],
  ['a third one, while others pass', { answers: 3, passedLately: true, passedSince: true, inARow: 0 }, 'own'],
  ['a third one at the end of a batch that passed', { answers: 3, passedLately: true }, 'own'],
  ['three títulos in a row', { inARow: 3 }, 'pause'],
  ['three in a row after many that passed', { inARow: 3, passedLately: true }, 'pause'],
  ['the third of one título, and two others in a row', { answers: 3, inARow: 3, passedLately: true }, 'pause'],
  ['what the bank names, at once', { named: true }, 'pause'],
  ['what the bank names, of one título while others pass', { named: true, passedLately: true, inARow: 1 }, 'again'],
  ['the same for the third time', { named: true, passedLately: true, answers: 3, inARow: 1 }, 'own'],
  ['what the bank names, of three in a row', { named: true, passedLately: true, inARow: 3 }, 'pause'],
  ['one document with letters', { ...document }, 'again'],
  ['the same document for the third time', { ...document, answers: 3 }, 'own'],
  ['the documents of two payers, and none was taken', { ...document, inARow: 2 }, 'pause'],
  ['two such payers that were paused for, resumed, and refused again', { ...document, answers: 3, inARow: 2 }, 'own'],
  ['one document while others with letters pass', { ...document, answers: 3, inARow: 0, passedLately: true }, 'own'],
])('%s', (_what, facts, verdict) => expect(judgeDoubt({ ...first, ...facts })).toBe(verdict));
