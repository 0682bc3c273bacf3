import type { Knex } from 'knex';
import { bankWorkOf } from '../../record/receivables/bankWork';
import { correctReceivable } from '../../record/receivables/corrections';
import { recordOutcomes } from '../../record/engine/outcomes';
import { applyPendingChanges, pendingChangeOf } from '../../record/receivables/pendingChanges';
import { knownCodec } from '../../gateways';
import { createTestDatabase } from '../kit/database';
import { openImporting } from '../kit/importing';
import { createAttempt, createBatch, createBoleto, createCarteira, createItem, createReceivable } from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
let rows: Awaited<ReturnType<typeof openImporting>>;
let carteira: Awaited<ReturnType<typeof createCarteira>>;
beforeAll(async () => {
  ({ knex, close } = await createTestDatabase());
  rows = await openImporting(knex);
  carteira = await createCarteira(knex);
});
afterAll(async () => {
  await rows.close();
  await close();
});

const importing = (...lines: object[]) => rows.importing(...lines);
/** A call of it has no certain end. */
async function uncertain() {
  const id = await createReceivable(knex, carteira, { issue_date: '2030-01-02' });
  const { customer_id } = await knex('receivable').where({ id }).first<{ customer_id: number }>();
  const batchId = await createBatch(knex, carteira.id);
  const ordinal = await createItem(knex, batchId, id, { state: 'unconfirmed', lease_token: 1 });
  const boletoId = await createBoleto(knex, id, carteira.accountId as number, { state: 'unconfirmed' });
  const attemptId = await createAttempt(knex, boletoId, { batchId, ordinal, receivableId: id });
  const line = {
    ...{ type: 'titulo', id, id_cliente: customer_id, filial_id: carteira.filialId, valor: '99,90' },
    ...{ id_carteira_cobranca: carteira.id, data_emissao: '02/01/2030', data_vencimento: '10/02/2030' },
  };
  const ends = (resolution: 'registered' | 'absent') =>
    recordOutcomes(knex, [
      {
        ...{ attemptId, boletoId, batchId, ordinal, leaseToken: 1, kind: null, resolution, reconciled: true },
        ...{ boletoState: resolution === 'registered' ? ('registered' as const) : ('draft' as const) },
        ...{ itemState: resolution === 'registered' ? ('registered' as const) : ('pending' as const), dueInMs: null },
        ...{ countsAsTry: false, mismatches: [], sentVersion: null, homologation: false, bankId: null },
        ...{ code: '', message: '', field: null, exchange: null },
        registration:
          resolution === 'absent'
            ? null
            : {
                ...{ bankId: `B${id}`, ourNumber: `B${id}`, linhaDigitavel: '0019', barcode: '' },
                ...{ pixEmv: null, pixTxid: null, link: null },
              },
      },
    ]);
  return { id, attemptId, line, ends };
}
const stored = (id: number) => knex('receivable').where({ id }).first<{ due_date: string; status: string }>();
const resolveBehind = (attemptId: string) =>
  knex('attempt').where({ id: attemptId }).update({ resolution: 'absent', resolved_at: new Date() });

test('what an import says of a título with an unresolved call waits, beside lines that are taken', async () => {
  const { id, line } = await uncertain();
  const result = await importing({ ...line, data_vencimento: '10/03/2030' }, { ...line, id: id + 1_000_000 });
  expect(result).toMatchObject({ pending: 1, counts: { titulo: { new: 1, changed: 0, unchanged: 0 } } });
  expect(await stored(id)).toMatchObject({ due_date: '2030-02-10' });
  expect(await pendingChangeOf(knex, id)).toEqual({
    fields: [{ field: 'data_vencimento', value: '2030-03-10', stored: '2030-02-10' }],
    ...{ who: 'erp', at: expect.any(Date) as Date },
  });
  expect(await applyPendingChanges(knex)).toBe(0);
});

test('the latest import wins field by field, and one that says what is stored leaves nothing to wait', async () => {
  const { id, line } = await uncertain();
  await importing({ ...line, data_vencimento: '10/03/2030' });
  const { at } = (await pendingChangeOf(knex, id)) as { at: Date };
  const repeated = await importing({ ...line, data_vencimento: '10/03/2030' });
  expect([repeated.pending, (await pendingChangeOf(knex, id))?.at]).toEqual([1, at]);
  await importing({ ...line, data_vencimento: '20/03/2030', documento: 'A-1' });
  expect((await pendingChangeOf(knex, id))?.fields).toMatchObject([
    { field: 'documento', value: 'A-1' },
    { field: 'data_vencimento', value: '2030-03-20' },
  ]);
  // This line has no documento: what the last one said of it still waits.
  await importing(line);
  expect((await pendingChangeOf(knex, id))?.fields).toMatchObject([{ field: 'documento' }]);
  await importing({ ...line, documento: '' });
  expect(await pendingChangeOf(knex, id)).toBeNull();
});

