import fc from 'fast-check';
import {
  formatArrecadacaoLine,
  isArrecadacaoBarcode,
  toArrecadacaoBarcode,
  toArrecadacaoLine,
  wrongArrecadacaoDigits,
} from '../../domain/codes/arrecadacao';
import { isBarcode, toBarcode } from '../../domain/codes/barcode';
import { readPaymentCode } from '../../domain/codes/paymentCode';

/** Value ids 6 and 7 are checked with modulo 10, 8 and 9 with modulo 11. */
const barcodes = (valueIds: string) =>
  fc
    .tuple(fc.constantFrom(...'12345679'), fc.constantFrom(...valueIds), fc.stringMatching(/^\d{40}$/))
    .map(([segment, valueId, rest]) => {
      const withoutDigit = `8${segment}${valueId}0${rest}`;
      const [wrong] = wrongArrecadacaoDigits(withoutDigit);
      return `8${segment}${valueId}${wrong?.expected ?? '0'}${rest}`;
    });
const changed = (text: string, at: number, by: number): string =>
  text.slice(0, at) + ((Number(text[at]) + by) % 10) + text.slice(at + 1);
const by = fc.integer({ min: 1, max: 9 });
const runs = { numRuns: 1_500 };

test('line and barcode say the same in both directions', () => {
  fc.assert(
    fc.property(barcodes('6789'), (barcode) => {
      return isArrecadacaoBarcode(barcode) && toArrecadacaoBarcode(toArrecadacaoLine(barcode)) === barcode;
    }),
    runs,
  );
});

test('with modulo 10 one changed digit is always found', () => {
  fc.assert(
    fc.property(barcodes('67'), fc.integer({ min: 3, max: 47 }), by, (barcode, at, difference) => {
      return toArrecadacaoBarcode(changed(toArrecadacaoLine(barcode), at, difference)) === null;
    }),
    runs,
  );
});

test('with modulo 11 it is found unless every digit over it is the 0 of two remainders', () => {
  fc.assert(
    fc.property(barcodes('89'), fc.integer({ min: 4, max: 47 }), by, (barcode, at, difference) => {
      const line = toArrecadacaoLine(barcode);
      const other = changed(line, at, difference);
      const ownDigit = line[Math.floor(at / 12) * 12 + 11];
      const mayBeBlind = ownDigit === '0' && line[3] === '0' && at % 12 !== 11;
      return mayBeBlind || toArrecadacaoBarcode(other) === null;
    }),
    runs,
  );
});

test('with modulo 10 two swapped neighbours of a block are found, but not 0 and 9', () => {
  fc.assert(
    fc.property(barcodes('67'), fc.integer({ min: 4, max: 46 }), (barcode, at) => {
      const line = toArrecadacaoLine(barcode);
      fc.pre(line[at] !== line[at + 1] && at % 12 !== 11);
      const other = line.slice(0, at) + line.charAt(at + 1) + line.charAt(at) + line.slice(at + 2);
      const isZeroNine = [line[at], line[at + 1]].sort().join('') === '09';
      // Where the check digit itself is one of the two, the general digit has the last word.
      if (!isZeroNine) expect(toArrecadacaoBarcode(other)).toBeNull();
      else if (at % 12 < 10) expect(toArrecadacaoBarcode(other)).not.toBeNull();
    }),
    runs,
  );
});

test('it is no boleto of a bank', () => {
  fc.assert(
    fc.property(barcodes('6789'), (barcode) => {
      expect(isBarcode(barcode)).toBe(false);
      expect(toBarcode(toArrecadacaoLine(barcode))).toBeNull();
      expect(readPaymentCode(barcode)).toMatchObject({ kind: 'arrecadacao' });
    }),
  );
});

test('wrong digits are named by block, and the general one too', () => {
  const line = '846300000011249800820899999931930104917891162997';
  expect(wrongArrecadacaoDigits(line)).toEqual([]);
  expect(wrongArrecadacaoDigits(line.slice(0, 47) + '9')).toEqual([{ of: 4, position: 48, found: '9', expected: '7' }]);
  expect(wrongArrecadacaoDigits(changed(line, 5, 1)).map(({ of }) => of)).toEqual([1, 'general']);
  expect(formatArrecadacaoLine(line)).toBe('84630000001-1 24980082089-9 99993193010-4 91789116299-7');
});

test.each([
  ['segment 8', '88605555555555566667777777777777777777777777'],
  ['value id 2', '842900000002404201622015806051904292586034111220'],
  ['47 digits', '84630000001124980082089999993193010491789116299'],
])('%s is no arrecadação', (_what, digits) => {
  expect(readPaymentCode(digits)).toMatchObject({ kind: 'wrong' });
});
