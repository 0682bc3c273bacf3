import fc from 'fast-check';
import { itfBars } from '../../documents/itf';

/** Reads the bars back: two wide ones of five, first digit in the bars, second in the spaces. */
function read(digits: string): string {
  const { bars, modules } = itfBars(digits);
  const widths = bars.flatMap(({ at, width }, index) => [width, (bars[index + 1]?.at ?? modules) - at - width]);
  expect(widths.slice(0, 4)).toEqual([1, 1, 1, 1]);
  expect(widths.slice(-4)).toEqual([3, 1, 1, 0]);
  const body = widths.slice(4, -4);
  const weights = [1, 2, 4, 7, 0];
  let text = '';
  for (let at = 0; at < body.length; at += 10)
    for (const offset of [0, 1]) {
      const wide = weights.map((weight, element) => (body[at + 2 * element + offset] === 3 ? weight : null));
      const sum = wide.reduce<number>((total, weight) => total + (weight ?? 0), 0);
      expect(wide.filter((weight) => weight !== null)).toHaveLength(2);
      text += String(sum % 11);
    }
  return text;
}

test('what is drawn reads as what was given', () => {
  const pairs = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 22 });
  fc.assert(
    fc.property(pairs, (numbers) => {
      const digits = numbers.map((number) => String(number).padStart(2, '0')).join('');
      expect(read(digits)).toBe(digits);
    }),
  );
});

test('44 digits are 405 modules, so that 103 mm have the module of the standard', () => {
  const { bars, modules } = itfBars('0'.repeat(44));
  expect(modules).toBe(405);
  expect(bars).toHaveLength(2 + 22 * 5 + 2);
  expect(103 / modules).toBeCloseTo(0.254, 3);
});

test.each(['', '1', '123', '12a4'])('%j is no barcode', (text) => {
  expect(() => itfBars(text)).toThrow(RangeError);
});
