import type {
  Analysis,
  BatchCounts,
  BatchInput,
  BatchProgress,
  BatchReport,
  BatchResume,
  Selection,
} from '../domain/batch/batch';
import type { BatchPhase } from '../domain/batch/phases';

/** What one run of the workflow knows. The record knows more, and better: nothing here is kept that it can tell. */
export interface BatchState {
  readonly batchId: string;
  readonly carteiraId: number;
  /** Who asked for the batch: an opaque id, by the record as soon as that was asked. */
  by: string;
  gateway: string | null;
  /** Whether the namespace has our search attributes; not before `openBatch` said so. */
  searchAttributes: boolean;
  selection: Selection | null;
  phase: BatchPhase;
  /** The phase that the record has; null while one is on its way: actions wait, so that it sees both in order. */
  recordedPhase: BatchPhase | null;
  round: number;
  counts: BatchCounts | null;
  analysis: Analysis | null;
  /** A code; set from the moment somebody or something asks for the pause until `resume`. */
  pauseReason: string | null;
  /** A conclusion was asked for; the instant (ms) after which its search for evidence is given up. */
  concluding: BatchResume['concluding'];
  conclusionAbandoned: boolean;
  /** The day in São Paulo of the last due-date alert. */
  alertedOn: string | null;
  report: BatchReport | null;

  /** An action changed something that the main flow has not looked at yet. */
  acted: boolean;
  /** The ERP said that a título was corrected, since the last analysis. */
  corrected: boolean;
}

export function startingState({ batchId, carteiraId, by, resume }: BatchInput): BatchState {
  return {
    batchId,
    carteiraId,
    by,
    gateway: null,
    searchAttributes: false,
    selection: null,
    phase: 'selecting',
    recordedPhase: 'selecting',
    round: 1,
    counts: null,
    analysis: null,
    pauseReason: null,
    concluding: null,
    conclusionAbandoned: false,
    alertedOn: null,
    report: null,
    ...resume,
    acted: false,
    corrected: false,
  };
}

/** What the next run needs to go on exactly here. Everything else it asks the record for. */
export function resumeOf(batch: BatchState): BatchResume {
  const { gateway, selection } = batch;
  if (gateway === null || selection === null) throw new Error('a batch is never continued before its selection');
  return {
    gateway,
    selection,
    searchAttributes: batch.searchAttributes,
    phase: batch.phase,
    recordedPhase: batch.recordedPhase,
    round: batch.round,
    counts: batch.counts,
    pauseReason: batch.pauseReason,
    concluding: batch.concluding,
    conclusionAbandoned: batch.conclusionAbandoned,
    alertedOn: batch.alertedOn,
  };
}

export function progressOf(batch: BatchState): BatchProgress {
  const { batchId, phase, round, gateway, selection, counts, pauseReason } = batch;
  const causes = batch.analysis?.causes ?? [];
  return {
    batchId,
    phase,
    round,
    gateway,
    selection,
    counts,
    causes,
    pauseReason,
    concluding: batch.concluding !== null,
  };
}
