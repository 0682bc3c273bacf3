import type { Knex } from 'knex';
import { sweepBatches, type BatchWorkflows } from '../../activities/sweepBatches';
import { countToRegister } from '../../record/engine/toRegister';
import { localDate } from '../../domain/kinds/dates';
import { createTestDatabase } from '../kit/database';
import {
  createBatch,
  createBoleto,
  createCarteira,
  createFilial,
  createItem,
  createReceivable,
  createReceivables,
  createWebhook,
} from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
beforeAll(async () => void ({ knex, close } = await createTestDatabase()));
afterEach(() => knex.raw('truncate filial, gateway_account, webhook, webhook_event restart identity cascade'));
afterAll(() => close());

/** As if Temporal had every batch that there is. */
const workflows: BatchWorkflows = {
  isRunning: () => Promise.resolve(true),
  start: () => Promise.reject(new Error('no workflow is missing')),
  reexamine: () => Promise.resolve(),
};
// São Paulo is 3 hours behind UTC: its 08:00 is 11:00Z.
const sweepAt = (instant: string) => sweepBatches(knex, workflows, new Date(instant));
const MORNING = '2030-02-08T11:00:00Z';
const alerts = () =>
  knex('alert')
    .where({ kind: 'dueDate' })
    .orderBy('id')
    .select<{ carteira_id: number | null; batch_id: string | null; day: string; message: string }[]>(
      ...['carteira_id', 'batch_id', 'day', 'message'],
    );
const told = (webhookId: string) =>
  knex('webhook_delivery')
    .join('webhook_event', 'webhook_event.id', 'event_id')
    .where({ webhook_id: webhookId })
    .orderBy('webhook_delivery.id')
    .select<{ type: string; data: Record<string, unknown> }[]>('type', 'data');

test('a título that falls due in two days and that nobody communicates raises an alert and the event, once a day', async () => {
  const webhook = await createWebhook(knex, { events: ['due.soon'] });
  const carteira = await createCarteira(knex);
  await createReceivable(knex, carteira, { due_date: '2030-02-10' });
  await createReceivable(knex, carteira, { due_date: '2030-02-11' });

  expect((await sweepAt('2030-02-08T10:59:00Z')).alertedCarteiras).toEqual([]);
  expect(await sweepAt(MORNING)).toMatchObject({ alive: 0, alertedCarteiras: [carteira.id], failed: [] });
  expect((await sweepAt('2030-02-08T11:05:00Z')).alertedCarteiras).toEqual([]);
  expect((await sweepAt('2030-02-09T10:55:00Z')).alertedCarteiras).toEqual([]);
  expect((await sweepAt('2030-02-09T11:00:00Z')).alertedCarteiras).toEqual([carteira.id]);

  const about = { carteira_id: carteira.id, batch_id: null };
  expect(await alerts()).toEqual([
    {
      ...{ ...about, day: '2030-02-08' },
      message: '1 cobrança sem boleto registrado: a mais próxima vence em 10/02/2030.',
    },
    {
      ...{ ...about, day: '2030-02-09' },
      message: '2 cobranças sem boleto registrado: a mais próxima vence em 10/02/2030.',
    },
  ]);
  const data = { carteiraId: carteira.id, filialId: carteira.filialId, overdue: 0, oldestDueDate: null };
  expect(await told(webhook)).toEqual([
    { type: 'due.soon', data: { ...data, day: '2030-02-08', near: 1, nearestDueDate: '2030-02-10' } },
    { type: 'due.soon', data: { ...data, day: '2030-02-09', near: 2, nearestDueDate: '2030-02-10' } },
  ]);
});

test('what is imported in the night and falls due today is told of at once, and the morning is not used up by that', async () => {
  const carteira = await createCarteira(knex);
  await createReceivable(knex, carteira, { due_date: '2030-02-08' });
  expect((await sweepAt('2030-02-08T05:00:00Z')).alertedCarteiras).toEqual([carteira.id]);
  expect((await sweepAt('2030-02-08T10:59:00Z')).alertedCarteiras).toEqual([]);
  expect((await sweepAt(MORNING)).alertedCarteiras).toEqual([carteira.id]);
});

test('títulos past due are told of too, apart and with the oldest date', async () => {
  const carteira = await createCarteira(knex);
  await createReceivable(knex, carteira, { due_date: '2030-02-09', status: 'P' });
  await createReceivable(knex, carteira, { due_date: '2021-05-03', issue_date: '2021-05-01' });
  await createReceivable(knex, carteira, { due_date: '2030-02-07' });
  await sweepAt(MORNING);
  expect((await alerts()).map(({ message }) => message)).toEqual([
    '1 cobrança sem boleto registrado: a mais próxima vence em 09/02/2030. ' +
      '2 cobranças já vencidas sem registro: a mais antiga venceu em 03/05/2021.',
  ]);
});

