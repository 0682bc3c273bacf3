import { openReview } from '../../record/engine/bankReviews';
import { bankWorkOf, listBankWork, reviewBankWork, workDone } from '../../record/receivables/bankWork';
import { addDays, type LocalDate } from '../../domain/kinds/dates';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { createReceivables } from '../kit/record';
import { askReview, conduct, giveAgency, today } from '../kit/review';

let scene: BankScene;
beforeEach(async () => {
  scene = await openBankScene();
  await giveAgency(scene);
  scene.bank.admin.settings({ listRows: 30 });
});
afterEach(() => scene.close());

/** What títulos of test/kit/record.ts look like at the bank. */
const ofTitulo = { dueDate: '2030-02-10', amountCents: 9_990, payerDocument: '52998224725' };
const convenio = '3128557';
const number = (sequence: number) => `000${convenio}${String(sequence).padStart(10, '0')}`;
const kinds = (findings: { number: string; kind: string }[]) =>
  findings.map((finding) => [Number(finding.number.slice(10)), finding.kind]);

async function lost(count: number, firstSequence = 1): Promise<number[]> {
  const ids = await createReceivables(scene.knex, scene.carteira, count);
  scene.bank.admin.fill({ convenio, count, firstSequence, firstReference: ids[0] as number, ...ofTitulo });
  return ids;
}
const registered = (ids: number[]) =>
  scene
    .knex('boleto')
    .whereIn('receivable_id', ids)
    .where({ state: 'registered' })
    .orderBy('our_number')
    .pluck('our_number');
const nextNumber = async () => {
  const row = await scene.knex('numbering_space').where({ convenio }).first<{ next_number: number } | undefined>();
  return row?.next_number ?? 1;
};

test('boletos that the bank has and the record lost are taken over by their títulos; the next number is above them', async () => {
  const ids = await lost(4);
  scene.bank.admin.fill({ convenio, count: 2, firstSequence: 5 });
  const { review, findings } = await conduct(scene, await askReview(scene));
  expect(review).toMatchObject({
    state: 'done',
    remarks: [],
    nextNumber: { before: 1, after: 7 },
    counts: { listed: 6, unlisted: 0, pending: 0, findings: { adopted: 4, foreign: 2 } },
  });
  expect(kinds(findings)).toEqual([1, 2, 3, 4, 5, 6].map((n) => [n, n < 5 ? 'adopted' : 'foreign']));
  expect(findings[0]).toMatchObject({ receivableId: ids[0], amountCents: 9_990, dueDate: '2030-02-10' });
  expect(await registered(ids)).toEqual([1, 2, 3, 4].map(number));
  expect(await nextNumber()).toBe(7);
  const [entry] = await scene.knex('audit_entry').where({ action: 'conferência com o banco concluída' });
  expect(entry).toMatchObject({ actor: 'operador.1', before: { nextNumber: 1 }, after: { nextNumber: 7 } });

  // Once more: everything is as the record has it.
  const again = await conduct(scene, await askReview(scene));
  expect(again.review.counts).toMatchObject({ listed: 6, equal: 4, findings: { foreign: 2 } });
});

test('a boleto that differs from what was sent, or is dead at the bank, is named; one that is as it was sent is not, whatever became of its título', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(4);
  await scene.settle(batchId);
  const [changed, cheaper, dead] = receivableIds as [number, number, number, number];
  const numbers = await scene.knex('boleto').orderBy('receivable_id').pluck<string[]>('our_number');
  await scene.knex('receivable').where({ id: changed }).update({ open_amount_cents: 1, amount_cents: 1 });
  scene.bank.admin.amend(convenio, numbers[1] as string, {
    ...{ valorOriginalTituloCobranca: 12.34, dataVencimentoTituloCobranca: '11.02.2030' },
  });
  scene.bank.admin.amend(convenio, numbers[2] as string, { codigoEstadoTituloCobranca: 7 });
  const { review, findings } = await conduct(scene, await askReview(scene));
  expect(review.counts).toMatchObject({ listed: 4, equal: 2, findings: { differs: 1, dead: 1 } });
  expect(findings).toMatchObject([
    {
      ...{ kind: 'differs', receivableId: cheaper, amountCents: 1_234, sentAmountCents: 9_990 },
      ...{ dueDate: '2030-02-11', sentDueDate: '2030-02-10', differences: ['amountCents', 'dueDate'] },
    },
    { kind: 'dead', receivableId: dead, status: 'baixado' },
  ]);
});

test('what the record has registered and the bank does not have is named, after a look at it', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(3);
  await scene.settle(batchId);
  const entries = [...scene.bank.admin.ledger.entries()];
  scene.bank.admin.ledger.reset();
  for (const entry of entries.slice(1)) scene.bank.admin.ledger.append(entry);
  const lostAtBank = Number(entries[0]?.ownReference);
  const { review, findings } = await conduct(scene, await askReview(scene));
  expect(findings).toMatchObject([{ kind: 'missing', receivableId: lostAtBank }]);
  expect(receivableIds).toContain(lostAtBank);
  expect(review).toMatchObject({ state: 'done', remarks: [], counts: { listed: 2, equal: 2, unlisted: 0 } });
});

