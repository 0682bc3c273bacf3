import { act, eventually, progressOf, refusalOf, startWorkflowEnvironment, untilPhase } from './support/environment';
import type { BatchHandle, WorkflowEnvironment } from './support/environment';
import { gate } from './support/gate';
import { createMemoryRecord, type MemoryRecord } from './support/memoryRecord';

const DAY = 86_400_000;

let temporal: WorkflowEnvironment;
beforeEach(async () => {
  temporal = await startWorkflowEnvironment();
});
afterEach(() => temporal?.close());

/** As the Contas a Receber screen does. */
async function correct(record: MemoryRecord, handle: BatchHandle, ...receivableIds: number[]): Promise<void> {
  for (const receivableId of receivableIds) {
    record.item(receivableId).corrected = true;
    await handle.signal('receivableCorrected', { receivableId });
  }
}

test('failures wait for people; only what was corrected is communicated again; then the batch concludes by itself', async () => {
  const record = createMemoryRecord({
    items: { 101: ['registered'], 102: ['rejected', 'registered'], 103: ['rejected', 'registered'] },
    now: temporal.now,
  });
  await temporal.run(record, async (handle) => {
    expect(await untilPhase(handle, 'awaitingAdjustments')).toMatchObject({
      round: 1,
      causes: [{ state: 'rejected', cause: 'data/4874915', count: 2, receivableIds: [102, 103] }],
    });
    await correct(record, handle, 102);
    expect(await act(handle, 'recommunicate', { scope: 'corrected' })).toMatchObject({ changed: 1, refused: [] });
    await untilRound(handle, 2, 'awaitingAdjustments');
    expect(Object.fromEntries(record.sent)).toEqual({ 101: 1, 102: 2, 103: 1 });

    await correct(record, handle, 103);
    await act(handle, 'recommunicate', { scope: 'selected', receivableIds: [103] });
    expect(await handle.result()).toMatchObject({ selected: 3, registered: 3, rounds: 3 });
  });
  expect(record.rounds).toEqual([2, 3]);
  expect(record.phases).toEqual([
    ...['communicating', 'analysing', 'awaitingAdjustments'],
    ...['communicating', 'analysing', 'awaitingAdjustments'],
    ...['communicating', 'analysing'],
  ]);
});

test('people may take thirty days', async () => {
  const record = createMemoryRecord({ items: { 101: ['rejected', 'registered'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    await temporal.skip(30 * DAY);
    expect(await progressOf(handle)).toMatchObject({ phase: 'awaitingAdjustments', round: 1 });
    await act(handle, 'recommunicate', { scope: 'all' });
    expect(await handle.result()).toMatchObject({ registered: 1, rounds: 2 });
  });
});

test('an alert is raised once a day while boletos near their due date unregistered', async () => {
  const dueInDays = 10;
  const nearestDueDate = new Date((await temporal.now()) + dueInDays * DAY).toISOString().slice(0, 10);
  const record = createMemoryRecord({ items: { 101: ['rejected'] }, now: temporal.now, nearestDueDate });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    await temporal.skip(6 * DAY);
    expect(record.alerts).toEqual([]);
    expect(await temporal.details(handle)).not.toContain('Vencimento próximo');
    await temporal.skip(8 * DAY);
    expect(record.alerts.length).toBeGreaterThanOrEqual(5);
    expect(record.alerts).toEqual([...new Set(record.alerts)]);
    expect(await temporal.details(handle)).toContain('Vencimento próximo');
    expect(await temporal.timerSummaries(handle)).toContain('Alerta de vencimento');
  });
});

test('an alert that the record keeps asking for is raised once a day all the same', async () => {
  const record = createMemoryRecord({
    items: { 101: ['rejected'] },
    now: temporal.now,
    nearestDueDate: '2001-01-01',
    forgetsAlerts: true,
  });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    await temporal.skip(3 * DAY);
    expect(record.alerts.length).toBeGreaterThanOrEqual(3);
    expect(record.alerts).toEqual([...new Set(record.alerts)]);
  });
});