test('nothing is told of what is registered, printed before, not released, paid, far off, or of a carteira without an account', async () => {
  const carteira = await createCarteira(knex);
  const due = { due_date: '2030-02-09' };
  const registered = await createReceivable(knex, carteira, due);
  await createBoleto(knex, registered, carteira.accountId as number, { state: 'registered' });
  await createReceivable(knex, carteira, { ...due, impresso: true });
  await createReceivable(knex, carteira, { ...due, released: false });
  await createReceivable(knex, carteira, { ...due, status: 'R' });
  await createReceivable(knex, carteira, { ...due, status: 'C' });
  await createReceivable(knex, carteira, { due_date: '2030-02-11' });
  await createReceivable(knex, await createCarteira(knex, { account_id: null }), due);
  expect((await sweepAt(MORNING)).alertedCarteiras).toEqual([]);
  expect(await alerts()).toEqual([]);
});

test('a título of a batch is told to webhooks by its carteira alone; the batch keeps a line of its own', async () => {
  const webhook = await createWebhook(knex, { events: ['due.soon'] });
  const carteira = await createCarteira(knex);
  const receivableId = await createReceivable(knex, carteira, { due_date: '2030-02-09' });
  const batchId = await createBatch(knex, carteira.id, {
    ...{ phase: 'awaitingAdjustments', filiais: [carteira.filialId] },
    created_at: knex.raw("clock_timestamp() - interval '1 hour'"),
  });
  await createItem(knex, batchId, receivableId, { state: 'rejected', due_at: null });
  expect(await sweepAt(MORNING)).toMatchObject({ alerted: [batchId], alertedCarteiras: [carteira.id], failed: [] });
  expect((await alerts()).map(({ batch_id, carteira_id }) => [batch_id, carteira_id])).toEqual([
    [batchId, null],
    [null, carteira.id],
  ]);
  expect(await told(webhook)).toMatchObject([{ data: { carteiraId: carteira.id, near: 1 } }]);
});

test('who is told of one filial alone learns of its títulos of a shared carteira, and of no other', async () => {
  const carteira = await createCarteira(knex);
  const other = await createFilial(knex);
  await createReceivable(knex, carteira, { due_date: '2030-02-09' });
  await createReceivables(knex, { id: carteira.id, filialId: other }, 2, { due_date: '2030-02-01' });
  const own = await createWebhook(knex, { events: ['due.soon'], filiais: [carteira.filialId] });
  const all = await createWebhook(knex, { events: ['due.soon'] });
  const neither = await createWebhook(knex, { events: ['due.soon'], filiais: [await createFilial(knex)] });
  await sweepAt(MORNING);
  const counts = async (webhook: string) =>
    (await told(webhook)).map(({ data }) => [data['filialId'], data['near'], data['overdue']]);
  expect(await counts(own)).toEqual([[carteira.filialId, 1, 0]]);
  expect(await counts(all)).toEqual([
    [carteira.filialId, 1, 0],
    [other, 0, 2],
  ]);
  expect(await counts(neither)).toEqual([]);
});

test('the títulos of a large carteira that near are found by an index', async () => {
  const carteira = await createCarteira(knex);
  const first = await createReceivable(knex, carteira, { due_date: '2030-02-09' });
  await knex.raw(
    `insert into receivable (id, customer_id, filial_id, carteira_id, issue_date, due_date, amount_cents,
       open_amount_cents, impresso, status)
     select 500000 + n, r.customer_id, r.filial_id, r.carteira_id, '2030-01-02', date '2030-02-01' + n % 300, 100, 100,
       n % 2 = 0, case when n % 4 = 1 then 'R' else 'A' end
     from receivable r, generate_series(1, 20000) n where r.id = ?`,
    [first],
  );
  await knex.raw('analyze receivable, carteira, boleto');
  const seen: { sql: string; bindings: readonly unknown[] }[] = [];
  const note = (query: { sql: string; bindings: readonly unknown[] }) => seen.push(query);
  knex.on('query', note);
  const of = { today: localDate('2030-02-08'), until: localDate('2030-02-10'), carteiraIds: [carteira.id] };
  const counted = await countToRegister(knex, of);
  knex.removeListener('query', note);
  expect(counted.get(carteira.id)).toMatchObject([{ near: expect.any(Number) as number }]);
  const { rows } = await knex.raw<{ rows: { 'QUERY PLAN': string }[] }>(
    `explain ${seen[0]!.sql.replace(/\$\d+/g, '?')}`,
    [...seen[0]!.bindings] as string[],
  );
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('receivable_to_register');
});
