import type { Knex } from 'knex';
import { concludeBatch } from '../../record/engine/actions/conclude';
import { raiseDueDateAlert } from '../../record/engine/alerts';
import { enterPhase } from '../../record/batches/batches';
import { correctMany } from '../../record/receivables/bulkCorrections';
import { correctReceivable } from '../../record/receivables/corrections';
import { stopBatch } from '../../record/engine/leases';
import type { LocalDate } from '../../domain/kinds/dates';
import { deliveryTarget, dueDeliveries, neglectedWebhooks } from '../../record/outbox/webhookDeliveries';
import { deleteWebhook } from '../../record/outbox/webhooks';
import { knownCodec } from '../../gateways';
import { webhookEvents } from '../../domain/webhooks';
import { createTestDatabase } from '../kit/database';
import {
  createApiToken,
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createItem,
  createReceivable,
  createUser,
  createWebhook,
} from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
beforeAll(async () => void ({ knex, close } = await createTestDatabase()));
beforeEach(() => knex.raw('truncate webhook, webhook_event, webhook_delivery, webhook_attempt'));
afterAll(() => close());

async function createLote() {
  const carteira = await createCarteira(knex);
  const receivableId = await createReceivable(knex, carteira);
  const batchId = await createBatch(knex, carteira.id, { phase: 'communicating', filiais: [carteira.filialId] });
  const ordinal = await createItem(knex, batchId, receivableId);
  return { ...carteira, carteiraId: carteira.id, batchId, receivableId, ordinal };
}
type Lote = Awaited<ReturnType<typeof createLote>>;

async function createRegistering({ receivableId, accountId, batchId, ordinal }: Lote): Promise<number> {
  const boletoId = await createBoleto(knex, receivableId, accountId as number, { state: 'sending' });
  await createAttempt(knex, boletoId, { batchId, ordinal, receivableId });
  return boletoId;
}
const register = (db: Knex, id: number) =>
  db('boleto').where({ id }).update({ state: 'registered', linha_digitavel: '0019', registered_at: knex.fn.now() });

const enter = (batchId: string, phase: 'awaitingAdjustments' | 'communicating' | 'paused') =>
  enterPhase(knex, { batchId, phase, round: 1, pauseReason: null });

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const told = (webhookId: string) =>
  knex('webhook_delivery')
    .join('webhook_event', 'webhook_event.id', 'event_id')
    .where({ webhook_id: webhookId })
    .orderBy('webhook_delivery.id')
    .select<{ type: string; data: Record<string, unknown> }[]>('type', 'data');

describe('each thing is told once', () => {
  test('a batch that waits for people, or is paused, and goes on between', async () => {
    const id = await createWebhook(knex, { events: ['batch.waiting', 'batch.done'] });
    const { batchId, carteiraId } = await createLote();
    await enter(batchId, 'awaitingAdjustments');
    await enter(batchId, 'awaitingAdjustments');
    await enter(batchId, 'communicating');
    await enter(batchId, 'paused');
    const about = { batchId, carteiraId, round: 1 };
    expect(await told(id)).toEqual([
      { type: 'batch.waiting', data: { ...about, phase: 'awaitingAdjustments' } },
      { type: 'batch.waiting', data: { ...about, phase: 'paused' } },
    ]);
  });

  test('the end of a batch', async () => {
    const id = await createWebhook(knex, { events: ['batch.done'] });
    const { batchId, carteiraId } = await createLote();
    await concludeBatch(knex, { batchId });
    await concludeBatch(knex, { batchId });
    expect(await told(id)).toEqual([
      { type: 'batch.done', data: { batchId, carteiraId, phase: 'concluded', round: 0 } },
    ]);
  });

  test('a registered boleto, by ids alone', async () => {
    const id = await createWebhook(knex, { events: ['boleto.registered'] });
    const lote = await createLote();
    const boletoId = await createRegistering(lote);
    await register(knex, boletoId);
    await register(knex, boletoId);
    const { receivableId, carteiraId, filialId, batchId } = lote;
    expect(await told(id)).toEqual([
      { type: 'boleto.registered', data: { boletoId, receivableId, carteiraId, filialId, batchId } },
    ]);
  });

  test('a failure of the configuration, by its code, each time that it stops the batch', async () => {
    const id = await createWebhook(knex, { events: ['configuration.failed'] });
    const { batchId, carteiraId } = await createLote();
    const message = 'O banco diz: conta de Fulano encerrada';
    await stopBatch(knex, batchId, 'credentials', message);
    await stopBatch(knex, batchId, 'credentials', message);
    await knex('batch').where({ id: batchId }).update({ paused: false, pause_reason: null });
    await stopBatch(knex, batchId, 'scope', message);
    expect(await told(id)).toEqual(
      ['credentials', 'scope'].map((code) => ({ type: 'configuration.failed', data: { batchId, carteiraId, code } })),
    );
  });

  // By carteira: test/activities/alertCarteiras.test.ts.
  test('a due date that comes near in a batch is not: its carteira tells of it', async () => {
    const id = await createWebhook(knex, { events: ['due.soon'] });
    const { batchId } = await createLote();
    const alert = { batchId, open: 1, nearestDueDate: '2030-02-10' as LocalDate };
    await raiseDueDateAlert(knex, { ...alert, day: '2030-02-08' as LocalDate });
    expect(await told(id)).toEqual([]);
  });
});

