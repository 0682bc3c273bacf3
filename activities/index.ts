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
} from '../domain/batch/batch';
import type { GuardLook, GuardOrder } from '../domain/guard/plan';
import type { ReviewInput, ReviewProgress } from '../domain/account/bankReview';
import type { ImportProgress, ImportWorkflowInput } from '../domain/receivable/imports';
import type { BatchPhase } from '../domain/batch/phases';

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
  concludeBatch(input: { batchId: string }): Promise<BatchReport>;
  raiseDueDateAlert(input: { batchId: string }): Promise<void>;
}

export interface BatchOpened {
  gateway: string;
  /** Who asked for the batch by the record: an opaque id. Absent = whom the input names. */
  by?: string;
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
  /** Fetches the Pix of boletos that were registered without it. @returns how many were asked about, and had */
  fetchPix(): Promise<{ asked: number; fetched: number }>;
}

/** Runs on the task queue of one gateway. */
export interface ReviewActivities {
  /** Goes on with a review for a minute. Refuses (ApplicationFailure, non-retryable, Portuguese) one that it cannot know. */
  reviewBank(input: ReviewInput): Promise<ReviewProgress>;
}

/** Runs on the task queue `boletos`. */
export interface ImportActivities {
  /** Imports a body that the record has, row by row. Refuses (ApplicationFailure, non-retryable) one that it does not have. */
  importRows(input: ImportWorkflowInput): Promise<ImportProgress>;
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

/** Runs on the task queue `boletos`: what the guard of a carteira sees and does, by ids and codes alone. */
export interface GuardActivities {
  /** What is to be done now, written down as the run of the day. @param concluded own batches that were asked to end in this run */
  planGuard(input: { carteiraId: number; concluded: string[] }): Promise<GuardOrder>;
  /** Puts the run's batch into the record, once, and starts its workflow. */
  startGuardBatch(input: { carteiraId: number; day: string; slot: number }): Promise<void>;
  /** What the run's batch asks for. @param asked its conclusion was accepted */
  lookAtGuardBatch(input: { carteiraId: number; day: string; batchId: string; asked: boolean }): Promise<GuardLook>;
  /** @returns whether the batch took it: one that is just being analysed takes none */
  concludeGuardBatch(input: { batchId: string; actionId: string }): Promise<{ accepted: boolean }>;
  /** Closes the run with what came of it. */
  finishGuardRun(input: { carteiraId: number; day: string; slot: number }): Promise<void>;
}
