import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBatch } from '../../client/startBatch';
import { openDatabase } from '../../record/database';
import { addDays, saoPauloDate } from '../../domain/kinds/dates';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createReceivables } from '../kit/record';

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
  await scene.knex('carteira').update({ agency: '452', bank_account: '123873' });
});
afterAll(async () => {
  await scene.close();
  await onServer(({ backup }) => [`drop database if exists ${backup}`]);
});

/** What whoever runs the database does while nobody uses it. */
async function onServer(statements: (names: { record: string; backup: string }) => string[]): Promise<void> {
  const admin = openDatabase(process.env.TEST_DATABASE_URL as string, 1);
  const record = new URL(scene.variables.DATABASE_URL as string).pathname.slice(1);
  try {
    await admin.raw(`select pg_terminate_backend(pid) from pg_stat_activity where datname = ?`, [record]);
    for (const statement of statements({ record, backup: `${record}_backup` })) await admin.raw(statement);
  } finally {
    await admin.destroy();
  }
}

async function communicated(batchId: string): Promise<void> {
  await startBatch(scene.client, { batchId, carteiraId: scene.carteira.id, filters: {}, by: 'operador.1' });
  expect(await scene.phaseOf(batchId, 'concluded', 'awaitingAdjustments')).toBe('concluded');
}

/** Each registration that the bank accepted, by the título whose reference it carries, and what the record says of it. */
async function boletosOfTitulos(): Promise<{ atBank: string[][]; here: string[][] }> {
  const atBank = scene.bank.admin.ledger.entries().map(({ ownReference, number }) => [ownReference, number]);
  const rows = await scene.knex('boleto').where({ state: 'registered' }).select('own_reference', 'our_number');
  const here = rows.map((row) => [String(row['own_reference']), String(row['our_number'])]);
  return { atBank: atBank.sort(), here: here.sort() };
}

test('a record set back while the bank went on: conferir-banco takes over every boleto, a batch of then goes on, the next one registers only what is new', async () => {
  const { knex, bank, carteira } = scene;
  const worker = await scene.startWorker();
  await createReceivables(knex, carteira, 4);
  await communicated('antes');
  // A batch that is under way when the backup is made: it has given numbers, and registered nothing.
  await createReceivables(knex, carteira, 5);
  bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'status', status: 403 } }]);
  const { batchId } = await startBatch(scene.client, { carteiraId: carteira.id, filters: {}, by: 'operador.1' });
  await scene.phaseOf(batchId, 'paused');
  bank.admin.faults([]);
  // The record keeps títulos that nobody has communicated yet.
  await createReceivables(knex, carteira, 6, { lote: 'depois' });
  await onServer(({ record, backup }) => [`create database ${backup} template ${record}`]);

  expect((await scene.boletos('retomar', batchId)).code).toBe(0);
  expect(await scene.phaseOf(batchId, 'concluded')).toBe('concluded');
  await communicated('depois');
  expect(bank.admin.ledger.counts()).toEqual({ registered: 15, duplicates: 0 });
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  await onServer(({ record, backup }) => [
    `drop database ${record} with (force)`,
    `create database ${record} template ${backup}`,
  ]);
  expect((await boletosOfTitulos()).here).toHaveLength(4);

  await scene.startWorker();
  const since = addDays(saoPauloDate(new Date()), -1);
  const review = await scene.boletos('conferir-banco', String(carteira.id), '--desde', since, '--json');
  expect([review.code, review.stderr]).toEqual([0, '']);
  expect(review.json.slice(0, -1).map(({ kind }) => kind)).toEqual(Array(11).fill('adopted'));
  expect(review.json.at(-1)).toMatchObject({
    summary: { state: 'done', remarks: [], nextNumber: { after: 16 }, counts: { listed: 15, equal: 4 } },
  });
  const { atBank, here } = await boletosOfTitulos();
  expect(here).toEqual(atBank);
  expect(await scene.states(batchId)).toEqual({ registered: 5 });

  // The batch of then: its workflow has ended at Temporal, its títulos are registered.
  await knex('batch')
    .where({ id: batchId })
    .update({ created_at: knex.raw("clock_timestamp() - interval '1 hour'") });
  await scene.client.schedule.getHandle('boletos-sweep').trigger();
  const handle = scene.client.workflow.getHandle(`boletos/${batchId}`);
  while ((await handle.describe()).status.name !== 'RUNNING') await sleep(100);
  expect((await scene.boletos('retomar', batchId)).code).toBe(0);
  expect(await scene.phaseOf(batchId, 'concluded')).toBe('concluded');

  const [fresh] = await createReceivables(knex, carteira, 1);
  await communicated('nova');
  expect(await scene.states('nova')).toEqual({ registered: 1 });
  expect(bank.admin.ledger.counts()).toEqual({ registered: 16, duplicates: 0 });
  expect(bank.admin.ledger.entries().at(-1)).toMatchObject({ ownReference: String(fresh) });
  const end = await boletosOfTitulos();
  expect(end.here).toEqual(end.atBank);
});

test('a worker killed in the middle of a review: another goes on where it was', async () => {
  const { knex, bank, carteira } = scene;
  bank.admin.settings({
    listRows: 10,
    latency: { list: { minMs: 200, maxMs: 200 }, read: { minMs: 100, maxMs: 100 } },
  });
  const count = 60;
  const ids = await createReceivables(knex, carteira, count);
  const [first] = ids as [number];
  const ofTitulo = { dueDate: '2030-02-10', amountCents: 9_990, payerDocument: '52998224725' };
  bank.admin.fill({ convenio: '3128557', count, firstSequence: 17, firstReference: first, ...ofTitulo });
  const following = scene.boletos('conferir-banco', String(carteira.id), '--desde', saoPauloDate(new Date()), '--json');
  const adopted = async () =>
    Number(
      (await knex('bank_review_finding').where({ kind: 'adopted' }).whereIn('receivable_id', ids).count())[0]?.[
        'count'
      ],
    );
  while ((await adopted()) < 5) await sleep(20);
  await scene.killWorkers();
  expect(await adopted()).toBeLessThan(count);
  await scene.startWorker();
  const { code, json } = await following;
  expect(code).toBe(0);
  expect(json.at(-1)).toMatchObject({
    summary: { state: 'done', counts: { unlisted: 0, findings: { adopted: count } } },
  });
  expect(await adopted()).toBe(count);
  const { atBank, here } = await boletosOfTitulos();
  expect(here).toEqual(atBank);
});
