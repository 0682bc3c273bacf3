import fc from 'fast-check';
import { expressed, foldToUpperCase, percentDecimal, shorten } from '../../domain/boleto/sending';
import { sending } from '../../gateways/bancoDoBrasil/codec';
import { validCharge } from '../gateways/bancoDoBrasilCharge';

test('shortening never makes a half character, and never more than the limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 1, max: 60 }), (text, max) => {
      const short = shorten(foldToUpperCase(text), max);
      expect([...short].length).toBeLessThanOrEqual(max);
      expect(short.isWellFormed?.() ?? true).toBe(true);
      expect(foldToUpperCase(text).startsWith(short)).toBe(true);
    }),
  );
});

test.each([
  ['João  Conceição', 'JOAO CONCEICAO'],
  ['D’Ávila “Zé” – Ltda', 'D\'AVILA "ZE" - LTDA'],
  ['Rua 1º de Março, nº 3', 'RUA 1O DE MARCO, NO 3'],
  ['Straße\u00a0Ærø', 'STRASSE AERO'],
  ['2° andar, Łódź', '2O ANDAR, LODZ'],
  ['Loja @ #1 \u{1F600}', 'LOJA @ #1 \u{1F600}'],
])('%s is folded to %s', (text, folded) => expect(foldToUpperCase(text)).toBe(folded));

test('a text is shortened where that is allowed, after its accents are gone', () => {
  // Decomposed, each letter is two characters: cut before, half of them would be lost.
  const long = 'é'.normalize('NFD').repeat(70);
  const { payer } = validCharge(1, { payer: { name: long, street: long } });
  expect(expressed(sending, 'street', payer)).toBe('E'.repeat(60));
  expect(expressed(sending, 'name', payer)).toBe('E'.repeat(70));
});

test.each([
  [
    'a complement goes first',
    { street: 'Rua '.repeat(12), number: '1500', complement: 'apto 12' },
    'RUA '.repeat(12).trim() + ', 1500, APTO',
  ],
  [
    'then the street, never the number',
    { street: 'Rua '.repeat(20), number: '1500', complement: 'apto 12' },
    'RUA '.repeat(13) + 'RU, 1500',
  ],
  ['a number that fits is kept whole', { street: 'Rua A', number: '1º B', complement: '' }, 'RUA A, 1O B'],
  [
    'a number longer than a street is cut like one',
    { street: 'Rua A', number: '7'.repeat(60) },
    `RUA A, ${'7'.repeat(53)}`,
  ],
])('of a long address %s', (_what, address, written) => {
  const { payer } = validCharge(1, { payer: address });
  expect(expressed(sending, 'street', payer)).toBe(written);
});

test.each([
  [2, '2.00'],
  [0.5, '0.50'],
  [1.25, '1.25'],
  [1.255, null],
  [-1, null],
  [1e-7, null],
  [NaN, null],
])('%s percent with two decimals is %s', (percent, written) => expect(percentDecimal(percent, 2)).toBe(written));
