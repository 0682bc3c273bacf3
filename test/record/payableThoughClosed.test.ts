import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { alertCarteiras } from '../../activities/alertCarteiras';
import { importFile } from '../../record/importing/importFile';
import { confirmNotPayable, payableThoughClosed } from '../../record/engine/payableThoughClosed';
import { createTestDatabase } from '../kit/database';
import {
  createBoleto,
  createCarteira,
  createReceivable,
  createReceivables,
  createWebhook,
  emptyAudit,
} from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
let folder: string;
beforeAll(async () => {
  ({ knex, close } = await createTestDatabase());
  folder = await mkdtemp(join(tmpdir(), 'status-'));
});
afterEach(async () => {
  await knex.raw('truncate filial, gateway_account, webhook, webhook_event restart identity cascade');
  await emptyAudit(knex);
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true });
});

type Carteira = Awaited<ReturnType<typeof createCarteira>>;
async function registered(carteira: Carteira, columns: object = {}): Promise<number> {
  const id = await createReceivable(knex, carteira, { impresso: true, ...columns });
  await createBoleto(knex, id, carteira.accountId as number, { state: 'registered', our_number: `N${id}` });
  return id;
}

/** The ERP's file with the status of a título that is in the record already. */
async function importStatus(status: string, ...ids: number[]) {
  const path = join(folder, `${status}-${ids.join('-')}.jsonl`);
  const rows = await knex('receivable').whereIn('id', ids).select('id', 'customer_id', 'filial_id', 'carteira_id');
  const lines = (rows as { id: number; customer_id: number; filial_id: number; carteira_id: number }[]).map((row) => ({
    ...{ type: 'titulo', id: row.id, id_cliente: row.customer_id, filial_id: row.filial_id, status },
    ...{ id_carteira_cobranca: row.carteira_id, data_emissao: '02/01/2030', data_vencimento: '10/02/2030' },
    ...{ valor: '99,90', ...({ R: { valor_aberto: '0,00' }, P: { valor_aberto: '50,00' } }[status] ?? {}) },
  }));
  await writeFile(path, lines.map((line) => JSON.stringify(line)).join('\n'));
  return importFile(knex, { path, by: 'operador.1' });
}
const listed = async () =>
  (await payableThoughClosed(knex, { filiais: null, limit: 10 })).map(({ id, status }) => [id, status]);
const told = (webhookId: string) =>
  knex('webhook_delivery')
    .join('webhook_event', 'webhook_event.id', 'event_id')
    .where({ webhook_id: webhookId })
    .orderBy('webhook_delivery.id')
    .select<{ type: string; data: Record<string, unknown> }[]>('type', 'data');

test('a status C or R imported for a registered título is taken, and its boleto is listed and told as still payable', async () => {
  const webhook = await createWebhook(knex, { events: ['boleto.payableThoughClosed'] });
  const carteira = await createCarteira(knex);
  const [cancelled, received, open] = [
    await registered(carteira),
    await registered(carteira),
    await registered(carteira),
  ];
  const unregistered = await createReceivable(knex, carteira);

  expect(await importStatus('C', cancelled, unregistered)).toMatchObject({ kind: 'imported' });
  expect(await importStatus('R', received)).toMatchObject({ kind: 'imported' });
  expect(await importStatus('R', received)).toMatchObject({ kind: 'imported' });
  expect(await importStatus('P', open)).toMatchObject({ kind: 'imported' });
  expect(await listed()).toEqual([
    [cancelled, 'C'],
    [received, 'R'],
  ]);
  const about = { carteiraId: carteira.id, filialId: carteira.filialId, boletoId: expect.any(Number) as number };
  expect(await told(webhook)).toEqual([
    { type: 'boleto.payableThoughClosed', data: { ...about, receivableId: cancelled, status: 'C' } },
    { type: 'boleto.payableThoughClosed', data: { ...about, receivableId: received, status: 'R' } },
  ]);

  const now = new Date('2030-02-01T12:00:00Z');
  expect(await alertCarteiras(knex, now)).toEqual([carteira.id]);
  expect(await alertCarteiras(knex, now)).toEqual([]);
  expect(await knex('alert').select('kind', 'carteira_id', 'message')).toEqual([
    {
      ...{ kind: 'payableThoughClosed', carteira_id: carteira.id },
      message:
        '1 boleto de cobrança cancelada e 1 boleto de cobrança recebida: o banco ainda aceita o pagamento. ' +
        'Dê baixa no banco, ou confira que já não é pagável.',
    },
  ]);
});

