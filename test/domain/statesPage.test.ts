import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mismatchLabels } from '../../domain/boleto/registrationCheck';
import { batchPhases, phaseLabels } from '../../domain/batch/phases';
import { itemRefusalLabels } from '../../domain/batch/refusals';
import { boletoStates, itemLabels, itemStates, resolutions } from '../../domain/boleto/states';

const page = readFileSync(join(__dirname, '../../docs/states.md'), 'utf8');

/** First and second cell of the rows of a section that name a word of the code. */
function rowsOf(heading: string): [word: string, label: string][] {
  const section = page.split(/\n##+ /).find((text) => text.startsWith(heading)) ?? '';
  const rows = section.matchAll(/^\| `(\w+)` \| ([^|`]+?) \|/gm);
  return [...rows].map(([, word, label]) => [word as string, (label as string).trim()]);
}

describe('docs/states.md has the words of the code', () => {
  test('items, with their labels', () => {
    expect(rowsOf('Item')).toEqual(itemStates.map((state) => [state, itemLabels[state]]));
  });
  test('boletos', () => {
    expect(rowsOf('Boleto').map(([state]) => state)).toEqual(boletoStates);
  });
  test('what may be wrong with codes, with what the operator reads', () => {
    expect(rowsOf('What may be wrong')).toEqual(Object.entries(mismatchLabels));
  });
  test('attempts', () => {
    expect(rowsOf('Attempt').map(([resolution]) => resolution)).toEqual(resolutions);
  });
  test('communications, with their labels', () => {
    expect(rowsOf('Communication')).toEqual(batchPhases.map((phase) => [phase, phaseLabels[phase]]));
  });
  test('refusals of single títulos, with what the operator reads', () => {
    expect(rowsOf('What an action')).toEqual(Object.entries(itemRefusalLabels));
  });
});