describe('what people are asked about is told, too', () => {
  test('a boleto that is refused, by ids and the code, not the bank’s words', async () => {
    const id = await createWebhook(knex, { events: ['boleto.refused'] });
    const { batchId, receivableId, carteiraId, filialId, ...lote } = await createLote();
    const boletoId = await createBoleto(knex, receivableId, lote.accountId as number);
    const item = knex('batch_item').where({ receivable_id: receivableId });
    await item.clone().update({ state: 'sending', boleto_id: boletoId });
    const refused = { state: 'rejected', due_at: null, provider_code: '7', provider_message: 'CPF de Fulano inválido' };
    await item.clone().update(refused);
    await item.clone().update(refused);
    const about = { boletoId, receivableId, carteiraId, filialId, batchId };
    expect(await told(id)).toEqual([{ type: 'boleto.refused', data: { ...about, code: '7' } }]);
  });

  test('a título that is corrected, alone or with many, without what was corrected', async () => {
    const id = await createWebhook(knex, { events: ['boleto.corrected'] });
    const { batchId, receivableId, carteiraId, filialId } = await createLote();
    await correctReceivable(knex, { receivableId, changes: { cep: '01310200' }, by: 'u-1' }, knownCodec);
    await correctReceivable(knex, { receivableId, changes: { cep: '01310200' }, by: 'u-1' }, knownCodec);
    const many = { batchId, of: { receivableIds: [receivableId] }, by: 'u-1', reason: null };
    await correctMany(knex, { ...many, changes: { numero: '200' } }, knownCodec);
    const about = { boletoId: null, receivableId, carteiraId, filialId, batchId };
    expect(await told(id)).toEqual([about, about].map((data) => ({ type: 'boleto.corrected', data })));
  });

  test('a boleto that differs from its título: in conflict, with older data, or a second one alive', async () => {
    const id = await createWebhook(knex, { events: ['boleto.diverged'] });
    const lote = await createLote();
    const boletoId = await createRegistering(lote);
    const boleto = knex('boleto').where({ id: boletoId });
    await boleto.clone().update({ state: 'conflict' });
    await boleto.clone().update({ linha_digitavel: '0019', registered_at: knex.fn.now(), state: 'registered' });
    await boleto.clone().update({ older_data: true });
    await boleto.clone().update({ older_data: true });
    const { receivableId, carteiraId, filialId, batchId } = lote;
    const alert = { batch_id: batchId, kind: 'twoAlive', day: '2030-01-01', message: 'Dois de Fulano' };
    await knex('alert').insert({ ...alert, receivable_id: receivableId });
    const about = { boletoId, receivableId, carteiraId, filialId, batchId };
    expect(await told(id)).toEqual(
      ['conflict', 'olderData', 'twoAlive'].map((reason) => ({ type: 'boleto.diverged', data: { ...about, reason } })),
    );
  });
});

describe('a webhook that a token made', () => {
  const register1 = async (lote: Lote) => register(knex, await createRegistering(lote));
  const made = async (filialId: number, tokenColumns: object = {}, userColumns: object = {}) => {
    const created_by = await createUser(knex, { role: 'administrador', ...userColumns });
    const token_id = await createApiToken(knex, { role: 'operador', filiais: [filialId], created_by, ...tokenColumns });
    const id = await createWebhook(knex, { events: ['boleto.registered'], filiais: [filialId], token_id });
    return { id, token_id, created_by };
  };

  test('is told while the token may, and nothing, not even what waits, once that was revoked', async () => {
    const [first, second] = [await createLote(), await createLote()];
    const { id, token_id } = await made(first.filialId);
    await register1(first);
    expect(await told(id)).toHaveLength(1);
    expect(await deliveryTarget(knex, id)).not.toBeNull();
    await knex('api_token').where({ id: token_id }).update({ revoked_at: knex.fn.now() });
    expect(await deliveryTarget(knex, id)).toBeNull();
    expect(await dueDeliveries(knex, id, 10)).toEqual([]);
    expect(await neglectedWebhooks(knex, 0)).not.toContain(id);
    await register1({ ...second, filialId: first.filialId });
    expect(await told(id)).toHaveLength(1);
  });

  test.each([
    ['expired', { expires_at: '2020-01-01' }, {}],
    ['of whoever was deactivated', {}, { active: false }],
    ['of whoever may only look now', {}, { role: 'consulta' }],
    ['of whoever sees other filiais now', {}, { filiais: [1] }],
  ])('is told nothing by a token %s', async (_, tokenColumns, userColumns) => {
    const lote = await createLote();
    const { id } = await made(lote.filialId, tokenColumns, userColumns);
    await register1(lote);
    expect(await told(id)).toEqual([]);
  });
});

