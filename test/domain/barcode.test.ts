import fc from 'fast-check';
import { compe001 } from '../../domain/codes/layouts/compe001';
import { buildBarcode, isBarcode, toBarcode, toLinhaDigitavel, wrongLineDigits } from '../../domain/codes/barcode';
import { addDays, localDate } from '../../domain/kinds/dates';
import { cents, MAX_BARCODE_CENTS, type Cents } from '../../domain/kinds/money';

/** Values from the tests of public boleto libraries (BoletoNetCore, brcobranca). */
test.each([
  [
    '11',
    '0047850002',
    35_000,
    '2020-12-30',
    '00191848500000350000000001234567004785000211',
    '00190000090123456700447850002115184850000035000',
  ],
  [
    '17',
    '0000000003',
    20_000,
    '2016-09-26',
    '00193692900000200000000001234567000000000317',
    '00190000090123456700400000003178369290000020000',
  ],
  [
    '17',
    '0000000004',
    30_652,
    '2016-10-26',
    '00196695900000306520000001234567000000000417',
    '00190000090123456700400000004176669590000030652',
  ],
  [
    '17',
    '0000000007',
    60_000,
    '2017-01-27',
    '00199705200000600000000001234567000000000717',
    '00190000090123456700400000007179970520000060000',
  ],
])('carteira %s, sequence %s', (carteira, sequence, amount, dueDate, barcode, line) => {
  const freeField = compe001.freeField({ convenio: '1234567', nosso_numero: sequence, carteira });
  expect(buildBarcode({ bank: '001', dueDate: localDate(dueDate), amountCents: cents(amount), freeField })).toBe(
    barcode,
  );
  expect(toLinhaDigitavel(barcode)).toBe(line);
  expect(toBarcode(line)).toBe(barcode);
  expect(isBarcode(barcode)).toBe(true);
});

test('what does not fit the layout is refused', () => {
  const boleto = { bank: '001', dueDate: localDate('2026-01-01'), amountCents: cents(1), freeField: '0'.repeat(25) };
  expect(() => buildBarcode({ ...boleto, amountCents: cents(MAX_BARCODE_CENTS + 1) })).toThrow(RangeError);
  expect(() => buildBarcode({ ...boleto, amountCents: cents(-1) })).toThrow(RangeError);
  expect(() => buildBarcode({ ...boleto, freeField: '0'.repeat(24) })).toThrow(RangeError);
  // Its factor would be 0999, which no boleto ever had.
  expect(() => buildBarcode({ ...boleto, dueDate: localDate('2000-07-02') })).toThrow(RangeError);
  expect(buildBarcode({ ...boleto, dueDate: localDate('2000-07-03') }).slice(5, 9)).toBe('1000');
});

test.each(['', '8'.repeat(44), '0'.repeat(43), 'x'.repeat(44)])('%s is no barcode of a bank', (text) => {
  expect(isBarcode(text)).toBe(false);
});

/** Digits in which 0 and 9 are as frequent as all others together: the neighbours that modulo 10 cannot tell apart. */
const digits = (length: number) =>
  fc
    .array(fc.oneof(fc.constantFrom('0', '9'), fc.constantFrom(...'0123456789')), {
      minLength: length,
      maxLength: length,
    })
    .map((each) => each.join(''));

const barcodes = fc
  .record({
    bank: fc.constantFrom('001', '033', '041', '077', '104', '237', '341', '422', '748', '756', '999'),
    days: fc.integer({ min: 0, max: 18_000 }),
    amount: fc.oneof(
      fc.integer({ min: 1, max: MAX_BARCODE_CENTS }),
      digits(10).map((each) => Math.max(1, Number(each))),
    ),
    freeField: digits(25),
  })
  .map(({ bank, days, amount, freeField }) =>
    buildBarcode({ bank, dueDate: addDays(localDate('2000-07-03'), days), amountCents: amount as Cents, freeField }),
  );
const runs = { numRuns: 2_000 };

test('line and barcode say the same in both directions', () => {
  fc.assert(
    fc.property(barcodes, (barcode) => isBarcode(barcode) && toBarcode(toLinhaDigitavel(barcode)) === barcode),
    runs,
  );
});

/**
 * What the standard cannot see. Of the eleven remainders of modulo 11, three (0, 1, 10) give the same general digit, 1.
 * Written apart from the code under test: the weight of each digit is counted from the right, the general digit left out.
 */
const remainder = (barcode: string): number =>
  [...(barcode.slice(0, 4) + barcode.slice(5))].reduce(
    (sum, digit, at) => sum + Number(digit) * (2 + ((42 - at) % 8)),
    0,
  ) % 11;
