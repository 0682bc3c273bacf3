import type { Client } from '@temporalio/client';
import { connect, startBatch } from '../../client';
import { createTestDatabase } from '../kit/database';
import { createBatch, createCarteira, createItem, createReceivables } from '../kit/record';
import { claimNamespace } from '../kit/temporal';
import { createMemoryRecord } from '../workflows/support/memoryRecord';
import { withWorkers } from '../client/support/batchWorker';
import { errorOf, linesOf, runHere, type CliRun } from '../kit/cli';

/* The commands that act on a running batch: its workflow is real, its boletos are in memory. */

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let temporal: { address: string; namespace: string };
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = await claimNamespace();
  client = await connect({ ...temporal, withinMs: 60_000 });
});
afterAll(async () => {
  await client.connection.close();
  await database.close();
});

function boletos(...args: string[]): Promise<CliRun> {
  return runHere([...args, '--json'], {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  });
}

test('an operator is refused what does not fit, redoes what was corrected, and discards the rest', async () => {
  const record = createMemoryRecord({
    items: { 101: ['rejected', 'registered'], 102: ['rejected'] },
    now: () => Promise.resolve(Date.now()),
  });
  // Where the person's words about the discarded are kept.
  const batchId = await createBatch(database.knex, (await createCarteira(database.knex)).id);
  await withWorkers(temporal, record, async () => {
    const batch = await startBatch(client, { batchId, carteiraId: 10, filters: {}, by: 'operador.1' });
    const rested = async () => {
      for await (const { phase } of batch.follow({ everyMs: 50 })) if (phase === 'concluded') return;
    };
    await rested();

    const pause = await boletos('pausar', batchId);
    expect({ exitCode: pause.exitCode, ...errorOf(pause) }).toMatchObject({ exitCode: 1, code: 'acao_recusada' });
    expect(errorOf(pause).message).toContain('"recomunicar"');

    const nothing = await boletos('recomunicar', batchId);
    expect({ exitCode: nothing.exitCode, ...errorOf(nothing) }).toMatchObject({ exitCode: 1, code: 'nada_corrigido' });

    for (const item of record.items) item.corrected = item.receivableId === 101;
    expect(linesOf(await boletos('recomunicar', batchId))).toMatchObject([{ batchId, changed: 1 }]);
    await rested();
    expect(record.sent.get(101)).toBe(2);
    expect(record.sent.get(102)).toBe(1);

    const discard = await boletos('descartar', batchId, '--titulos', '102', '--motivo', 'cliente mudou-se');
    expect(linesOf(discard)).toMatchObject([{ batchId, changed: 1, refused: [] }]);
    expect(await batch.result()).toMatchObject({ registered: 1, discarded: 1 });

    const late = await boletos('recomunicar', batchId, '--todos');
    expect({ exitCode: late.exitCode, ...errorOf(late) }).toMatchObject({ exitCode: 1, code: 'comunicacao_encerrada' });
  });
  const stored = await storedTexts(batchId);
  expect(stored).toContain('"reasonCode":"operador"');
  expect(stored).not.toContain('mudou-se');
});

test('one decision for all uncertain results, or for some: each boleto tells what became of it', async () => {
  const { knex } = database;
  const carteira = await createCarteira(knex);
  const batchId = await createBatch(knex, carteira.id);
  const ids = await createReceivables(knex, carteira, 4);
  for (const id of ids) await createItem(knex, batchId, id, { state: 'unconfirmed', due_at: null });
  const record = createMemoryRecord({
    items: Object.fromEntries(ids.map((id) => [id, ['unconfirmed']])),
    now: () => Promise.resolve(Date.now()),
  });
  const decide = (...which: string[]) =>
    boletos('resolver', batchId, ...which, '--decisao', 'registrado', '--motivo', 'conferido no site do banco');
  await withWorkers(temporal, record, async () => {
    const batch = await startBatch(client, { batchId, carteiraId: 10, filters: {}, by: 'operador.1' });
    for await (const { phase } of batch.follow({ everyMs: 50 })) if (phase === 'awaitingAdjustments') break;

    const none = await decide();
    expect({ exitCode: none.exitCode, ...errorOf(none) }).toMatchObject({ exitCode: 2, code: 'opcao_ausente' });
    const unknown = await decide('--causa', '00000000');
    expect(errorOf(unknown)).toMatchObject({ code: 'causa_desconhecida' });
    expect(linesOf(await decide('--titulo', ids.slice(0, 2).join(',')))).toMatchObject([{ changed: 2 }]);
    expect(record.items.map(({ state }) => state)).toEqual(['registered', 'registered', 'unconfirmed', 'unconfirmed']);
    await knex('batch_item').whereIn('receivable_id', ids.slice(0, 2)).update({ state: 'registered' });

    expect(linesOf(await decide('--todos-incertos'))).toMatchObject([{ changed: 2 }]);
    expect(await batch.result()).toMatchObject({ registered: 4 });
  });
  expect(await storedTexts(batchId)).not.toContain('site do banco');
});

/** Everything that Temporal keeps of the batch, as text. */
async function storedTexts(batchId: string): Promise<string> {
  return textsIn(await client.workflow.getHandle(`boletos/${batchId}`).fetchHistory()).join('\n');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (ArrayBuffer.isView(value)) return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
