import { chargeColumns, snapshotOf, type ChargeRow } from '../../record/engine/charges';
import { correctReceivable } from '../../record/receivables/corrections';
import { knownCodec } from '../../gateways';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import { createTestDatabase } from '../kit/database';
import { createAccount, createCarteira, createReceivable } from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** What the bank would be sent of a título. */
async function sent(receivableId: number): Promise<ChargeSnapshot> {
  const { rows } = await database.knex.raw<{ rows: ChargeRow[] }>(
    `select ${chargeColumns} from receivable r join customer c on c.id = r.customer_id
     join carteira k on k.id = r.carteira_id where r.id = ?`,
    [receivableId],
  );
  return snapshotOf(rows[0] as ChargeRow, { ownReference: '1', ourNumber: null });
}

async function titulo(terms: Record<string, unknown>, own: Record<string, unknown> = {}): Promise<number> {
  const account_id = await createAccount(database.knex);
  const carteira = await createCarteira(database.knex, { account_id, ...terms });
  return createReceivable(database.knex, carteira, { due_date: '2030-02-10', ...own });
}

const versionOf = async (id: number) =>
  (await database.knex('receivable').where({ id }).first<{ version: number }>('version')).version;

test('a carteira of before has its discount until the day before the vencimento', async () => {
  const id = await titulo({ discount_percent: 5, fine_percent: 2, interest_percent: 1, write_off_days: 0 });
  expect(await sent(id)).toMatchObject({
    rules: { interestPercentPerMonth: 1, finePercent: 2, discount: { percent: 5, until: '2030-02-09' } },
    writeOffDays: 0,
  });
  expect(await sent(id)).not.toHaveProperty('ownTerms');
});

test('steps with limits of their own, in reais, and a carência', async () => {
  const id = await titulo({
    ...{ discount_cents: 900, discount_days: 10, discount2_cents: 500, discount2_days: 5, discount3_cents: 100 },
    ...{ fine_cents: 300, daily_interest_cents: 7, grace_days: 3 },
  });
  expect((await sent(id)).rules).toEqual({
    discount: { amountCents: 900, until: '2030-01-31' },
    furtherDiscounts: [
      { amountCents: 500, until: '2030-02-05' },
      { amountCents: 100, until: '2030-02-10' },
    ],
    ...{ fineCents: 300, interestCentsPerDay: 7, graceDays: 3 },
  });
});

test('what a título has of its own replaces its group of the carteira’s, and nothing else', async () => {
  const id = await titulo(
    { discount_percent: 5, discount2_percent: 3, fine_percent: 2, interest_percent: 1 },
    { discount_cents: 250, discount_days: 0, fine_percent: 0, write_off_days: 7 },
  );
  expect(await sent(id)).toMatchObject({
    rules: { interestPercentPerMonth: 1, discount: { amountCents: 250, until: '2030-02-10' } },
    ...{ writeOffDays: 7, ownTerms: true },
  });
  expect(Object.keys((await sent(id)).rules)).toEqual(['interestPercentPerMonth', 'discount']);
});

test('corrected, they are another version of the título; emptied, they are the carteira’s again', async () => {
  const id = await titulo({ discount_percent: 5 });
  const before = await versionOf(id);
  const correct = (changes: Record<string, string>) =>
    correctReceivable(database.knex, { receivableId: id, changes, by: 'operador.1' }, knownCodec);
  const corrected = await correct({ desconto: '2,5', desconto_dias: '0' });
  expect(corrected).toMatchObject({ kind: 'corrected', changed: ['desconto', 'desconto_dias'], version: before + 1 });
  expect((await sent(id)).rules.discount).toEqual({ percent: 2.5, until: '2030-02-10' });
  await correct({ desconto: '', desconto_dias: '' });
  expect((await sent(id)).rules.discount).toEqual({ percent: 5, until: '2030-02-09' });
  const wrong = { desconto: '101', desconto_dias: '-1', multa_valor: 'x' };
  expect(await correct(wrong)).toMatchObject({
    kind: 'invalid',
    refusals: [{ field: 'desconto' }, { field: 'desconto_dias' }, { field: 'multa_valor' }],
  });
});