const isBlind = (barcode: string): boolean => [0, 1, 10].includes(remainder(barcode));
const generalDigit = (barcode: string): string => (isBlind(barcode) ? '1' : String(11 - remainder(barcode)));
const barcodeOf = (line: string): string =>
  line.slice(0, 4) + line.slice(32) + line.slice(4, 9) + line.slice(10, 20) + line.slice(21, 31);

describe('one changed digit', () => {
  const changed = (text: string, at: number, by: number): string =>
    text.slice(0, at) + ((Number(text[at]) + by) % 10) + text.slice(at + 1);
  const by = fc.integer({ min: 1, max: 9 });

  test('is always found in the three fields of a line and in its general digit', () => {
    fc.assert(
      fc.property(
        barcodes,
        fc.nat(32),
        by,
        (barcode, at, difference) => toBarcode(changed(toLinhaDigitavel(barcode), at, difference)) === null,
      ),
      runs,
    );
  });

  test('is found in due date and amount, unless the general digit is the 1 of three remainders before and after', () => {
    fc.assert(
      fc.property(barcodes, fc.integer({ min: 33, max: 46 }), by, (barcode, at, difference) => {
        const line = changed(toLinhaDigitavel(barcode), at, difference);
        const unnoticed = isBlind(barcode) && isBlind(barcodeOf(line));
        return (toBarcode(line) !== null) === unnoticed;
      }),
      runs,
    );
  });

  test('is found in a barcode under the same condition', () => {
    fc.assert(
      fc.property(barcodes, fc.nat(43), by, (barcode, at, difference) => {
        const other = changed(barcode, at, difference);
        fc.pre(!other.startsWith('8'));
        const unnoticed = at !== 4 && isBlind(barcode) && isBlind(other);
        return isBarcode(other) === unnoticed;
      }),
      runs,
    );
  });
});

describe('two swapped neighbours', () => {
  const swapped = (text: string, at: number): string =>
    text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
  /** Whether both digits are of one field, its own check digit included. */
  const inField = (at: number): boolean => at < 32 && ![9, 20, 31].includes(at);

  function isUnnoticed(before: string, after: string, at: number): boolean {
    const bothBlind = isBlind(barcodeOf(before)) && isBlind(barcodeOf(after));
    // Modulo 10 gives 0 and 9 the same weight in both places; the general digit is the second look.
    if (inField(at)) return [before[at], before[at + 1]].sort().join('') === '09' && bothBlind;
    // A field's check digit that moves out of it is always missed there.
    if (at < 32) return false;
    // The general digit and the first of the due date.
    if (at === 32) return generalDigit(barcodeOf(after)) === after[32];
    return bothBlind;
  }

  test('are found in a line, but where the general digit is 1 for three remainders (in the fields: and they are 0 and 9)', () => {
    fc.assert(
      fc.property(barcodes, fc.nat(45), (barcode, at) => {
        const line = toLinhaDigitavel(barcode);
        fc.pre(line[at] !== line[at + 1]);
        const other = swapped(line, at);
        fc.pre(!other.startsWith('8'));
        return (toBarcode(other) !== null) === isUnnoticed(line, other, at);
      }),
      { numRuns: 6_000 },
    );
  });

  test('the general digit and the first of the due date may only be mistaken where one of the two is 1', () => {
    fc.assert(
      fc.property(barcodes, (barcode) => {
        const line = toLinhaDigitavel(barcode);
        fc.pre(line[32] !== line[33]);
        return line[32] === '1' || line[33] === '1' || toBarcode(swapped(line, 32)) === null;
      }),
      runs,
    );
  });

  // Right by every digit the standard has, and yet another boleto.
  test.each<[string, string, string]>([
    [
      '0 and 9 in a field',
      '00199101169097999999390098890297114500000466887',
      '00199101169907999999390098890297114500000466887',
    ],
    [
      'digits of the amount',
      '00199101169097999999390098890297114500000466887',
      '00199101169097999999390098890297114500000466878',
    ],
    [
      'the general digit and the due date',
      '00199900929909790937089990099916915280000232523',
      '00199900929909790937089990099916195280000232523',
    ],
  ])('nobody can find %s', (_what, line, other) => {
    expect(line).not.toBe(other);
    expect(toBarcode(line)).not.toBeNull();
    expect(toBarcode(other)).not.toBeNull();
  });
});

test('a wrong digit is named with its field, place and what it should be', () => {
  const line = '00190000090123456700400000003178369290000020000';
  expect(wrongLineDigits(line)).toEqual([]);
  expect(wrongLineDigits(line.slice(0, 31) + '9' + line.slice(32))).toEqual([
    { of: 3, position: 32, found: '9', expected: '8' },
  ]);
  expect(wrongLineDigits(line.slice(0, 32) + '4' + line.slice(33))).toEqual([
    { of: 'general', position: 33, found: '4', expected: '3' },
  ]);
  expect(wrongLineDigits('1' + line.slice(1)).map(({ of }) => of)).toEqual([1, 'general']);
});