test('what did not happen is not told', async () => {
  await createWebhook(knex, { events: [...webhookEvents] });
  const lote = await createLote();
  const boletoId = await createRegistering(lote);
  const trx = await knex.transaction();
  await register(trx, boletoId);
  await trx('batch').where({ id: lote.batchId }).update({ phase: 'paused' });
  await trx.rollback();
  expect(await knex('webhook_event')).toEqual([]);
});

test('nothing is written where nobody asks, or whoever did was stopped', async () => {
  await createWebhook(knex, { events: [...webhookEvents], active: false });
  await createWebhook(knex, { events: ['due.soon'] });
  const lote = await createLote();
  await register(knex, await createRegistering(lote));
  await enter(lote.batchId, 'paused');
  expect(await knex('webhook_event')).toEqual([]);
});

describe('a webhook that is being deleted', () => {
  test('holds up no registration, and is told nothing', async () => {
    const [gone, other] = [
      await createWebhook(knex, { events: ['boleto.registered'] }),
      await createWebhook(knex, { events: ['boleto.registered'] }),
    ];
    const boletoId = await createRegistering(await createLote());
    const trx = await knex.transaction();
    await trx('webhook').where({ id: gone }).delete();
    await knex.transaction(async (registration) => {
      await registration.raw(`set local lock_timeout = '2s'`);
      await register(registration, boletoId);
    });
    await trx.commit();
    expect(await knex('boleto').where({ id: boletoId }).pluck('state')).toEqual(['registered']);
    expect([await told(gone), await told(other)]).toMatchObject([[], [{ type: 'boleto.registered' }]]);
  });

  test('waits for a registration that tells it just now', async () => {
    const id = await createWebhook(knex, { events: ['boleto.registered'] });
    const boletoId = await createRegistering(await createLote());
    const trx = await knex.transaction();
    await register(trx, boletoId);
    const deleted = deleteWebhook(knex, id, 'u-000000000001');
    // As soon as it is not active, nobody else tells it.
    await until(async () => (await knex('webhook').where({ id, active: false })).length === 1);
    await trx.commit();
    await deleted;
    expect(await knex('boleto').where({ id: boletoId }).pluck('state')).toEqual(['registered']);
    expect(await knex('webhook')).toEqual([]);
    expect(await knex('webhook_delivery')).toEqual([]);
  });

  test('takes its deliveries with it, however many, also those that are being pruned', async () => {
    const id = await createWebhook(knex);
    await knex('webhook_event').insert({ id: 'evt_1', type: 'batch.done', data: '{}' });
    await knex.raw(
      `insert into webhook_delivery (webhook_id, event_id, state) select ?, 'evt_1', 'delivered' from generate_series(1, 10100)`,
      [id],
    );
    const pruning = await knex.transaction();
    await pruning('webhook_delivery').whereIn('id', pruning('webhook_delivery').min('id')).delete();
    const deleted = deleteWebhook(knex, id, 'u-000000000001');
    await until(async () => (await knex('webhook_delivery')).length === 1);
    await pruning.commit();
    await deleted;
    expect(await knex('webhook_delivery')).toEqual([]);
    expect(await knex('audit_entry').where({ entity_id: id })).toMatchObject([
      { action: 'deleteWebhook', before: { active: true } },
    ]);
  });
});

test('of another filial nothing is told; of a batch with several only to who sees them all', async () => {
  const lote = await createLote();
  const elsewhere = await createLote();
  const events = [...webhookEvents];
  const [own, all, foreign, both] = [
    await createWebhook(knex, { events, filiais: [lote.filialId] }),
    await createWebhook(knex, { events }),
    await createWebhook(knex, { events, filiais: [elsewhere.filialId] }),
    await createWebhook(knex, { events, filiais: [lote.filialId, elsewhere.filialId] }),
  ];
  await register(knex, await createRegistering(lote));
  const types = async (id: string) => (await told(id)).map(({ type }) => type);
  expect(await Promise.all([own, all, foreign, both].map(types))).toEqual([
    ...[['boleto.registered'], ['boleto.registered'], [], ['boleto.registered']],
  ]);
  // Each is a notice of its own, of one event.
  expect(await knex('webhook_event')).toHaveLength(1);
  await knex('batch')
    .where({ id: lote.batchId })
    .update({ filiais: [lote.filialId, elsewhere.filialId] });
  await enter(lote.batchId, 'paused');
  // Before its selection nobody knows what it is about.
  await knex('batch').where({ id: elsewhere.batchId }).update({ filiais: null });
  await enter(elsewhere.batchId, 'paused');
  expect(await Promise.all([own, all, foreign, both].map(types))).toEqual([
    ['boleto.registered'],
    ['boleto.registered', 'batch.waiting', 'batch.waiting'],
    [],
    ['boleto.registered', 'batch.waiting'],
  ]);
});