test('a hundred corrections at once are counted together', async () => {
  const record = createMemoryRecord({ items: { 101: ['rejected'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    const before = record.count('analyseOutcomes');
    record.item(101).corrected = true;
    for (let signals = 0; signals < 100; signals += 10) {
      await Promise.all(Array.from({ length: 10 }, () => handle.signal('receivableCorrected', { receivableId: 101 })));
      // Answered only after the workflow took the signals in.
      await progressOf(handle);
    }
    await temporal.skip(60_000);
    await eventually(
      () => progressOf(handle),
      ({ counts }) => counts?.corrected === 1,
    );
    expect(record.count('analyseOutcomes') - before).toBeLessThanOrEqual(3);
    expect(record.phases.at(-1)).toBe('awaitingAdjustments');
  });
});

test('a signal with any argument is only a wake-up', async () => {
  const record = createMemoryRecord({ items: { 101: ['rejected'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    for (const sent of [null, 'x', 7, { receivableId: 'x' }]) await handle.signal('receivableCorrected', sent as never);
    await temporal.skip(10_000);
    expect(await progressOf(handle)).toMatchObject({ phase: 'awaitingAdjustments' });
  });
});

test('an action that changes nothing leaves the batch waiting and says so', async () => {
  const record = createMemoryRecord({ items: { 101: ['rejected'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    expect(await act(handle, 'recommunicate', { scope: 'corrected' })).toMatchObject({ changed: 0 });
    expect(await progressOf(handle)).toMatchObject({ phase: 'awaitingAdjustments', round: 1 });
  });
});

test('an action that is sent again answers the same and begins no other round', async () => {
  const record = createMemoryRecord({ items: { 101: ['rejected'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    const action = { scope: 'all', actionId: 'acao-repetida' };
    const answers = [await act(handle, 'recommunicate', action)];
    await untilRound(handle, 2, 'awaitingAdjustments');
    answers.push(await act(handle, 'recommunicate', action));
    expect(answers[1]).toEqual(answers[0]);
    expect(await untilRound(handle, 2, 'awaitingAdjustments')).toMatchObject({ round: 2 });
    expect(record.sent.get(101)).toBe(2);
  });
});

test('the last open título discarded ends the batch', async () => {
  const record = createMemoryRecord({ items: { 101: ['registered'], 102: ['rejected'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    await act(handle, 'discard', { receivableIds: [102], reasonCode: 'cliente-cancelou' });
    expect(await handle.result()).toMatchObject({ registered: 1, discarded: 1, rounds: 1 });
  });
});

test('an uncertain result decided as registered ends the batch; decided as absent, it is sent again', async () => {
  const record = createMemoryRecord({
    items: { 101: ['unconfirmed'], 102: ['unconfirmed', 'registered'] },
    now: temporal.now,
  });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    await act(handle, 'resolve', { receivableId: 101, decision: 'registered', reasonCode: 'conferido' });
    await act(handle, 'resolve', { receivableId: 102, decision: 'absent', reasonCode: 'conferido' });
    expect(await handle.result()).toMatchObject({ registered: 2, rounds: 1 });
  });
  expect(Object.fromEntries(record.sent)).toEqual({ 101: 1, 102: 2 });
});

test('many uncertain results are decided at once, also while the others are still sent', async () => {
  const held = gate();
  const record = createMemoryRecord({
    items: { 101: ['unconfirmed'], 102: ['unconfirmed'], 103: ['registered'] },
    now: temporal.now,
    beforeSlice: ([id]) => (id === 103 ? held.passed : undefined),
  });
  await temporal.run(record, async (handle) => {
    await eventually(
      () => [101, 102].map((id) => record.item(id).state),
      (states) => states.every((state) => state === 'unconfirmed'),
    );
    expect(await progressOf(handle)).toMatchObject({ phase: 'communicating' });
    const decided = { receivableIds: [101, 102], decision: 'registered', reasonCode: 'conferido' };
    expect(await act(handle, 'resolve', decided)).toEqual({ changed: 2, refused: [] });
    held.open();
    expect(await handle.result()).toMatchObject({ registered: 3, rounds: 1 });
    expect(await temporal.activitySummaries(handle)).toContain('Resolver 2 cobranças');
  });
  expect(Object.fromEntries(record.sent)).toEqual({ 101: 1, 102: 1, 103: 1 });
});

test('reexamine asks the bank again', async () => {
  const record = createMemoryRecord({ items: { 101: ['unconfirmed', 'registered'] }, now: temporal.now });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    expect(await act(handle, 'reexamine')).toMatchObject({ changed: 1 });
    expect(await handle.result()).toMatchObject({ registered: 1, rounds: 1 });
  });
});

test('títulos can be discarded and decided while the batch is paused', async () => {
  const record = createMemoryRecord({
    items: { 101: ['unconfirmed'], 102: ['rejected'], 103: [['deferred', 60_000], 'registered'] },
    now: temporal.now,
  });
  await temporal.run(record, async (handle) => {
    await eventually(
      () => record.item(103).state,
      (state) => state === 'deferred',
    );
    await act(handle, 'pause', { reasonCode: 'manutencao' });
    await untilPhase(handle, 'paused');
    await act(handle, 'discard', { receivableIds: [102], reasonCode: 'erro-de-cadastro' });
    await act(handle, 'resolve', { receivableId: 101, decision: 'registered', reasonCode: 'conferido' });
    await eventually(
      () => progressOf(handle),
      ({ counts }) => counts?.byState.discarded === 1 && counts.byState.registered === 1,
    );
    await act(handle, 'resume');
    expect(await handle.result()).toMatchObject({ registered: 2, discarded: 1 });
  });
});

describe('conclude', () => {
  test('while waiting, ends the batch with what failed as it is', async () => {
    const record = createMemoryRecord({ items: { 101: ['registered'], 102: ['rejected'] }, now: temporal.now });
    await temporal.run(record, async (handle) => {
      await untilPhase(handle, 'awaitingAdjustments');
      expect(await act(handle, 'conclude', { by: 'op-9' })).toMatchObject({ changed: 1, unresolved: 0 });
      expect(await handle.result()).toMatchObject({ registered: 1, rejected: 1 });
      expect(await temporal.details(handle)).toContain('## Concluído');
    });
  });

  test('while communicating, sends nothing more and looks for what is uncertain first', async () => {
    const slow = gate();
    const record = createMemoryRecord({
      items: Object.fromEntries(
        Array.from({ length: 150 }, (_, index) => [
          101 + index,
          index === 0 ? [['unconfirmed', 40_000], 'registered'] : ['registered'],
        ]),
      ),
      now: temporal.now,
      beforeSlice: ([first]) => (first === 101 ? undefined : slow.passed),
    });
    await temporal.run(record, async (handle) => {
      await eventually(
        () => record.item(101).state,
        (state) => state === 'unconfirmed',
      );
      expect(await act(handle, 'conclude')).toMatchObject({ unresolved: 1 });
      expect(await progressOf(handle)).toMatchObject({ concluding: true });
      expect(await refusalOf(act(handle, 'pause'))).toContain('a conclusão já foi pedida');
      slow.open();
      expect(await handle.result()).toMatchObject({ registered: 1, notSent: 149, unconfirmed: 0 });
    });
    expect(Object.fromEntries(record.sent)).toEqual({ 101: 2 });
  });

  test('while paused, needs no resume', async () => {
    const record = createMemoryRecord({
      items: { 101: [['unconfirmed', 60_000], 'registered'], 102: [['deferred', 60_000], 'registered'] },
      now: temporal.now,
    });
    await temporal.run(record, async (handle) => {
      await eventually(
        () => record.sent.size,
        (sent) => sent === 2,
      );
      await act(handle, 'pause');
      await untilPhase(handle, 'paused');
      expect(await act(handle, 'conclude')).toMatchObject({ changed: 1, unresolved: 1 });
      expect(await progressOf(handle)).not.toMatchObject({ phase: 'paused' });
      expect(await handle.result()).toMatchObject({ registered: 1, notSent: 1 });
    });
  });

  test('a pause that it has overtaken does not stop it', async () => {
    const late = gate();
    const record = createMemoryRecord({
      items: { 101: [['unconfirmed', 40_000], 'registered'], 102: ['registered'] },
      now: temporal.now,
      async beforeSlice([first], { item, pauseBy }) {
        if (first !== 102) return;
        await eventually(
          () => item(101).state,
          (state) => state === 'unconfirmed',
        );
        pauseBy('config');
      },
      beforePausedSliceEnds: () => late.passed,
    });
    await temporal.run(record, async (handle) => {
      await eventually(
        () => record.item(101).unresolved && record.pausedBy,
        (pausedBy) => pausedBy === 'config',
      );
      await act(handle, 'conclude');
      late.open();
      expect(await handle.result()).toMatchObject({ registered: 1, notSent: 1 });
    });
    expect(record.count('abandonConclusion')).toBe(0);
    expect(record.phases).not.toContain('paused');
  });

  test('is given up when a result stays uncertain, and the details say why', async () => {
    const record = createMemoryRecord({
      items: { 101: ['unconfirmed', 'unconfirmed', 'registered'], 102: ['rejected'] },
      now: temporal.now,
    });
    await temporal.run(record, async (handle) => {
      await untilPhase(handle, 'awaitingAdjustments');
      expect(await act(handle, 'conclude')).toMatchObject({ changed: 1, unresolved: 1 });
      await eventually(
        () => record.count('abandonConclusion'),
        (times) => times === 1,
      );
      expect(await untilPhase(handle, 'awaitingAdjustments')).toMatchObject({ concluding: false });
      expect(await temporal.details(handle)).toContain('Não foi possível concluir: 1 boleto');
      await act(handle, 'reexamine');
      expect(await handle.result()).toMatchObject({ registered: 1, rejected: 1 });
    });
  });

  test('is given up after half an hour when the bank goes on being silent', async () => {
    const record = createMemoryRecord({ items: { 101: [['unconfirmed', 5 * 60_000]] }, now: temporal.now });
    await temporal.run(record, async (handle) => {
      await eventually(
        () => record.sent.size,
        (sent) => sent === 1,
      );
      await act(handle, 'conclude');
      await temporal.skip(2 * 60 * 60_000);
      expect(await progressOf(handle)).toMatchObject({ phase: 'communicating', concluding: false });
      expect(record.count('abandonConclusion')).toBe(1);
      expect(record.sent.get(101)).toBeGreaterThan(10);
    });
  });

  test('is given up when the bank refuses the configuration meanwhile', async () => {
    let broken = false;
    const record = createMemoryRecord({
      items: { 101: ['unconfirmed', 'registered'] },
      now: temporal.now,
      beforeSlice(_ids, { pauseBy }) {
        if (broken) pauseBy('config');
      },
    });
    await temporal.run(record, async (handle) => {
      await untilPhase(handle, 'awaitingAdjustments');
      broken = true;
      await act(handle, 'conclude');
      expect(await untilPhase(handle, 'paused')).toMatchObject({ pauseReason: 'config', concluding: false });
      broken = false;
      await act(handle, 'resume');
      expect(await handle.result()).toMatchObject({ registered: 1 });
    });
  });

  test('refused by the record, it leaves the batch as it was', async () => {
    const record = createMemoryRecord({ items: { 101: ['rejected'] }, now: temporal.now, refusesConclusion: true });
    await temporal.run(record, async (handle) => {
      await untilPhase(handle, 'awaitingAdjustments');
      expect(await refusalOf(act(handle, 'conclude'))).toBe('Este actionId já foi usado em outra ação.');
      expect(await progressOf(handle)).toMatchObject({ phase: 'awaitingAdjustments', concluding: false });
    });
  });
});

test('an action that comes during the analysis is looked at before the batch concludes', async () => {
  const during = gate();
  let analyses = 0;
  const record = createMemoryRecord({
    items: { 101: ['rejected', 'registered'], 102: ['rejected'] },
    now: temporal.now,
    async beforeActivity(name) {
      // The second analysis follows the discard; the batch would conclude after it.
      if (name === 'analyseOutcomes' && (analyses += 1) === 2) await during.passed;
    },
  });
  await temporal.run(record, async (handle) => {
    await untilPhase(handle, 'awaitingAdjustments');
    await act(handle, 'discard', { receivableIds: [102], reasonCode: 'erro-de-cadastro' });
    await eventually(
      () => analyses,
      (count) => count === 2,
    );
    await act(handle, 'recommunicate', { scope: 'all' });
    during.open();
    expect(await handle.result()).toMatchObject({ registered: 1, discarded: 1, rounds: 2 });
  });
});

function untilRound(handle: BatchHandle, round: number, phase: string) {
  return eventually(
    () => progressOf(handle),
    (progress) => progress.round === round && progress.phase === phase,
  );
}