test('a título that is open again leaves the list by itself', async () => {
  const carteira = await createCarteira(knex);
  const id = await registered(carteira);
  await importStatus('C', id);
  expect(await listed()).toEqual([[id, 'C']]);
  await importStatus('A', id);
  expect(await listed()).toEqual([]);
});

test('a boleto that is registered after its título was cancelled is listed, too', async () => {
  const carteira = await createCarteira(knex);
  const id = await createReceivable(knex, carteira, { status: 'C' });
  const boleto = await createBoleto(knex, id, carteira.accountId as number, { state: 'inProgress' });
  expect(await listed()).toEqual([]);
  await knex('boleto')
    .where({ id: boleto })
    .update({ state: 'registered', linha_digitavel: '0019', registered_at: knex.fn.now() });
  expect(await listed()).toEqual([[id, 'C']]);
  const adopted = await createReceivable(knex, carteira, { status: 'R' });
  await createBoleto(knex, adopted, carteira.accountId as number, { state: 'registered' });
  expect(await listed()).toEqual([
    [id, 'C'],
    [adopted, 'R'],
  ]);
});

test('a status and a registration of the same instant do not miss each other', async () => {
  const carteira = await createCarteira(knex);
  const id = await createReceivable(knex, carteira, { impresso: true });
  const boleto = await createBoleto(knex, id, carteira.accountId as number, { state: 'sending' });
  const cancelling = await knex.transaction();
  await cancelling('receivable').where({ id }).update({ status: 'C' });
  const registering = knex('boleto')
    .where({ id: boleto })
    .update({ state: 'registered', linha_digitavel: '0019', registered_at: knex.fn.now() })
    .then(() => undefined);
  const waits = async () =>
    (await knex('pg_stat_activity').where({ wait_event_type: 'Lock' }).whereRaw('datname = current_database()')).length;
  while ((await waits()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await cancelling.commit();
  await registering;
  expect(await listed()).toEqual([[id, 'C']]);
});

test('who looked at the bank and found a boleto not payable any more takes it from the list, and the audit says so', async () => {
  const carteira = await createCarteira(knex);
  const [id, open] = [await registered(carteira), await registered(carteira)];
  await importStatus('C', id);
  const confirm = { receivableIds: [id, open], by: 'u-1', reason: 'Baixado no site do banco.' };
  expect(await confirmNotPayable(knex, confirm)).toBe(1);
  expect(await confirmNotPayable(knex, confirm)).toBe(0);
  expect(await listed()).toEqual([]);
  expect(await knex('boleto').orderBy('id').pluck('state')).toEqual(['cancelled', 'registered']);
  expect(await knex('audit_entry').where({ action: 'notPayable' })).toMatchObject([
    {
      ...{ actor: 'u-1', entity: 'receivable', entity_id: String(id), reason: 'Baixado no site do banco.' },
      ...{ before: { boleto: 'registered', ourNumber: `N${id}` }, after: { boleto: 'cancelled' } },
    },
  ]);
});

test('of another filial nothing is listed, and pages follow each other', async () => {
  const [own, other] = [await createCarteira(knex), await createCarteira(knex)];
  const ids = await createReceivables(knex, own, 3, { impresso: true });
  for (const id of ids) await createBoleto(knex, id, own.accountId as number, { state: 'registered' });
  const foreign = await registered(other);
  await knex('receivable').update({ status: 'R' });
  const page = (request: object) => payableThoughClosed(knex, { filiais: [own.filialId], limit: 2, ...request });
  expect((await page({})).map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect((await page({ after: ids[1] })).map(({ id }) => id)).toEqual([ids[2]]);
  expect(await page({ status: 'C' })).toEqual([]);
  expect((await page({ filiais: null, carteiraId: other.id })).map(({ id }) => id)).toEqual([foreign]);
});