test('our reference with another payer, value or due date is a difference, and nothing is adopted', async () => {
  const ids = await createReceivables(scene.knex, scene.carteira, 1);
  scene.bank.admin.fill({ convenio, count: 1, firstReference: ids[0] as number, ...ofTitulo, amountCents: 5_000 });
  const { findings } = await conduct(scene, await askReview(scene));
  expect(findings).toMatchObject([{ kind: 'differs', receivableId: ids[0], differences: ['amountCents'] }]);
  expect(await registered(ids)).toEqual([]);
});

test('a título with a second boleto at the bank: two can be paid', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(1);
  await scene.settle(batchId);
  const [id] = receivableIds as [number];
  scene.bank.admin.fill({ convenio, count: 1, firstSequence: 2, firstReference: id, ...ofTitulo });
  const { findings } = await conduct(scene, await askReview(scene));
  expect(findings).toMatchObject([{ kind: 'twoAlive', receivableId: id, number: number(2) }]);
});

test('an empty period is a review without findings', async () => {
  const { review, findings } = await conduct(scene, await askReview(scene, { from: '2026-01-01', to: '2026-01-31' }));
  expect([review.state, review.counts.listed, findings]).toEqual(['done', 0, []]);
});

test('more than a page: all of it, once each', async () => {
  const ids = await lost(35);
  const { review } = await conduct(scene, await askReview(scene));
  expect(review).toMatchObject({ pages: 3, counts: { listed: 35, findings: { adopted: 35 } } });
  expect((await registered(ids)).length).toBe(35);
  expect(await nextNumber()).toBe(36);
});

test('a list that ends early does not make the review complete: what it left out is found by its number, and that is said', async () => {
  const { batchId } = await scene.createDueBatch(2);
  await scene.settle(batchId);
  const ids = await lost(34, 3);
  // The two that the record knows stand behind those that it lost: only then does anybody know of the end.
  scene.bank.admin.faults([{ match: { route: 'list' }, fault: { kind: 'mislist', what: 'endsEarly' } }]);
  const { review } = await conduct(scene, await askReview(scene));
  expect(review).toMatchObject({
    state: 'done',
    remarks: ['endedEarly'],
    counts: { listed: 30, unlisted: 6, findings: { adopted: 34 } },
    nextNumber: { after: 37 },
  });
  expect((await registered(ids)).length).toBe(34);
});

test('a list that repeats a page ends all the same, and loses nothing', async () => {
  const ids = await lost(35);
  scene.bank.admin.faults([{ match: { route: 'list' }, fault: { kind: 'mislist', what: 'repeatsPage' } }]);
  const { review } = await conduct(scene, await askReview(scene));
  expect(review).toMatchObject({ state: 'done', remarks: ['endedEarly'], counts: { listed: 30, unlisted: 5 } });
  expect((await registered(ids)).length).toBe(35);
  scene.bank.admin.faults([{ match: { route: 'list' }, fault: { kind: 'mislist', what: 'standsStill' } }]);
  const still = await conduct(scene, await askReview(scene));
  expect(still.review).toMatchObject({ state: 'done', counts: { listed: 30, unlisted: 5 } });
});

test('boletos of another company in the list are left alone, and counted', async () => {
  const ids = await lost(2);
  scene.bank.admin.faults([{ match: { route: 'list' }, fault: { kind: 'mislist', what: 'foreign' } }]);
  const { review, findings } = await conduct(scene, await askReview(scene));
  expect(review.counts).toMatchObject({ otherConvenio: 3, findings: { adopted: 2 } });
  expect(findings.map(({ receivableId }) => receivableId)).toEqual(ids);
  expect(await nextNumber()).toBe(3);
});

test('a bank that fails for a while holds the review up and changes nothing in it', async () => {
  await lost(90);
  scene.bank.admin.faults([
    { match: { route: 'list', every: 2 }, fault: { kind: 'status', status: 503 }, times: 2 },
    { match: { route: 'read', every: 20 }, fault: { kind: 'status', status: 500 } },
    { match: { route: 'read', every: 33 }, fault: { kind: 'drop' } },
    { match: { route: 'read', every: 50 }, fault: { kind: 'truncated' }, times: 3 },
  ]);
  const { review } = await conduct(scene, await askReview(scene));
  expect(review).toMatchObject({ state: 'done', problem: null, counts: { findings: { adopted: 90 } } });
});

test('a bank that refuses the account ends the review with its words', async () => {
  await lost(1);
  scene.bank.admin.faults([{ match: { route: 'list' }, fault: { kind: 'status', status: 403 } }]);
  const { review } = await conduct(scene, await askReview(scene));
  expect(review).toMatchObject({ state: 'failed', problem: expect.stringMatching(/application key/) });
  // And there is room for another.
  scene.bank.admin.faults([]);
  expect((await conduct(scene, await askReview(scene))).review.state).toBe('done');
});

