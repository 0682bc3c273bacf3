import type { Knex } from 'knex';
import { giveChangesTheirPlace, readFeed, type FeedPlace, type FeedRow } from '../../record/outbox/resultFeed';
import { createTestDatabase } from '../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createItem,
  createReceivable,
  createReceivables,
} from '../kit/record';

/* What an ERP reads on after a place: each result once and as it is now, whoever commits when. */

let knex: Knex;
let close: () => Promise<void>;
beforeAll(async () => void ({ knex, close } = await createTestDatabase()));
beforeEach(() => knex.raw('truncate result_change, result_feed, feed_run'));
afterAll(() => close());

const beginning: FeedPlace = { position: 0, token: null };
async function pageAfter(after: FeedPlace, limit = 1_000, filiais: number[] | null = null) {
  const page = await readFeed(knex, { after, filiais, limit });
  if (page.kind !== 'page') throw new Error(page.kind);
  return page;
}
const idsOf = ({ rows }: { rows: FeedRow[] }) => rows.map(({ receivableId }) => receivableId);

async function createSending(count = 1) {
  const carteira = await createCarteira(knex);
  const batchId = await createBatch(knex, carteira.id, { phase: 'communicating', filiais: [carteira.filialId] });
  const ids = await createReceivables(knex, carteira, count);
  for (const id of ids) {
    const boletoId = await createBoleto(knex, id, carteira.accountId as number, { state: 'sending' });
    const ordinal = await createItem(knex, batchId, id, { state: 'sending', boleto_id: boletoId });
    await createAttempt(knex, boletoId, { batchId, ordinal, receivableId: id });
  }
  return { carteira, batchId, ids };
}
const register = (db: Knex, receivableId: number, link = 'https://banco.invalid/1') =>
  db('boleto')
    .where({ receivable_id: receivableId })
    .update({
      ...{ state: 'registered', registered_at: knex.fn.now(), link },
      linha_digitavel: '00190000090312855700500000001177187500000009990',
    });
async function refuse(db: Knex, receivableId: number): Promise<void> {
  await db('boleto').where({ receivable_id: receivableId }).update({ state: 'draft' });
  await db('batch_item')
    .where({ receivable_id: receivableId, closed_at: null })
    .update({
      ...{
        state: 'rejected',
        failure_kind: 'data',
        provider_code: '123',
        provider_message: 'CEP inválido',
        due_at: null,
      },
    });
}

test('a título that was selected, leased and is being sent has no result; a registered one does, once', async () => {
  const { ids, batchId } = await createSending(2);
  await knex('batch_item').where({ batch_id: batchId }).update({ lease_token: 7 });
  expect((await pageAfter(beginning)).rows).toEqual([]);
  await register(knex, ids[0] as number);
  const page = await pageAfter(beginning);
  expect(idsOf(page)).toEqual([ids[0]]);
  expect(page.rows[0]).toMatchObject({ state: 'registered', link: 'https://banco.invalid/1', failure: null, batchId });
  expect(page.more).toBe(false);
  expect((await pageAfter(page.next)).rows).toEqual([]);
});

test('a refusal brings its words, and goes when the boleto is registered after all', async () => {
  const { ids, batchId } = await createSending();
  const [id] = ids as [number];
  await refuse(knex, id);
  const refused = await pageAfter(beginning);
  expect(refused.rows).toMatchObject([
    {
      state: 'rejected',
      failure: { failureKind: 'data', providerCode: '123', providerMessage: 'CEP inválido' },
      batchId,
    },
  ]);
  await register(knex, id);
  const registered = await pageAfter(refused.next);
  expect(registered.rows).toMatchObject([{ receivableId: id, state: 'registered', failure: null }]);
});

test('what failed and was left so when its batch ended still says why', async () => {
  const { ids } = await createSending();
  const [id] = ids as [number];
  await refuse(knex, id);
  const { next } = await pageAfter(beginning);
  await knex('batch_item').where({ receivable_id: id }).update({ closed_at: knex.fn.now(), due_at: null });
  const { rows } = await pageAfter(next);
  expect(rows).toMatchObject([{ state: 'notCommunicated', failure: { providerMessage: 'CEP inválido' } }]);
});