test('it is taken with the registration of its boleto, and becomes work at the bank', async () => {
  const { id, line, ends } = await uncertain();
  await importing({ ...line, data_vencimento: '10/03/2030' });
  await ends('registered');
  expect(await stored(id)).toMatchObject({ due_date: '2030-03-10', impresso: true });
  expect(await pendingChangeOf(knex, id)).toBeNull();
  expect(await bankWorkOf(knex, id)).toMatchObject({
    ...{ kind: 'alter', origin: 'import', by: 'erp' },
    fields: { data_vencimento: { bank: '2030-02-10', wanted: '2030-03-10' } },
  });
  expect(await knex('audit_entry').where({ entity_id: String(id), action: 'mudancaPendente' })).toMatchObject([
    { actor: 'erp', before: { data_vencimento: '2030-02-10' }, after: { data_vencimento: '2030-03-10' } },
  ]);
});

test('it is taken when the bank turns out not to have it, and is no work there', async () => {
  const { id, line, ends } = await uncertain();
  await importing({ ...line, status: 'C' });
  expect(await stored(id)).toMatchObject({ status: 'A' });
  await ends('absent');
  expect(await stored(id)).toMatchObject({ status: 'C' });
  expect(await bankWorkOf(knex, id)).toBeNull();
});

test('what ended otherwise is taken by the sweep, once, and what was corrected here meanwhile stays', async () => {
  const { id, attemptId, line } = await uncertain();
  await importing({ ...line, data_vencimento: '10/02/2030', documento: 'A-1' });
  await correctReceivable(
    knex,
    { receivableId: id, changes: { data_vencimento: '10/04/2030' }, by: 'u-1' },
    knownCodec,
  );
  await resolveBehind(attemptId);
  expect(await applyPendingChanges(knex)).toBe(1);
  expect(await applyPendingChanges(knex)).toBe(0);
  expect(await stored(id)).toMatchObject({ due_date: '2030-04-10', document: 'A-1' });
});

test('an import that comes after the end, and before the sweep, has the last word', async () => {
  const { id, attemptId, line } = await uncertain();
  await importing({ ...line, data_vencimento: '10/03/2030', documento: 'A-1' });
  await resolveBehind(attemptId);
  const { counts, pending } = await importing({ ...line, data_vencimento: '20/03/2030' });
  expect([counts.titulo.changed, pending]).toEqual([1, 0]);
  expect(await applyPendingChanges(knex)).toBe(0);
  expect(await stored(id)).toMatchObject({ due_date: '2030-03-20', document: 'A-1' });
});

test('of several people each is told as who changed it', async () => {
  const [first, second] = [await uncertain(), await uncertain()];
  await importing({ ...first.line, documento: 'A-1' });
  await importing({ ...second.line, documento: 'A-2' });
  await knex('pending_change').where({ receivable_id: second.id }).update({ by: 'u-2' });
  await resolveBehind(first.attemptId);
  await resolveBehind(second.attemptId);
  expect(await applyPendingChanges(knex, [first.id, second.id])).toBe(2);
  const audit = knex('audit_entry').where({ action: 'mudancaPendente' }).orderBy('entity_id');
  expect(await audit.whereIn('entity_id', [first.id, second.id].map(String)).pluck('actor')).toEqual(['erp', 'u-2']);
});

test('an import and the end of a call at the same instant lose nothing, whoever is first', async () => {
  const made = [];
  for (let each = 0; each < 8; each += 1) made.push(await uncertain());
  const lines = made.map(({ line }) => ({ ...line, data_vencimento: '10/03/2030' }));
  await Promise.all([importing(...lines), ...made.map(({ ends }, index) => ends(index % 2 ? 'absent' : 'registered'))]);
  await applyPendingChanges(knex);
  for (const { id } of made) expect(await stored(id)).toMatchObject({ due_date: '2030-03-10' });
  const work = await Promise.all(made.map(async ({ id }) => (await bankWorkOf(knex, id))?.kind ?? null));
  expect(work).toEqual(made.map((_, index) => (index % 2 ? null : 'alter')));
});
