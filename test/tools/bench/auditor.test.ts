import type { Knex } from 'knex';
import { audit, countByKind, type Finding } from '../../../tools/bench/auditor';
import type { LedgerEntry } from '../../../gateways/simulator/ledger';
import { createTestDatabase } from '../../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
  createItem,
  createReceivable,
} from '../../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
beforeAll(async () => ({ knex } = database = await createTestDatabase()));
afterEach(() => knex.raw('truncate filial, gateway_account, customer, batch cascade'));
afterAll(() => database?.close());

const LINHA = '00190000090312855700000000001172310950000009990';
const BARCODE = '00193109500000099900000003128557000000000117';

/** A batch of títulos that are registered, at the bank and in the record alike. */
async function registered(count: number): Promise<{ entries: LedgerEntry[]; batchId: string }> {
  const carteira = await createCarteira(knex);
  const batchId = await createBatch(knex, carteira.id, { phase: 'concluded', selected: count });
  const entries: LedgerEntry[] = [];
  for (let made = 1; made <= count; made += 1) {
    const receivable = await createReceivable(knex, carteira, {
      customer_id: await createCustomer(knex),
      impresso: true,
    });
    const entry: LedgerEntry = {
      at: made,
      account: 'simulado',
      convenio: '3128557',
      number: `0003128557${String(made).padStart(10, '0')}`,
      ownReference: String(receivable),
      payerDocument: '52998224725',
      amountCents: 9_990,
      dueDate: '2030-02-10',
      boleto: { codigoLinhaDigitavel: LINHA, textoCodigoBarrasTituloCobranca: BARCODE },
    };
    const boletoId = await createBoleto(knex, receivable, carteira.accountId!, {
      own_reference: entry.ownReference,
      our_number: entry.number,
      state: 'registered',
      linha_digitavel: LINHA,
      barcode: BARCODE,
      registered_at: knex.fn.now(),
    });
    const ordinal = await createItem(knex, batchId, receivable, {
      boleto_id: boletoId,
      state: 'registered',
      due_at: null,
      closed_at: knex.fn.now(),
    });
    const item = { batchId, ordinal, receivableId: receivable };
    await createAttempt(knex, boletoId, item, { resolution: 'registered' });
    entries.push(entry);
  }
  return { entries, batchId };
}

function kinds(findings: readonly Finding[]): string[] {
  return findings.map(({ kind }) => kind).sort();
}

test('nothing is found where ledger and record agree', async () => {
  const { entries } = await registered(3);
  expect(await audit(knex, entries)).toEqual([]);
});

test.each([
  ['the same registration again', {}],
  ['the same number for another reference', { ownReference: 'outra' }],
  ['the same reference, and so the same título, under another number', { number: '00031285570000000999' }],
])('%s is a duplicate', async (_what, changes) => {
  const { entries } = await registered(2);
  const findings = await audit(knex, [...entries, { ...(entries[0] as LedgerEntry), ...changes }]);
  expect(countByKind(findings)).toEqual({ duplicate: 1, lost: 0, differs: 0, broken: 0 });
});

test('the same título under a second reference of ours is a duplicate', async () => {
  const { entries } = await registered(1);
  const [first] = entries as [LedgerEntry];
  const boleto = await knex('boleto').where({ own_reference: first.ownReference }).first();
  const again = { ...first, ownReference: `${first.ownReference}-2`, number: '00031285570000000999' };
  await createBoleto(knex, boleto.receivable_id, boleto.account_id, {
    own_reference: again.ownReference,
    our_number: again.number,
    generation: 2,
    state: 'superseded',
  });
  expect(kinds(await audit(knex, [first, again]))).toEqual(['duplicate']);
});

test('what only the bank has is lost, and so is what only the record has', async () => {
  const { entries } = await registered(3);
  const stranger = { ...(entries[0] as LedgerEntry), number: '00031285570000000777', ownReference: '777' };
  const findings = await audit(knex, [...entries.slice(1), stranger]);
  expect(kinds(findings)).toEqual(['lost', 'lost']);
});

test('what the bank registered while the record says otherwise is lost', async () => {
  const { entries } = await registered(2);
  await knex('batch_item').where({ ordinal: 1 }).update({ state: 'rejected' });
  await knex('boleto').where({ our_number: entries[0]?.number }).update({ state: 'draft' });
  await knex('receivable').where({ id: entries[0]?.ownReference }).update({ impresso: false });
  expect(kinds(await audit(knex, entries))).toEqual(['lost']);
});

test.each([
  ['the value', { amountCents: 9_991 }],
  ['the due date', { dueDate: '2030-02-11' }],
  ["the payer's document", { payerDocument: '11144477735' }],
  ['the linha digitável', { boleto: { codigoLinhaDigitavel: '1', textoCodigoBarrasTituloCobranca: BARCODE } }],
  ['the barcode', { boleto: { codigoLinhaDigitavel: LINHA, textoCodigoBarrasTituloCobranca: '1' } }],
  ['the reference', { ownReference: '999' }],
])('%s that the bank has otherwise is a difference', async (_what, changes) => {
  const { entries } = await registered(2);
  const findings = await audit(knex, [{ ...(entries[0] as LedgerEntry), ...changes }, entries[1] as LedgerEntry]);
  expect(kinds(findings)).toEqual(['differs']);
});

describe('a record that contradicts itself is broken:', () => {
  const open = async (batchId: string, item: Record<string, unknown>, boleto = 'draft') => {
    await knex('batch').where({ id: batchId }).update({ phase: 'awaitingAdjustments' });
    await knex('boleto').update({ state: boleto });
    await knex('receivable').update({ impresso: false });
    await knex('batch_item').update({ closed_at: null, ...item });
  };
  const hourAgo = () => knex.raw(`clock_timestamp() - interval '1 hour'`);
  test.each<[what: string, plant: (batchId: string) => Promise<unknown>]>([
    ['due, and nobody moves it on', (batchId) => open(batchId, { state: 'deferred', due_at: hourAgo() })],
    ['neither due nor ended, and no person can act on it', (batchId) => open(batchId, { state: 'sending' }, 'sending')],
    ['unresolved call in a batch that ended', () => knex('attempt').update({ resolution: null, resolved_at: null })],
    ['not ended, in a batch that ended', () => knex('batch_item').update({ closed_at: null })],
    ['registered, and the título is not Impresso', () => knex('receivable').update({ impresso: false })],
    ['Impresso, and no boleto is registered', () => knex('boleto').update({ state: 'cancelled' })],
    ['item and boleto do not agree on registered', () => knex('boleto').update({ state: 'unconfirmed' })],
    [
      'registered, with a call that nobody knows the end of',
      () => knex('attempt').update({ resolution: null, resolved_at: null }),
    ],
    ['selected, and not an item of the batch', () => knex('batch').update({ selected: 2 })],
  ])('%s', async (what, plant) => {
    const { batchId, entries } = await registered(1);
    await plant(batchId);
    expect(await audit(knex, entries)).toContainEqual(expect.objectContaining({ kind: 'broken', what }));
  });
});
