import { cents } from '../../domain/kinds/money';
import { judgePrint, printRefusalLabels, type PrintFacts } from '../../domain/receivable/printable';
import { boletoStates } from '../../domain/boleto/states';
import { printableBoleto } from '../documents/printable';

const { charge, barcode } = printableBoleto();
const registered: PrintFacts = {
  receivableStatus: 'A',
  boletoState: 'registered',
  barcode,
  divergence: null,
  snapshots: [charge],
};

test('a registered boleto is printed as it was sent', () => {
  expect(judgePrint(registered)).toEqual({ charge });
  expect(judgePrint({ ...registered, receivableStatus: 'P' })).toEqual({ charge });
});

test.each(boletoStates.filter((state) => state !== 'registered'))('a boleto that is %s never is', (boletoState) => {
  expect(judgePrint({ ...registered, boletoState })).toEqual({ refused: boletoState });
  expect(printRefusalLabels[boletoState]).toBeDefined();
});

test('nor one that was never communicated, was paid or is cancelled', () => {
  expect(judgePrint({ ...registered, boletoState: null })).toEqual({ refused: 'notCommunicated' });
  expect(judgePrint({ ...registered, receivableStatus: 'R' })).toEqual({ refused: 'paid' });
  expect(judgePrint({ ...registered, boletoState: null, receivableStatus: 'R' })).toEqual({ refused: 'paid' });
  expect(judgePrint({ ...registered, receivableStatus: 'C' })).toEqual({ refused: 'cancelledReceivable' });
});

test('of several charges that were sent, the one that the barcode is about', () => {
  const other = { ...charge, amountCents: cents(1) };
  expect(judgePrint({ ...registered, snapshots: [other, charge] })).toEqual({ charge });
});

test('where it is about none, nothing is printed beside the wrong value', () => {
  expect(judgePrint({ ...registered, snapshots: [{ ...charge, amountCents: cents(1) }] })).toEqual({
    refused: 'otherData',
  });
  expect(judgePrint({ ...registered, snapshots: [] })).toEqual({ refused: 'otherData' });
});

test('wrong codes that were accepted in homologação are about nothing, and printed with what was sent', () => {
  const facts = { ...registered, barcode: '123', divergence: ['barcode'] as const };
  expect(judgePrint(facts)).toEqual({ charge });
});
