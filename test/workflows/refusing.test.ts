import { WorkflowNotFoundError } from '@temporalio/common';
import {
  act,
  eventually,
  refusalOf,
  startWorkflowEnvironment,
  untilPhase,
  type WorkflowEnvironment,
} from './support/environment';
import { gate } from './support/gate';
import { createMemoryRecord } from './support/memoryRecord';

let temporal: WorkflowEnvironment;
beforeEach(async () => {
  temporal = await startWorkflowEnvironment();
});
afterEach(() => temporal?.close());

test('what is refused leaves no trace in the history and never reaches the record', async () => {
  const record = createMemoryRecord({ items: { 101: ['rejected'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    // The record hears of the phase last; after that the batch only waits.
    await eventually(
      () => record.phases.at(-1),
      (phase) => phase === 'awaitingAdjustments',
    );
    const calls = record.calls.length;
    expect(await refusalOf(act(handle, 'pause'))).toContain('nada está sendo enviado');
    expect(await refusalOf(act(handle, 'resume'))).toContain('nada está sendo enviado');
    expect(await refusalOf(act(handle, 'discard', { receivableIds: ['101'] }))).toContain('sem aspas');
    expect(await refusalOf(act(handle, 'resolve', { by: 'Fulano de Tal' }))).toContain('Informe "by"');
    const { events } = await handle.fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toEqual([]);
    expect(record.calls).toHaveLength(calls);
  });
});

test('while selecting every action is refused with what to do', async () => {
  const selected = gate();
  const record = createMemoryRecord({
    items: {},
    now: temporal.now,
    beforeActivity: (name) => (name === 'selectBoletos' ? selected.passed : undefined),
  });
  await temporal.run(record, async (handle) => {
    for (const action of ['pause', 'conclude', 'reexamine'] as const) {
      expect(await refusalOf(act(handle, action))).toContain('ainda estão sendo selecionados');
    }
    selected.open();
    await handle.result();
  });
});

test('the query tells the progress, and the metadata of the Temporal Web UI show every message with an example', async () => {
  const record = createMemoryRecord({ items: { 101: ['rejected'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    expect(await untilPhase(handle, 'awaitingAdjustments')).toMatchObject({
      phase: 'awaitingAdjustments',
      round: 1,
      gateway: 'banco-do-brasil',
      selection: { selected: 1 },
      counts: { total: 1, byState: { rejected: 1 } },
      pauseReason: null,
      concluding: false,
    });
    const { definition } = await handle.query<{
      definition: Record<'updateDefinitions' | 'signalDefinitions', { name: string; description: string }[]>;
    }>('__temporal_workflow_metadata');
    const updates = definition.updateDefinitions.map(({ name }) => name).sort();
    expect(updates).toEqual(['conclude', 'discard', 'pause', 'recommunicate', 'reexamine', 'resolve', 'resume']);
    const described = [...definition.updateDefinitions, ...definition.signalDefinitions].filter(
      ({ name }) => !name.startsWith('__'),
    );
    for (const { description } of described) expect(description).toMatch(/Exemplo: \{.+\}$/);
  });
});

test('a batch that has ended takes no action', async () => {
  const record = createMemoryRecord({ items: {}, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await handle.result();
    await expect(act(handle, 'conclude')).rejects.toThrow(WorkflowNotFoundError);
  });
});
