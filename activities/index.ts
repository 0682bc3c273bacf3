import type {
  ActionResult,
  Analysis,
  BatchInput,
  BatchReport,
  DiscardAction,
  RecommunicateAction,
  ReexamineAction,
  ResolveAction,
  Selection,
  SimpleAction,
  Slice,
  SlicePlan,
  SliceResult,
  SweepResult,
} from '../domain/batch';
import type { BatchPhase } from '../domain/phases';

/** Every activity takes one object; all are safe to run again with the same input. */
export interface BatchActivities {
  /** Creates the batch in the record when it is absent. Refuses (ApplicationFailure, non-retryable, Portuguese) unknown carteira, carteira without gateway account, contradicting filters, a batch that has ended. */
  openBatch(input: Omit<BatchInput, 'resume'>): Promise<BatchOpened>;
  selectBoletos(input: { batchId: string }): Promise<Selection>;
  enterPhase(input: { batchId: string; phase: BatchPhase; round: number; pauseReason: string | null }): Promise<void>;
  /** The next slices after ordinal `after`, at most `limit`, of items that are due. */
  planSlices(input: { batchId: string; after: number; limit: number; sliceSize?: number }): Promise<SlicePlan>;
  analyseOutcomes(input: { batchId: string }): Promise<Analysis>;
  recommunicate(input: RecommunicateAction & { batchId: string; round: number }): Promise<ActionResult>;
  discard(input: DiscardAction & { batchId: string }): Promise<ActionResult>;
  resolve(input: ResolveAction & { batchId: string }): Promise<ActionResult>;
  reexamine(input: ReexamineAction & { batchId: string }): Promise<ActionResult>;
  pause(input: SimpleAction & { batchId: string }): Promise<ActionResult>;
  resume(input: SimpleAction & { batchId: string }): Promise<ActionResult>;
  /** Closes every item without an unresolved attempt and lets nothing more be sent; the others are looked for first. `changed` = closed. */
  beginConclusion(input: SimpleAction & { batchId: string }): Promise<ActionResult & { unresolved: number }>;
  /** Takes the wish to conclude back when an item stayed unresolved. */
  abandonConclusion(input: { batchId: string }): Promise<void>;
  concludeBatch(input: { batchId: string; by: string }): Promise<BatchReport>;
  raiseDueDateAlert(input: { batchId: string }): Promise<void>;
}

export interface BatchOpened {
  gateway: string;
  /** Of a batch that the record had already, because its workflow was lost; absent = 1. */
  round?: number;
  /** false where the namespace lacks our search attributes: a workflow that sets them there hangs. Absent = true. */
  searchAttributes?: boolean;
}

/** Runs on the task queue of one gateway. */
export interface GatewayActivities {
  communicateSlice(input: { batchId: string; round: number } & Slice): Promise<SliceResult>;
  /** Asks the bank about numbers that were given up: none of them may be alive unseen. @returns how many were looked for. */
  watchGivenUp(): Promise<{ looked: number; alive: number }>;
}

/** Runs on the task queue `boletos`, by a schedule. */
export interface SweepActivities {
  sweepBatches(): Promise<SweepResult>;
}

/** Runs on the task queue `boletos`, one after the other for each webhook. */
export interface WebhookActivities {
  /** Delivers what is due. @returns milliseconds until something is; null = nothing waits. */
  deliverWebhook(input: { webhookId: string }): Promise<{ nextDueInMs: number | null }>;
}