test('of the account’s reads a review uses its share, and leaves the rest', async () => {
  await lost(90);
  await scene.knex('gateway_limit').where({ route_class: 'read' }).update({ calls: 40, window_ms: 1_000 });
  const { review } = await conduct(scene, await askReview(scene), { share: 0.5 });
  expect(review.state).toBe('done');
  // Half of 40 a second, and what late turns make up for.
  expect(scene.bank.admin.calls.busiestWindow('read', 2_000)).toBeLessThanOrEqual(2 * 20 + 22);
});

test('an item of a paused batch whose boleto the bank has is closed with it, and the batch sends only the others', async () => {
  const { batchId, receivableIds } = await scene.createDueBatch(3);
  const [first] = receivableIds as [number, number, number];
  await scene.knex('batch').where({ id: batchId }).update({ paused: true, phase: 'paused' });
  scene.bank.admin.fill({ convenio, count: 1, firstReference: first, ...ofTitulo });
  await conduct(scene, await askReview(scene));
  const items = () => scene.knex('batch_item').where({ batch_id: batchId }).orderBy('ordinal').pluck('state');
  expect(await items()).toEqual(['registered', 'pending', 'pending']);
  await scene.knex('batch').where({ id: batchId }).update({ paused: false, phase: 'communicating' });
  await scene.settle(batchId);
  expect(await items()).toEqual(['registered', 'registered', 'registered']);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 3, duplicates: 0 });
});

test('what cannot be reviewed is refused with the reason', async () => {
  const open = (changes: object) =>
    openReview(scene.knex, {
      ...{ id: 'recusada', carteiraId: scene.carteira.id, from: today(), by: 'operador.1' },
      ...changes,
    });
  const tomorrow = addDays(today(), 1);
  expect(await open({ carteiraId: 1 })).toEqual({ kind: 'unknownCarteira' });
  expect(await open({ from: tomorrow })).toMatchObject({ kind: 'period', field: 'from' });
  expect(await open({ from: today(), to: '2026-01-01' as LocalDate })).toMatchObject({ kind: 'period', field: 'to' });
  expect(await open({ from: addDays(today(), -366) })).toMatchObject({ kind: 'period', field: 'from' });
  const reviewId = await askReview(scene);
  expect(await open({})).toEqual({ kind: 'underWay', reviewId, carteiraId: scene.carteira.id });
  expect(await open({ id: reviewId })).toMatchObject({ kind: 'repeated' });
  expect(await open({ id: reviewId, from: addDays(today(), -1) })).toEqual({ kind: 'other' });
  await scene.knex('carteira').update({ agency: null });
  expect(await open({ id: 'outra' })).toEqual({ kind: 'noAgency' });
  await scene.knex('carteira').update({ account_id: null });
  expect(await open({ id: 'outra' })).toEqual({ kind: 'noAccount' });
});

test('a comparison that finds a boleto altered as wanted, or written off, closes the work; what was said and is not so is open again', async () => {
  const ids = await lost(4);
  await conduct(scene, await askReview(scene));
  const [altered, dead, claimed, other] = ids as [number, number, number, number];
  const move = (id: number, columns: object) =>
    scene.knex.transaction(async (trx) => {
      await trx('receivable').where({ id }).update(columns);
      await reviewBankWork(trx, { sql: 'select :id::bigint', values: { id } }, { origin: 'import', by: 'erp' });
    });
  for (const id of [altered, claimed, other]) await move(id, { due_date: '2030-03-10' });
  await move(dead, { status: 'C' });
  const open = async () =>
    (await listBankWork(scene.knex, { filiais: null, limit: 9 })).map((work) => work.receivableId);
  const work = await bankWorkOf(scene.knex, claimed);
  await workDone(scene.knex, { workId: work?.id ?? 0, by: 'u-1', reason: 'alterado, pensei' });
  expect(await open()).toEqual([altered, other, dead]);

  scene.bank.admin.reset();
  const there = (firstSequence: number, changes: object) =>
    scene.bank.admin.fill({
      convenio,
      count: 1,
      firstSequence,
      firstReference: ids[firstSequence - 1] as number,
      ...ofTitulo,
      ...changes,
    });
  there(1, { dueDate: '2030-03-10' });
  there(2, {});
  scene.bank.admin.amend(convenio, number(2), { codigoEstadoTituloCobranca: 7 });
  there(3, {});
  there(4, {});
  await conduct(scene, await askReview(scene));
  expect(await open()).toEqual([other, claimed]);
  const closed = scene.knex('bank_work').whereIn('receivable_id', [altered, dead]);
  expect(await closed.pluck('close_reason')).toEqual(['bankShows', 'bankShows']);
  expect(await scene.knex('boleto').where({ receivable_id: dead }).pluck('state')).toEqual(['cancelled']);
});
