import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { BatchInput, BatchReport, Slice, SlicePlan } from '../domain/batch/batch';
import { saoPauloDate } from '../domain/kinds/dates';
import type { BatchPhase } from '../domain/batch/phases';
import { record, sendSlice } from './activityOptions';
import { progressOf, resumeOf, startingState, type BatchState } from './batchState';
import { descriptions, progress, receivableCorrected } from './messages';
import { onAction } from './onAction';
import * as pace from './pace';
import { publish } from './publish';
import { checkStart } from './validators';

/**
 * One communication of boletos with a gateway, from the selection to its conclusion: weeks, when people take weeks.
 * The record (PostgreSQL) knows every boleto; this knows what comes next.
 */
export async function boletoBatch(input: BatchInput): Promise<BatchReport> {
  checkStart(input, workflowInfo().workflowId);
  const { batchId, carteiraId, filters, by } = input;
  const batch = startingState(input);
  let figuresAt = Date.now();

  // ── What people and the ERP may say. Set before the first await, so that nothing said around a new run is lost.

  setHandler(progress, () => progressOf(batch), { description: descriptions.progress });
  setHandler(receivableCorrected, () => void (batch.corrected = true), {
    description: descriptions.receivableCorrected,
  });
  onAction(batch, 'recommunicate', async (action) => {
    const round = batch.round + 1;
    const result = await record.recommunicate({ ...action, batchId, round });
    if (result.changed > 0) batch.round = Math.max(batch.round, result.round ?? round);
    if (result.changed > 0) backToWork();
    return result;
  });
  onAction(batch, 'discard', (action) => record.discard({ ...action, batchId }));
  onAction(batch, 'resolve', async (action) => {
    const result = await record.resolve({ ...action, batchId });
    if (result.changed > 0 && action.decision !== 'registered') backToWork();
    return result;
  });
  onAction(batch, 'reexamine', async (action) => {
    const result = await record.reexamine({ ...action, batchId });
    if (result.changed > 0) backToWork();
    return result;
  });
  onAction(batch, 'pause', async (action) => {
    const result = await record.pause({ ...action, batchId });
    batch.pauseReason ??= action.reasonCode ?? 'operator';
    batch.acted = true;
    return result;
  });
  onAction(batch, 'resume', async (action) => {
    const result = await record.resume({ ...action, batchId });
    batch.pauseReason = null;
    backToWork();
    return result;
  });
  onAction(batch, 'conclude', async (action) => {
    // Set before the record is asked: from here on every other action is refused.
    batch.concluding = { until: Date.now() + pace.CONCLUSION_PATIENCE_MS };
    try {
      const result = await record.beginConclusion({ ...action, batchId });
      batch.pauseReason = null;
      batch.acted = true;
      backToWork();
      return result;
    } catch (error) {
      batch.concluding = null;
      throw error;
    }
  });

  publish(batch);

  // ── The flowchart.

  if (batch.selection === null) await selectBoletos();
  for (;;) {
    await communicateWithGateway();
    await analyseOutcomes();
    if (batch.acted) continue; // somebody acted during the analysis
    if (!needsAdjustments()) return await conclude();
    if (batch.concluding) await abandonConclusion();
    else await waitForAdjustments();
  }

  // ── Its boxes.

  async function selectBoletos(): Promise<void> {
    const opened = await record.openBatch({ batchId, carteiraId, filters, by });
    batch.gateway = opened.gateway;
    batch.by = opened.by ?? by;
    batch.round = opened.round ?? 1;
    batch.searchAttributes = opened.searchAttributes ?? true;
    publish(batch);
    batch.selection = await record.selectBoletos({ batchId });
  }

  /** Until nothing is left that the machine can move on. When nothing is due at all, the phase stays what it was. */
  async function communicateWithGateway(): Promise<void> {
    let idle = 0;
    for (;;) {
      if (isPaused() && !batch.concluding) await waitForResume();
      const { moved, nextDueInMs } = await sendDueItems();
      if (pace.historyIsLong()) await continueInNewRun();
      if (isPaused() && !batch.concluding) continue;
      if (nextDueInMs === null || conclusionIsStuck(nextDueInMs)) return;
      idle = moved ? 0 : idle + 1;
      if (!moved) await waitUntilDue(Math.max(nextDueInMs, pace.idleMs(idle)));
    }
  }

  /** One walk over the items that are due, in the order of their ordinals, a bounded number of slices in flight. */
  async function sendDueItems(): Promise<{ moved: boolean; nextDueInMs: number | null }> {
    batch.acted = false;
    let plan = await planSlices(0);
    const { nextDueInMs } = plan;
    if (nextDueInMs !== null) await enterPhase('communicating');
    let inFlight = 0;
    let moved = 0;
    while (plan.slices.length > 0 && !mustStop()) {
      let after = 0;
      for (const slice of plan.slices) {
        await condition(() => inFlight < pace.slicesInFlight(slice) || mustStop());
        if (mustStop()) break;
        inFlight += 1;
        void communicateSlice(slice).then((count) => {
          inFlight -= 1;
          moved += count;
        });
        after = slice.to;
        if (Date.now() >= figuresAt + pace.FIGURES_EVERY_MS) await refreshFigures();
      }
      if (!mustStop()) plan = await planSlices(after);
    }
    // The next walk begins at the first ordinal again, so no slice of this one may still hold its items.
    await condition(() => inFlight === 0);
    return { moved: moved > 0, nextDueInMs };
  }

  async function planSlices(after: number): Promise<SlicePlan> {
    const { concluding } = batch;
    const plan = await record.planSlices({ batchId, after, limit: pace.SLICES_PLANNED });
    notePause(plan.pausedBy, concluding);
    return plan;
  }

  /** @returns how many items moved on. Never rejects: a slice that cannot run pauses the batch, and a person decides. */
  async function communicateSlice(slice: Slice): Promise<number> {
    const { gateway, round, concluding } = batch;
    try {
      const { moved, pausedBy } = await sendSlice(gateway ?? '', { batchId, round, ...slice });
      notePause(pausedBy, concluding);
      const { pending: _pending, sending: _sending, ...movedOn } = moved;
      return Object.values(movedOn).reduce((sum, count) => sum + count, 0);
    } catch {
      batch.pauseReason ??= 'sliceFailed';
      return 0;
    }
  }

  async function waitUntilDue(ms: number): Promise<void> {
    if (ms >= pace.WORTH_FRESH_FIGURES_MS) await refreshFigures();
    await condition(mustStop, ms, { summary: 'Próxima tentativa ou consulta' });
  }

  async function waitForResume(): Promise<void> {
    await enterPhase('paused');
    while (isPaused()) {
      batch.acted = false;
      await refreshFigures();
      await condition(() => !isPaused() || batch.acted || pace.historyIsLong());
      if (pace.historyIsLong()) await continueInNewRun();
    }
  }

  async function analyseOutcomes(): Promise<void> {
    // Woken while waiting, nothing was sent: the operator's screen stays as it is.
    if (batch.phase !== 'awaitingAdjustments') await enterPhase('analysing');
    await refreshFigures();
    await condition(allHandlersFinished);
  }

  function needsAdjustments(): boolean {
    if (batch.concluding) return batch.counts?.unresolved !== 0;
    return batch.analysis?.needsAdjustments !== false;
  }

  /** Until an action, a correction or the alert gives something to look at again. */
  async function waitForAdjustments(): Promise<void> {
    await enterPhase('awaitingAdjustments');
    const alertInMs = batch.analysis?.alertInMs ?? null;
    const woken = () => batch.acted || batch.corrected || pace.historyIsLong();
    if (alertInMs === null) await condition(woken);
    else if (!(await condition(woken, alertDelay(alertInMs), { summary: 'Alerta de vencimento' }))) await raiseAlert();
    if (batch.corrected) await condition(mustStop, pace.CORRECTIONS_GATHERED_MS, { summary: 'Reunindo correções' });
    if (pace.historyIsLong()) await continueInNewRun();
  }

  function alertDelay(alertInMs: number): number {
    return batch.alertedOn === today() ? Math.max(alertInMs, pace.ALERTED_TODAY_MS) : alertInMs;
  }

  async function raiseAlert(): Promise<void> {
    if (batch.alertedOn === today()) return;
    batch.alertedOn = today();
    await record.raiseDueDateAlert({ batchId });
  }

  async function abandonConclusion(): Promise<void> {
    await record.abandonConclusion({ batchId });
    batch.concluding = null;
    batch.conclusionAbandoned = true;
    publish(batch);
  }

  async function conclude(): Promise<BatchReport> {
    // Set before the record is asked: from here on every action is refused.
    batch.phase = 'concluded';
    batch.report = await record.concludeBatch({ batchId });
    publish(batch);
    await condition(allHandlersFinished);
    return batch.report;
  }

  // ── What they share.

  /** Whoever asks for the progress right after the answer must not find the batch still at rest. */
  function backToWork(): void {
    const rests = batch.phase === 'awaitingAdjustments' || batch.phase === 'paused';
    if (rests && !isPaused()) batch.phase = 'communicating';
  }

  /** A pause that a conclusion has overtaken since no longer counts. */
  function notePause(pausedBy: string | null | undefined, concluding: BatchState['concluding']): void {
    if (pausedBy && batch.concluding === concluding) batch.pauseReason ??= pausedBy;
  }

  function isPaused(): boolean {
    return batch.pauseReason !== null;
  }

  /** Nothing new is sent, and no timer is waited for: there is something to look at first. */
  function mustStop(): boolean {
    return isPaused() || batch.acted || pace.historyIsLong();
  }

  /** The evidence will not come in time, or the bank does not let us look. */
  function conclusionIsStuck(nextDueInMs: number): boolean {
    return batch.concluding !== null && (isPaused() || Date.now() + nextDueInMs > batch.concluding.until);
  }

  function today(): string {
    return saoPauloDate(new Date());
  }

  /** The phase is ours at once, so that an action sent by who sees it in the record is never refused. */
  async function enterPhase(phase: BatchPhase): Promise<void> {
    if (batch.phase === phase && batch.recordedPhase === phase) return;
    batch.phase = phase;
    batch.recordedPhase = null;
    figuresAt = Date.now();
    publish(batch);
    await record.enterPhase({ batchId, phase, round: batch.round, pauseReason: batch.pauseReason });
    batch.recordedPhase = phase;
  }

  async function refreshFigures(): Promise<void> {
    figuresAt = Date.now();
    batch.corrected = false;
    batch.analysis = await record.analyseOutcomes({ batchId });
    batch.counts = batch.analysis.counts;
    publish(batch);
  }

  /** History stays short; the next run goes on exactly here. */
  async function continueInNewRun(): Promise<never> {
    await condition(allHandlersFinished);
    return continueAsNew<typeof boletoBatch>({ ...input, by: batch.by, resume: resumeOf(batch) });
  }
}