test('a título that changes again before it was read comes once, as it is now, behind the others', async () => {
  const { ids } = await createSending(3);
  for (const id of ids) await register(knex, id);
  await giveChangesTheirPlace(knex);
  await knex('boleto').where({ receivable_id: ids[0] }).update({ link: 'https://banco.invalid/2' });
  const page = await pageAfter(beginning);
  expect(idsOf(page)).toEqual([ids[1], ids[2], ids[0]]);
  expect(page.rows[2]).toMatchObject({ link: 'https://banco.invalid/2' });
});

test('a change that is committed long after later ones is not skipped by who read those meanwhile', async () => {
  const { ids } = await createSending(2);
  const [early, late] = ids as [number, number];
  const slow = await knex.transaction();
  await register(slow, early);
  await register(knex, late);
  const meanwhile = await pageAfter(beginning);
  expect(idsOf(meanwhile)).toEqual([late]);
  await slow.commit();
  expect(idsOf(await pageAfter(meanwhile.next))).toEqual([early]);
});

test('what was rolled back is told to nobody', async () => {
  const { ids } = await createSending();
  const [id] = ids as [number];
  const trx = await knex.transaction();
  await register(trx, id);
  await trx.rollback();
  expect((await pageAfter(beginning)).rows).toEqual([]);
});

test('a título with a place that is changing right now is told as it was, and again when the change is committed', async () => {
  const { ids } = await createSending();
  const [id] = ids as [number];
  await register(knex, id);
  await giveChangesTheirPlace(knex);
  const changing = await knex.transaction();
  await changing('boleto').where({ receivable_id: id }).update({ link: 'https://banco.invalid/2' });
  const before = await pageAfter(beginning);
  expect(before.rows).toMatchObject([{ link: 'https://banco.invalid/1' }]);
  await changing.commit();
  const after = await pageAfter(before.next);
  expect(after.rows).toMatchObject([{ link: 'https://banco.invalid/2' }]);
  expect((await pageAfter(after.next)).rows).toEqual([]);
});

test('two transactions that change the same títulos in opposite orders wait for nothing of the feed', async () => {
  const [one, two] = [(await createSending()).ids[0] as number, (await createSending()).ids[0] as number];
  const [left, right] = [await knex.transaction(), await knex.transaction()];
  // Outcomes of one, the ERP's status of the other: the same two títulos, and no row in common.
  await refuse(left, one);
  await refuse(right, two);
  await left('receivable').where({ id: two }).update({ status: 'P' });
  await right('receivable').where({ id: one }).update({ status: 'P' });
  await left.commit();
  await right.commit();
  expect(idsOf(await pageAfter(beginning)).sort()).toEqual([one, two]);
});

test('pages of one follow each other without a gap, and say whether there is more', async () => {
  const { ids } = await createSending(3);
  for (const id of ids) await register(knex, id);
  const seen: number[] = [];
  let page = await pageAfter(beginning, 1);
  for (; page.rows.length > 0; page = await pageAfter(page.next, 1)) {
    seen.push(...idsOf(page));
    expect(page.more).toBe(seen.length < 3);
  }
  expect(seen).toEqual(ids);
});

test('a status of the ERP itself is a result only of a título that has one', async () => {
  const { carteira, ids } = await createSending();
  const [id] = ids as [number];
  const never = await createReceivable(knex, carteira);
  await refuse(knex, id);
  const { next } = await pageAfter(beginning);
  await knex('receivable').whereIn('id', [id, never]).update({ status: 'C' });
  expect((await pageAfter(next)).rows).toMatchObject([{ receivableId: id, failure: null }]);
});

test('whoever sees one filial reads past what is of others, and pages still advance', async () => {
  const [mine, other] = [await createSending(1), await createSending(2)];
  for (const id of [...other.ids, ...mine.ids]) await register(knex, id);
  const filiais = [mine.carteira.filialId];
  const first = await pageAfter(beginning, 2, filiais);
  expect([first.rows, first.more]).toEqual([[], true]);
  const second = await pageAfter(first.next, 2, filiais);
  expect(idsOf(second)).toEqual(mine.ids);
});

