import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { BatchError, connect, getBatch, startBatch, type BatchProgress } from '../../client';
import { pressButton } from '../../examples/erp-button';
import { claimNamespace } from '../kit/temporal';
import { createMemoryRecord, type MemoryRecord, type MemoryRecordOptions } from '../workflows/support/memoryRecord';
import { withWorkers } from './support/batchWorker';

const by = 'operador.1';
let temporal: { address: string; namespace: string };
let client: Client;

beforeAll(async () => {
  temporal = await claimNamespace();
  client = await connect({ ...temporal, withinMs: 60_000 });
});
afterAll(() => client.connection.close());

function recordOf(items: MemoryRecordOptions['items'], options: Partial<MemoryRecordOptions> = {}): MemoryRecord {
  return createMemoryRecord({ items, now: () => Promise.resolve(Date.now()), ...options });
}

function withRecord<T>(record: MemoryRecord, during: () => Promise<T>): Promise<T> {
  return withWorkers(temporal, record, during);
}

let started = 0;
function start(batchId = `lote-${process.pid}-${Date.now()}-${(started += 1)}`) {
  return startBatch(client, { batchId, carteiraId: 10, filters: {}, by });
}

async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BatchError)) throw new Error(`no BatchError but ${String(error)}`);
  expect(error.hint).not.toBe('');
  return { code: error.code, message: error.message };
}

async function all(progress: AsyncIterable<BatchProgress>): Promise<BatchProgress[]> {
  const seen: BatchProgress[] = [];
  for await (const each of progress) seen.push(each);
  return seen;
}

describe('the button of an ERP', () => {
  const variables = { ...process.env };
  afterEach(() => {
    process.env = variables;
  });

  test('starts, follows, corrects, redoes and concludes a batch', async () => {
    const record = recordOf({ 101: ['registered'], 102: ['rejected', 'registered'], 103: ['rejected'] });
    process.env = { ...variables, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const report = await withRecord(record, () =>
      pressButton(10, by, (causes) => {
        expect(causes.flatMap(({ receivableIds }) => receivableIds)).toEqual([102, 103]);
        for (const item of record.items) item.corrected = item.receivableId === 102;
        return Promise.resolve([102]);
      }),
    );
    expect(report).toMatchObject({ selected: 3, registered: 2, rejected: 1 });
    expect(record.sent).toEqual(new Map([[101, 1], [102, 2], [103, 1]])); // prettier-ignore
  });
});

describe('a start', () => {
  test('tells the namespace carteira, operator and phase, and no person', async () => {
    const batch = await start();
    expect(batch.warning).toBeNull();
    const { raw, typedSearchAttributes } = await client.workflow.getHandle(`boletos/${batch.batchId}`).describe();
    const attributes = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    expect(attributes).toMatchObject({ BoletoCarteira: '10', BoletoOperator: by, BoletoPhase: 'selecting' });
    expect(raw.executionConfig?.userMetadata?.summary?.data?.toString()).toContain('carteira 10');
  });

  test('makes an id of its own, fit for the record', async () => {
    const { batchId } = await startBatch(client, { carteiraId: 10, filters: {}, by });
    expect(batchId).toMatch(/^\d{8}-[0-9a-f]{8}$/);
  });

  test('with the id of a batch that runs, or that ended, is refused', async () => {
    await withRecord(recordOf({ 101: ['registered'] }), async () => {
      const batch = await start();
      expect(await failureOf(start(batch.batchId))).toMatchObject({ code: 'comunicacao_ja_iniciada' });
      await batch.result();
      expect(await failureOf(start(batch.batchId))).toMatchObject({ code: 'comunicacao_ja_iniciada' });
    });
  });

  test.each([
    ['a login with a space', { by: 'Maria da Silva' }],
    ['an id with a slash', { batchId: 'a/b' }],
    ['filters that contradict each other', { filters: { amountFromCents: 200, amountToCents: 100 } }],
  ])('with %s is refused before Temporal hears of it', async (_what, wrong) => {
    const request = { carteiraId: 10, filters: {}, by, ...wrong } as Parameters<typeof startBatch>[1];
    expect(await failureOf(startBatch(client, request))).toMatchObject({ code: 'entrada_invalida' });
  });

  test('in a namespace without our search attributes runs, and says so', async () => {
    const namespace = `sem-atributos-${process.pid}-${Date.now()}`;
    await client.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    const there = await connect({ ...temporal, namespace });
    try {
      const batch = await untilKnown(() => startBatch(there, { carteiraId: 10, filters: {}, by }));
      expect(batch.warning).toContain('search attributes');
      expect(await batch.running()).toBe(true);
    } finally {
      await there.connection.close();
    }
  });

  /** A namespace is known to all of the server some seconds after it was made. */
  async function untilKnown<T>(ask: () => Promise<T>): Promise<T> {
    for (const deadline = Date.now() + 30_000; ;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof BatchError) || error.code !== 'namespace_inexistente' || Date.now() > deadline)
          throw error;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }
});

