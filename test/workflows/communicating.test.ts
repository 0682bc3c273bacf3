import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  act,
  eventually,
  progressOf,
  startWorkflowEnvironment,
  untilPhase,
  type WorkflowEnvironment,
} from './support/environment';
import { gate } from './support/gate';
import { createMemoryRecord, items } from './support/memoryRecord';

let temporal: WorkflowEnvironment;
beforeEach(async () => {
  temporal = await startWorkflowEnvironment();
});
afterEach(() => temporal?.close());

test('a batch without failures goes from selection to conclusion by itself', async () => {
  const record = createMemoryRecord({ items: items(3, ['registered']), now: temporal.now });
  const report = await temporal.run(record, (handle) => handle.result());
  expect(report).toMatchObject({ selected: 3, registered: 3, rejected: 0, rounds: 1 });
  expect(record.phases).toEqual(['communicating', 'analysing']);
  expect([...record.sent.values()]).toEqual([1, 1, 1]);
});

test('an empty selection concludes at once and its details say what to do', async () => {
  const record = createMemoryRecord({ items: {}, now: temporal.now });
  await temporal.run(record, async (handle) => {
    expect(await handle.result()).toMatchObject({ selected: 0, registered: 0 });
    expect(await temporal.details(handle)).toContain('Nenhum título atende aos filtros');
  });
  expect(record.phases).not.toContain('communicating');
});

test('a refusal of the first activity fails the workflow with its own words', async () => {
  const record = createMemoryRecord({
    items: {},
    now: temporal.now,
    openBatch: () =>
      Promise.reject(ApplicationFailure.nonRetryable('A carteira 99 não existe.', 'carteiraDesconhecida')),
  });
  const failure = await temporal.run(record, (handle) => handle.result().catch((error: unknown) => error));
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  expect((failure as WorkflowFailedError).cause).toMatchObject({
    message: 'A carteira 99 não existe.',
    type: 'carteiraDesconhecida',
  });
});

test.each([
  ['no argument', 'boletos/x', undefined, 'Envie um objeto JSON'],
  ['no batchId', 'boletos/x', { carteiraId: 1 }, 'Informe "batchId"'],
  ['another id than its batch', 'boletos/other', { batchId: 'x' }, 'O id do workflow deve ser "boletos/"'],
])('a start with %s fails and says what to send', async (_name, workflowId, input, message) => {
  const record = createMemoryRecord({ items: {}, now: temporal.now });
  const failure = await temporal.serve(record, async () => {
    const handle = await temporal.client.workflow.start('boletoBatch', {
      taskQueue: 'boletos',
      workflowId,
      args: input === undefined ? [] : [input],
    });
    return handle.result().catch((error: unknown) => error);
  });
  expect((failure as WorkflowFailedError).cause?.message).toContain(message);
  expect(record.calls).toEqual([]);
});

test('a database that is down delays the batch and never fails it', async () => {
  let down = 6;
  const record = createMemoryRecord({
    items: items(2, ['registered']),
    now: temporal.now,
    beforeActivity() {
      if (down-- > 0) throw new Error('connection refused');
    },
  });
  expect(await temporal.run(record, (handle) => handle.result())).toMatchObject({ registered: 2 });
});

test('fifty boletos are in flight at a time, and of larger slices eight', async () => {
  const flights: number[] = [];
  for (const sliceSize of [1, 10]) {
    const full = gate();
    const record = createMemoryRecord({
      items: items(200, ['registered']),
      now: temporal.now,
      sliceSize,
      beforeSlice: () => full.passed,
    });
    await temporal.run(record, async (handle) => {
      await eventually(
        () => record.inFlight.now,
        (now) => now === (sliceSize === 1 ? 50 : 8),
      );
      full.open();
      await handle.result();
    });
    flights.push(record.inFlight.most);
  }
  expect(flights).toEqual([50, 8]);
});

test('a slice names its ID da cobrança, or its range, in the Temporal Web UI', async () => {
  const names: string[][] = [];
  for (const sliceSize of [1, 3]) {
    const record = createMemoryRecord({ items: items(3, ['registered']), now: temporal.now, sliceSize });
    await temporal.run(record, async (handle) => {
      await handle.result();
      names.push(await temporal.activitySummaries(handle));
    });
  }
  expect(names[0]).toEqual(expect.arrayContaining(['Selecionar os títulos', 'Cobrança 101', 'Cobrança 103']));
  expect(names[1]).toEqual(expect.arrayContaining(['Boletos 1–3', 'Fase: Comunicando com o gateway']));
});

test('what must wait is tried again when it is due', async () => {
  const record = createMemoryRecord({
    items: { 101: [['deferred', 30 * 60_000], 'registered'], 102: ['registered'] },
    now: temporal.now,
  });
  const started = await temporal.now();
  await temporal.run(record, async (handle) => {
    expect(await handle.result()).toMatchObject({ registered: 2, rounds: 1 });
    expect(await temporal.timerSummaries(handle)).toContain('Próxima tentativa ou consulta');
  });
  expect((await temporal.now()) - started).toBeGreaterThanOrEqual(30 * 60_000);
  expect(record.sent.get(101)).toBe(2);
});