describe('a place', () => {
  test('of a record that was set back is told, also where what it had not shown yet is behind it again', async () => {
    const { ids } = await createSending(3);
    for (const id of ids) await register(knex, id);
    await giveChangesTheirPlace(knex);
    const backup = {
      feed: await knex<object>('result_feed'),
      runs: await knex<object>('feed_run'),
    };
    // Not read yet, it moves behind: who reads a page of one never saw it.
    await knex('boleto').where({ receivable_id: ids[0] }).update({ link: 'https://banco.invalid/2' });
    const read = await pageAfter(beginning, 1);
    expect(idsOf(read)).toEqual([ids[1]]);
    await knex.raw('truncate result_feed, feed_run');
    await knex('result_feed').insert(backup.feed);
    if (backup.runs.length > 0) await knex('feed_run').insert(backup.runs);
    const again = await readFeed(knex, { after: read.next, filiais: null, limit: 1 });
    expect(again).toEqual({ kind: 'foreignPlace' });
    expect(idsOf(await pageAfter(beginning))).toEqual(ids);
  });

  test('of another record is told; the beginning is every record’s', async () => {
    const { ids } = await createSending();
    await register(knex, ids[0] as number);
    const { next } = await pageAfter(beginning);
    await knex.raw('truncate feed_run');
    expect(await readFeed(knex, { after: next, filiais: null, limit: 1 })).toEqual({ kind: 'foreignPlace' });
    const invented = { position: 1, token: '00000000-0000-4000-8000-000000000000' };
    expect(await readFeed(knex, { after: invented, filiais: null, limit: 1 })).toEqual({ kind: 'foreignPlace' });
    expect((await pageAfter(beginning)).rows).toHaveLength(1);
  });

  test('of who saw fewer filiais is told: what was left out would never come', async () => {
    const { ids } = await createSending();
    await register(knex, ids[0] as number);
    const narrow = await readFeed(knex, { after: beginning, filiais: [-1, -2], limit: 10 });
    if (narrow.kind !== 'page') throw new Error(narrow.kind);
    const again = (filiais: number[] | null) => readFeed(knex, { after: narrow.next, filiais, limit: 10 });
    expect([(await again([-1])).kind, (await again([-1, -2])).kind]).toEqual(['page', 'page']);
    expect([(await again([-1, -3])).kind, (await again(null)).kind]).toEqual(['foreignPlace', 'foreignPlace']);
  });

  test('never expires: the first of many pages still leads on', async () => {
    const { ids } = await createSending(5);
    for (const id of ids) await register(knex, id);
    const first = await pageAfter(beginning, 1);
    for (let page = first; page.rows.length > 0;) page = await pageAfter(page.next, 1);
    expect(idsOf(await pageAfter(first.next))).toEqual(ids.slice(1));
  });
});

test('many who read and many who write at once: each reader sees each result, and none twice', async () => {
  const { ids } = await createSending(60);
  const writers = [0, 1, 2].map(async (nth) => {
    for (const id of ids.filter((_, index) => index % 3 === nth)) {
      await knex.transaction(async (trx) => {
        await register(trx, id);
        await trx.raw('select pg_sleep(?)', [(id % 5) / 1_000]);
      });
      await knex('boleto').where({ receivable_id: id }).update({ link: 'https://banco.invalid/last' });
    }
  });
  let writing = true;
  const written = Promise.all(writers).then(() => void (writing = false));
  const readers = [0, 1, 2].map(async () => {
    const seen: string[] = [];
    for (let after = beginning, rest = true; rest;) {
      rest = writing;
      const page = await pageAfter(after, 7);
      seen.push(...page.rows.map(({ receivableId, link }) => `${receivableId} ${link}`));
      after = page.next;
      rest ||= page.more;
    }
    return seen;
  });
  await written;
  for (const seen of await Promise.all(readers)) {
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(ids.map((id) => `${id} https://banco.invalid/last`)));
  }
});
