import fc from 'fast-check';
import { garbled } from '../../domain/kinds/garbledText';

const BYTES = new TextDecoder('windows-1252');
/** UTF-8 read as Windows-1252, as a wrong import does. */
const misread = (text: string) => BYTES.decode(new TextEncoder().encode(text));

test.each([
  ['AntÃ³nio TrÃªs', 'António Três'],
  ['JosÃ© da ConceiÃ§Ã£o', 'José da Conceição'],
  ['CONCEIÃ‡ÃƒO', 'CONCEIÇÃO'],
  ['AntÃƒÂ³nio', 'António'],
  ['SÃ£o José', 'São José'],
  ['D\u00e2\u0080\u0099Ávila', 'D’Ávila'],
  ['MARIA CONCEI??O', 'MARIA CONCEIÇÃO'],
  ['Maria Concei\uFFFD\uFFFDo', 'Maria Conceição'],
  ['Concei????o', 'Conceição'],
  ['S?o Jo?o', 'São João'],
  ['JO?O', 'JOÃO'],
  ['Sim?es', 'Simões'],
  ['JOS? DE ARA?JO', 'JOSÉ DE ARAÚJO'],
  ['M??rio Concei????o', 'Mário Conceição'],
  ['\uFFFDTALO', 'ÍTALO'],
  ['Vincula??es', 'Vinculações'],
])('%s was written %s', (text, written) => expect(garbled(text)).toEqual({ repaired: written }));

test.each(['Ant?nio', 'Xu\uFFFDx', 'BRA?O', 'Jo?o de Po?os', '?lice'])(
  '%s has lost a letter that nobody can tell',
  (text) => expect(garbled(text)).toEqual({ repaired: null }),
);

test.each([
  'António Três',
  'SÃO JOÃO',
  'Ânia Â. Ção',
  'Ltda?',
  'Rua 5 ?',
  'Pão & Cia.',
  'ÃÉ',
  'D’Ávila',
  '',
  'Łukasz',
  'CONCEIÇª',
])('%s is as it was written', (text) => expect(garbled(text)).toBeNull());

test('whatever letters of Portuguese a name has, misread once or twice it is found and told', () => {
  const letters = fc.constantFrom(...'aeiouáâãàéêíóôõúüçAEIOUÁÂÃÀÉÊÍÓÔÕÚÜÇ mnrst');
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 3, maxLength: 30 }),
      fc.integer({ min: 1, max: 2 }),
      (written, times) => {
        const text = written.join('');
        fc.pre(/[^\x20-\x7e]/.test(text));
        const wrong = times === 1 ? misread(text) : misread(misread(text));
        expect(garbled(wrong)).toEqual({ repaired: text });
        expect(garbled(text)).toBeNull();
      },
    ),
  );
});
