import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger, type LedgerEntry } from '../../gateways/simulator/ledger';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ledger-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const entry = (number: string, ownReference: string): LedgerEntry => ({
  at: 1,
  account: 'a',
  convenio: '3128557',
  number,
  ownReference,
  payerDocument: '52998224725',
  amountCents: 100,
  dueDate: '2026-01-01',
  boleto: { state: 1 },
});

test('what a kill left half written goes, and what follows is whole', () => {
  openLedger(folder).append(entry('1', 'é'));
  appendFileSync(join(folder, 'ledger.jsonl'), '{"at":2,"acc');
  const second = openLedger(folder);
  second.append(entry('2', 'b'));
  second.amend(entry('1', 'é'), { state: 7 });
  const third = openLedger(folder);
  expect(third.counts()).toEqual({ registered: 2, duplicates: 0 });
  expect(third.find('3128557', '1')?.boleto).toEqual({ state: 7 });
  expect(third.find('3128557', '2')?.boleto).toEqual({ state: 1 });
});

test('a number or a reference that comes again in its convênio is a duplicate', () => {
  const ledger = openLedger(folder);
  ledger.append(entry('1', 'a'));
  ledger.append(entry('2', 'a'));
  ledger.append(entry('2', 'b'));
  ledger.append({ ...entry('1', 'a'), convenio: '7654321' });
  expect(ledger.counts()).toEqual({ registered: 4, duplicates: 2 });
});
