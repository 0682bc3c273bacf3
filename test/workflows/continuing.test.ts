import { act, eventually, progressOf, startWorkflowEnvironment, untilPhase } from './support/environment';
import type { BatchHandle, WorkflowEnvironment } from './support/environment';
import { createMemoryRecord, items } from './support/memoryRecord';

let temporal: WorkflowEnvironment;
beforeEach(async () => {
  temporal = await startWorkflowEnvironment();
});
afterEach(() => temporal?.close());

test('a long communication goes on in new runs: one selection, each boleto sent once', async () => {
  const record = createMemoryRecord({ items: items(1_200, ['registered']), now: temporal.now });
  await temporal.run(record, async (handle) => {
    expect(await handle.result()).toMatchObject({ selected: 1_200, registered: 1_200 });
    expect(await runsOf(handle)).toBeGreaterThan(1);
  });
  expect(record.count('selectBoletos')).toBe(1);
  expect(record.sent.size).toBe(1_200);
  expect(Math.max(...record.sent.values())).toBe(1);
  // What people see does not jump back: a new run enters no phase again.
  expect(record.phases).toEqual(['communicating', 'analysing']);
});

test('hundreds of actions on a waiting batch are all answered, and the Web UI still says what the batch is', async () => {
  const record = createMemoryRecord({
    items: items(3, ['rejected', 'registered']),
    now: temporal.now,
    openBatch: async () => ({ gateway: 'banco-do-brasil', by: 'u-00000000a11c' }),
  });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    // The time-skipping server refuses a new run while another update is on its way, so these come in threes.
    for (let sent = 0; sent < 360; sent += 3) {
      const answers = await Promise.all([1, 2, 3].map(() => act(handle, 'reexamine')));
      expect(answers).toEqual(Array(3).fill({ changed: 0, refused: [] }));
    }
    expect(await runsOf(handle)).toBeGreaterThan(1);
    expect(await progressOf(handle)).toMatchObject({ phase: 'awaitingAdjustments', round: 1 });
    expect(new Set(record.phases)).toEqual(new Set(['communicating', 'analysing', 'awaitingAdjustments']));
    // What its start said of it does not outlive the first run; what it says of itself does, by what the record knows.
    const details = await temporal.details(handle);
    expect(details).toContain(
      `Comunicação de boletos **${handle.workflowId.replace('boletos/', '')}** · carteira de cobrança 10`,
    );
    expect(details).toContain('pedida por u-00000000a11c');
    const { typedSearchAttributes } = await temporal.client.workflow.getHandle(handle.workflowId).describe();
    const operator = typedSearchAttributes.getAll().find(({ key }) => key.name === 'BoletoOperator');
    expect(operator?.value).toBe('u-00000000a11c');
    await act(handle, 'recommunicate', { scope: 'all' });
    expect(await handle.result()).toMatchObject({ registered: 3, rounds: 2 });
  });
  expect(record.count('reexamine')).toBe(360);
  expect(record.count('selectBoletos')).toBe(1);
});

test('a pause survives a new run, and what was asked for around it is done', async () => {
  const record = createMemoryRecord({ items: items(400, ['registered']), now: temporal.now });
  await temporal.run(record, async (handle) => {
    await eventually(
      () => record.sent.size,
      (sent) => sent > 20,
    );
    await act(handle, 'pause', { reasonCode: 'manutencao' });
    await untilPhase(handle, 'paused');
    for (let runs = 1; runs === 1; runs = await runsOf(handle)) {
      await Promise.all(Array.from({ length: 40 }, () => handle.signal('receivableCorrected', { receivableId: 101 })));
      await act(handle, 'reexamine');
    }
    expect(await progressOf(handle)).toMatchObject({ phase: 'paused', pauseReason: 'manutencao' });
    await act(handle, 'resume');
    expect(await handle.result()).toMatchObject({ registered: 400 });
  });
  expect(record.count('selectBoletos')).toBe(1);
});

async function runsOf(handle: BatchHandle): Promise<number> {
  let runs = 1;
  let runId: string | undefined = handle.firstExecutionRunId;
  for (; runId; runs += 1) {
    const { events } = await temporal.client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
    if (!runId) return runs;
  }
  return runs;
}
