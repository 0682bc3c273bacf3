import fc from 'fast-check';
import { compe001 } from '../../domain/codes/layouts/compe001';
import { buildBarcode, toLinhaDigitavel } from '../../domain/codes/barcode';
import { addDays, localDate, type LocalDate } from '../../domain/kinds/dates';
import { cents, type Cents } from '../../domain/kinds/money';
import { checkRegistration, mismatches, mismatchLabels, mismatchWords } from '../../domain/boleto/registrationCheck';
import { bancoDoBrasilManifest } from '../../gateways/bancoDoBrasil/manifest';
import { createQrCode, withAmount, withWrongCrc } from '../../gateways/bancoDoBrasil/simulator/pix';

interface Coded {
  amountCents: Cents;
  dueDate: LocalDate;
  ourNumber: string;
}

const charge: Coded = {
  amountCents: cents(12_990),
  dueDate: localDate('2026-03-31'),
  ourNumber: '00031285570000000042',
};

function codesOf({ amountCents, dueDate, ourNumber }: Coded, bank = '001') {
  const freeField = compe001.freeField({
    convenio: ourNumber.slice(3, 10),
    nosso_numero: ourNumber,
    carteira: '17',
  });
  const barcode = buildBarcode({ bank, dueDate, amountCents, freeField });
  return { linhaDigitavel: toLinhaDigitavel(barcode), barcode, pixEmv: null as string | null };
}

const right = codesOf(charge);
const qrCode = createQrCode({ number: charge.ourNumber, amountCents: charge.amountCents });
const { codes: codeLayout } = bancoDoBrasilManifest;
const check = (registration: typeof right) => checkRegistration(registration, charge, codeLayout);

test('codes that agree with each other and with the charge are right, with a Pix and without', () => {
  expect(check(right)).toEqual([]);
  expect(check({ ...right, pixEmv: qrCode.emv })).toEqual([]);
});

test.each([
  ['the line has a wrong digit', { linhaDigitavel: right.linhaDigitavel.replace(/.$/, '1') }, ['linhaDigitavel']],
  ['the line is missing', { linhaDigitavel: '' }, ['linhaDigitavel']],
  ['the barcode has a wrong digit', { barcode: right.barcode.replace(/.$/, '8') }, ['barcode']],
  ['both are broken', { linhaDigitavel: '123', barcode: '456' }, ['linhaDigitavel', 'barcode']],
  [
    'line and barcode are of two boletos',
    { linhaDigitavel: codesOf({ ...charge, amountCents: cents(1) }).linhaDigitavel },
    ['lineAndBarcode'],
  ],
  ['they are of another bank', codesOf(charge, '237'), ['bank']],
  ['they are for a cent more', codesOf({ ...charge, amountCents: cents(12_991) }), ['amountCents']],
  ['they are due a day later', codesOf({ ...charge, dueDate: addDays(charge.dueDate, 1) }), ['dueDate']],
  ['they have another number', codesOf({ ...charge, ourNumber: '00031285570000000043' }), ['ourNumber']],
  ['they have another convênio', codesOf({ ...charge, ourNumber: '00031285580000000042' }), ['ourNumber']],
  [
    'several things are wrong',
    codesOf({ amountCents: cents(1), dueDate: localDate('2030-01-01'), ourNumber: '00031285570000000001' }),
    ['amountCents', 'dueDate', 'ourNumber'],
  ],
  ['the Pix has a wrong CRC', { pixEmv: withWrongCrc(qrCode).emv }, ['pix']],
  ['the Pix is cut', { pixEmv: qrCode.emv.slice(0, 40) }, ['pix']],
  ['the Pix is for another amount', { pixEmv: withAmount(qrCode, cents(1)).emv }, ['pixAmount']],
])('%s: %j', (_what, changes, expected) => {
  expect(check({ ...right, ...changes })).toEqual(expected);
});

test('another currency than the real is another value', () => {
  const other = `${right.barcode.slice(0, 3)}0`;
  const rest = right.barcode.slice(5);
  const [barcode] = Array.from({ length: 10 }, (_, digit) => `${other}${digit}${rest}`).filter(
    (code) => !check({ ...right, barcode: code, linhaDigitavel: toLinhaDigitavel(code) }).includes('barcode'),
  );
  expect(check({ ...right, barcode: barcode!, linhaDigitavel: toLinhaDigitavel(barcode!) })).toEqual(['amountCents']);
});

test('a date that no barcode can hold never agrees', () => {
  const early = { ...charge, dueDate: localDate('1997-01-01') };
  expect(checkRegistration(right, early, codeLayout)).toEqual(['dueDate']);
});

test('right codes of any charge are right, and those of any other due date or amount are not, over the rollover', () => {
  const days = fc.integer({ min: 0, max: 8_999 });
  fc.assert(
    fc.property(days, days, fc.integer({ min: 1, max: 9_999_999_999 }), (day, otherDay, amount) => {
      const dueDate = addDays(localDate('2020-01-01'), day);
      const one: Coded = { ...charge, dueDate, amountCents: amount as Cents };
      expect(checkRegistration(codesOf(one), one, codeLayout)).toEqual([]);
      const other = { ...one, dueDate: addDays(localDate('2020-01-01'), otherDay) };
      expect(checkRegistration(codesOf(other), one, codeLayout)).toEqual(day === otherDay ? [] : ['dueDate']);
    }),
  );
});

test('each mismatch has its words', () => {
  expect(Object.keys(mismatchLabels)).toEqual(mismatches);
  expect(mismatchWords(['bank', 'pix'])).toBe(`${mismatchLabels.bank}; ${mismatchLabels.pix}`);
});