describe('a running batch', () => {
  test('is followed until it waits for people', async () => {
    await withRecord(recordOf({ 101: ['registered'], 102: ['rejected'] }), async () => {
      const batch = await start();
      const seen = await all(batch.follow({ everyMs: 50 }));
      expect(seen.at(-1)).toMatchObject({ phase: 'awaitingAdjustments', counts: { byState: { rejected: 1 } } });
    });
  });

  test('is followed through the round that an action just began, not out of the one before', async () => {
    let firstRound = true;
    const record = recordOf(
      { 101: ['rejected', 'registered'], 102: ['rejected'] },
      {
        beforeActivity: async (name) => {
          // Long enough for a follower to look in between.
          if (name === 'planSlices' && !firstRound) await new Promise((resolve) => setTimeout(resolve, 400));
        },
      },
    );
    await withRecord(record, async () => {
      const batch = await start();
      await all(batch.follow({ everyMs: 50 }));
      firstRound = false;
      await batch.recommunicate({ by, scope: 'all' });
      const seen = await all(batch.follow({ everyMs: 50 }));
      expect(seen.at(-1)?.counts?.byState).toMatchObject({ registered: 1, rejected: 1 });
      expect(record.sent.get(102)).toBe(2);
    });
  });

  test('answers a repeated action as it answered the first time', async () => {
    const record = recordOf({ 101: ['rejected'], 102: ['rejected'] });
    await withRecord(record, async () => {
      const batch = await start();
      await all(batch.follow({ everyMs: 50 }));
      const action = { by, actionId: 'acao-1', receivableIds: [101], reasonCode: 'operador' };
      const first = await batch.discard(action);
      expect(await batch.discard(action)).toEqual(first);
      expect(first).toMatchObject({ changed: 1 });
    });
  });

  test('takes more than 500 títulos to discard in several updates, and no more than 500 to communicate again', async () => {
    const ids = Array.from({ length: 620 }, (_, index) => index + 1);
    const record = recordOf(Object.fromEntries(ids.map((id) => [id, ['rejected']])), { sliceSize: 200 });
    await withRecord(record, async () => {
      const batch = await start();
      await all(batch.follow({ everyMs: 50 }));
      expect(await failureOf(batch.recommunicate({ by, scope: 'selected', receivableIds: ids }))).toMatchObject({
        code: 'entrada_invalida',
      });
      const result = await batch.discard({ by, receivableIds: ids, reasonCode: 'operador' });
      expect(result).toMatchObject({ changed: 620, refused: [] });
      expect(record.calls.filter((name) => name === 'discard')).toHaveLength(2);
    });
  });

  test('refuses in Portuguese what does not fit where it is', async () => {
    await withRecord(recordOf({ 101: ['rejected'] }), async () => {
      const batch = await start();
      await all(batch.follow({ everyMs: 50 }));
      const failure = await failureOf(batch.pause({ by }));
      expect(failure).toMatchObject({ code: 'acao_recusada' });
      expect(failure.message).toContain('espera ajustes');
    });
  });

  test('that its first activity refuses is told with its words', async () => {
    const record = recordOf(
      { 101: ['registered'] },
      {
        openBatch: () => Promise.reject(ApplicationFailure.nonRetryable('A carteira 10 não existe.', 'x')),
      },
    );
    await withRecord(record, async () => {
      const batch = await start();
      const failure = await failureOf(all(batch.follow({ everyMs: 50 })));
      expect(failure).toEqual({ code: 'comunicacao_falhou', message: 'A carteira 10 não existe.' });
    });
  });

  test('is not waited for longer than asked', async () => {
    await withRecord(recordOf({ 101: ['rejected'] }), async () => {
      const batch = await start();
      expect(await failureOf(batch.result({ withinMs: 500 }))).toMatchObject({ code: 'em_andamento' });
    });
  });
});

