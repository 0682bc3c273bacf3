import fc from 'fast-check';
import { bancoDoBrasil } from '../../domain/banks/bancoDoBrasil';
import { buildBarcode, isBarcode, toBarcode, toLinhaDigitavel } from '../../domain/barcode';
import { addDays, localDate } from '../../domain/dates';
import { dueDateFactor } from '../../domain/dueDateFactor';
import { cents, MAX_BARCODE_CENTS, type Cents } from '../../domain/money';

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
  const freeField = bancoDoBrasil.freeField({ convenio: '1234567', nosso_numero: sequence, carteira });
  expect(buildBarcode({ bank: '001', dueDate: localDate(dueDate), amountCents: cents(amount), freeField })).toBe(
    barcode,
  );
  expect(toLinhaDigitavel(barcode)).toBe(line);
  expect(toBarcode(line)).toBe(barcode);
  expect(isBarcode(barcode)).toBe(true);
});

test.each([
  ['2000-07-03', '1000'],
  ['2000-07-04', '1001'],
  ['2008-02-01', '3769'],
  ['2010-11-17', '4789'],
  ['2025-02-21', '9999'],
  ['2025-02-22', '1000'],
  ['2025-02-23', '1001'],
  ['2025-03-12', '1018'],
  ['2049-10-13', '9999'],
])('the due-date factor of %s is %s', (date, factor) => expect(dueDateFactor(localDate(date))).toBe(factor));

test('a date before the first factor has none', () => {
  expect(() => dueDateFactor(localDate('1997-10-07'))).toThrow(RangeError);
});

test('what does not fit the layout is refused', () => {
  const boleto = { bank: '001', dueDate: localDate('2026-01-01'), amountCents: cents(1), freeField: '0'.repeat(25) };
  expect(() => buildBarcode({ ...boleto, amountCents: cents(MAX_BARCODE_CENTS + 1) })).toThrow(RangeError);
  expect(() => buildBarcode({ ...boleto, amountCents: cents(-1) })).toThrow(RangeError);
  expect(() => buildBarcode({ ...boleto, freeField: '0'.repeat(24) })).toThrow(RangeError);
});

const barcodes = fc
  .record({
    days: fc.integer({ min: 0, max: 18_000 }),
    amount: fc.integer({ min: 1, max: MAX_BARCODE_CENTS }),
    freeField: fc.stringMatching(/^\d{25}$/),
  })
  .map(({ days, amount, freeField }) =>
    buildBarcode({
      bank: '001',
      dueDate: addDays(localDate('2000-07-03'), days),
      amountCents: amount as Cents,
      freeField,
    }),
  );

test('line and barcode say the same in both directions', () => {
  fc.assert(fc.property(barcodes, (barcode) => expect(toBarcode(toLinhaDigitavel(barcode))).toBe(barcode)));
});

// In the last two fields the general digit alone watches, and modulo 11 gives 1 for three remainders.
test('one wrong digit in the first three fields of a line is noticed', () => {
  fc.assert(
    fc.property(barcodes, fc.nat(31), fc.integer({ min: 1, max: 9 }), (barcode, at, by) => {
      const line = toLinhaDigitavel(barcode);
      const digit = (Number(line[at]) + by) % 10;
      expect(toBarcode(line.slice(0, at) + digit + line.slice(at + 1))).toBeNull();
    }),
  );
});

test.each(['', '8'.repeat(44), '0'.repeat(43), 'x'.repeat(44)])('%s is no barcode of a bank', (text) => {
  expect(isBarcode(text)).toBe(false);
});