test('work that is due and does not move is asked for ever more seldom', async () => {
  const record = createMemoryRecord({ items: { 101: ['stuck'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'communicating');
    await temporal.skip(10 * 60_000);
    const plans = record.calls.filter((name) => name === 'planSlices').length;
    expect(plans).toBeGreaterThan(10);
    expect(plans).toBeLessThan(100);
  });
});

test('a paused batch sends nothing new, and after resume goes on where it was', async () => {
  const half = gate();
  const record = createMemoryRecord({
    items: items(200, ['registered']),
    now: temporal.now,
    beforeSlice: () => half.passed,
  });
  await temporal.run(record, async (handle) => {
    await eventually(
      () => record.inFlight.now,
      (now) => now === 50,
    );
    await act(handle, 'pause');
    expect(await progressOf(handle)).toMatchObject({ phase: 'communicating', pauseReason: 'operator' });
    half.open();
    await untilPhase(handle, 'paused');
    const sent = record.sent.size;
    expect(sent).toBeLessThanOrEqual(50);
    await temporal.skip(60_000);
    expect(record.sent.size).toBe(sent);
    expect(await temporal.details(handle)).toContain('"by":"op-7"');
    await act(handle, 'resume');
    expect(await progressOf(handle)).not.toMatchObject({ phase: 'paused' });
    expect(await handle.result()).toMatchObject({ registered: 200 });
  });
  expect(Math.max(...record.sent.values())).toBe(1);
});

test('a configuration failure seen by many slices pauses the batch once, and resume continues', async () => {
  let broken = true;
  const record = createMemoryRecord({
    items: items(120, ['registered']),
    now: temporal.now,
    beforeSlice(_ids, { pauseBy }) {
      if (broken) pauseBy('config');
    },
  });
  await temporal.run(record, async (handle) => {
    expect(await untilPhase(handle, 'paused')).toMatchObject({ pauseReason: 'config' });
    expect(await temporal.details(handle)).toContain('configuração da carteira');
    expect(record.sent.size).toBe(0);
    broken = false;
    await act(handle, 'resume');
    expect(await handle.result()).toMatchObject({ registered: 120 });
  });
  expect(record.phases.filter((phase) => phase === 'paused')).toHaveLength(1);
});

test('a pause that only the record knows of is shown and can be resumed', async () => {
  const record = createMemoryRecord({ items: items(2, ['registered']), now: temporal.now });
  record.pauseBy('config');
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'paused');
    await act(handle, 'resume');
    expect(await handle.result()).toMatchObject({ registered: 2 });
  });
});

test('a slice that cannot run pauses the batch instead of failing it', async () => {
  let broken = true;
  const record = createMemoryRecord({
    items: items(2, ['registered']),
    now: temporal.now,
    beforeSlice() {
      if (broken) throw ApplicationFailure.nonRetryable('esta conta não existe mais');
    },
  });
  await temporal.run(record, async (handle) => {
    expect(await untilPhase(handle, 'paused')).toMatchObject({ pauseReason: 'sliceFailed' });
    broken = false;
    await act(handle, 'resume');
    expect(await handle.result()).toMatchObject({ registered: 2 });
  });
});

test('another worker goes on where a stopped one was', async () => {
  const record = createMemoryRecord({ items: items(150, ['registered']), now: temporal.now, sliceSize: 1 });
  const handle = await temporal.start();
  // The time-skipping server waits for ever for a stopped worker's own copy, so neither worker keeps one.
  await temporal.serve(
    record,
    () =>
      eventually(
        () => record.sent.size,
        (sent) => sent >= 20,
      ),
    { replay: true },
  );
  expect(record.sent.size).toBeLessThan(150);
  expect(await temporal.serve(record, () => handle.result(), { replay: true })).toMatchObject({ registered: 150 });
  expect(record.calls.filter((name) => name === 'selectBoletos')).toHaveLength(1);
});

test('phase and figures can be searched for', async () => {
  const record = createMemoryRecord({
    items: { 101: ['registered'], 102: ['rejected'] },
    now: temporal.now,
    nearestDueDate: '2999-01-10',
  });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    const { typedSearchAttributes } = await handle.describe();
    const found = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    expect(found).toEqual({
      BoletoPhase: 'awaitingAdjustments',
      BoletoCarteira: '10',
      BoletoGateway: 'banco-do-brasil',
      BoletoOperator: 'op-1',
      BoletoTotal: 2,
      BoletoFailures: 1,
      BoletoRound: 1,
      BoletoNearestDueDate: new Date('2999-01-10T12:00:00Z'),
    });
  });
});

test('where the namespace lacks the search attributes the batch runs without', async () => {
  const record = createMemoryRecord({
    items: items(1, ['registered']),
    now: temporal.now,
    openBatch: async () => ({ gateway: 'banco-do-brasil', searchAttributes: false }),
  });
  await temporal.run(record, async (handle) => {
    await handle.result();
    expect((await handle.describe()).typedSearchAttributes.getAll()).toEqual([]);
  });
});