describe('an ended batch', () => {
  test('answers an action that is repeated as it answered the first time, and no other one under its id', async () => {
    await withRecord(recordOf({ 101: ['rejected', 'registered'] }), async () => {
      const batch = await start();
      await all(batch.follow({ everyMs: 50 }));
      const action = { by, actionId: 'acao-2', scope: 'all' } as const;
      const first = await batch.recommunicate(action);
      await batch.result();
      expect(first).toMatchObject({ changed: 1 });
      expect(await batch.recommunicate(action)).toEqual(first);
      const other = batch.recommunicate({ ...action, scope: 'corrected' });
      expect(await failureOf(other)).toMatchObject({ code: 'comunicacao_encerrada' });
    });
  });

  test('takes no action and no signal', async () => {
    await withRecord(recordOf({ 101: ['registered'] }), async () => {
      const batch = await start();
      await batch.result();
      expect(await failureOf(batch.conclude({ by }))).toMatchObject({ code: 'comunicacao_encerrada' });
      expect(await failureOf(batch.corrected(101))).toMatchObject({ code: 'comunicacao_encerrada' });
      expect(await batch.running()).toBe(false);
    });
  });

  test('that was terminated before it ran is told as ended', async () => {
    const batch = await start();
    await client.workflow.getHandle(`boletos/${batch.batchId}`).terminate();
    expect(await failureOf(batch.progress())).toMatchObject({ code: 'comunicacao_encerrada' });
    expect(await failureOf(batch.result())).toMatchObject({ code: 'comunicacao_falhou' });
  });

  test('that never was is unknown', async () => {
    expect(await failureOf(getBatch(client, 'nunca-existiu').pause({ by }))).toMatchObject({
      code: 'comunicacao_desconhecida',
    });
  });
});

describe('without a worker', () => {
  let idle: { address: string; namespace: string };
  let there: Client;
  beforeAll(async () => {
    idle = await claimNamespace();
    there = await connect(idle);
  });
  afterAll(() => there.connection.close());

  test('a batch is stored, a correction is kept, and an action says that nobody works', async () => {
    const batch = await startBatch(there, { carteiraId: 10, filters: {}, by });
    expect(await batch.running()).toBe(true);
    await batch.corrected(101);
    const failure = await failureOf(batch.pause({ by }));
    expect(failure).toEqual({ code: 'sem_worker', message: 'nenhum worker em execução' });
  });
});

describe('without Temporal', () => {
  test('connecting ends with what to do', async () => {
    const failure = await failureOf(connect({ address: '127.0.0.1:1', withinMs: 500 }));
    expect(failure).toMatchObject({ code: 'temporal_inacessivel' });
    expect(failure.message).toContain('127.0.0.1:1');
  });

  test('a namespace that does not exist is named', async () => {
    const there = await connect({ ...temporal, namespace: 'nao-existe' });
    try {
      const failure = await failureOf(startBatch(there, { carteiraId: 10, filters: {}, by }));
      expect(failure).toMatchObject({ code: 'namespace_inexistente' });
      expect(failure.message).toContain('nao-existe');
    } finally {
      await there.connection.close();
    }
  });
});
