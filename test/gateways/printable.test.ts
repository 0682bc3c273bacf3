import fc from 'fast-check';
import { createMask, printable, printableExchange, printableMessage } from '../../gateways/core/printable';

const mask = createMask(['segredo-1', 'a b'], { document: '01234567890', names: ['José Inventado', 'JOSE INVENTADO'] });

test.each([
  ['Bearer segredo-1!', 'Bearer ***!'],
  ['SEGREDO-1', '***'],
  ['CPF 01234567890', 'CPF ***.345.678-**'],
  ['CPF 012.345.678-90', 'CPF ***.345.678-**'],
  ['"numeroInscricao":1234567890', '"numeroInscricao":***.345.678-**'],
  ['JOSE INVENTADO e José Inventado', 'J*** I*** e J*** I***'],
  ['nada de ninguém', 'nada de ninguém'],
])('%s is shown as %s', (text, shown) => expect(mask(text)).toBe(shown));

test('a secret is also hidden where it is part of an address', () => {
  expect(createMask(['a+b/c='], null)('?key=a%2Bb%2Fc%3D')).toBe('?key=***');
});

test('a CNPJ keeps its last six characters only', () => {
  const company = createMask([], { document: '12ABC34501DE35', names: [] });
  expect(company('12ABC34501DE35 ou 12.ABC.345/01DE-35')).toBe('********01DE35 ou ********01DE35');
});

test('whatever a bank writes can be stored: no NUL, no half characters, never over the limit', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 700 }).map((text) => `${text}\u0000\ud800${text}\udc00`);
  fc.assert(
    fc.property(anything, (text) => {
      for (const [shown, limit] of [
        [printable(text, 40), 40],
        [printableMessage(text, mask), 500],
        [printableExchange(text.repeat(9), mask), 4_096],
      ] as const) {
        expect(shown).not.toMatch(/\p{Cc}|\p{Surrogate}/u);
        expect(shown.length).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test('a secret that the limit would cut in two is hidden whole', () => {
  const shown = printableMessage(`${'x'.repeat(495)}segredo-1`, mask);
  expect(shown).not.toContain('segr');
});
