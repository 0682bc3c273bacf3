import type { BatchFilters } from './filters';
import type { BatchPhase } from './phases';
import type { ItemState } from '../boleto/states';

/** Input of the workflow `boletoBatch`. `by` is an opaque login id. `resume` is set by continue-as-new only. */
export interface BatchInput {
  batchId: string;
  carteiraId: number;
  /** Absent where the record has the batch already: what people typed stays out of Temporal's history. */
  filters?: BatchFilters | undefined;
  by: string;
  resume?: BatchResume;
}

/** What a run of the workflow hands to the next; everything else is in the record. */
export interface BatchResume {
  gateway: string;
  /** Whether the namespace has our search attributes. */
  searchAttributes: boolean;
  selection: Selection;
  phase: BatchPhase;
  /** The phase that the record has; it follows `phase`. */
  recordedPhase: BatchPhase | null;
  round: number;
  counts: BatchCounts | null;
  pauseReason: string | null;
  /** A conclusion was asked for; the instant (ms) after which its search for evidence is given up. */
  concluding: { until: number } | null;
  conclusionAbandoned: boolean;
  /** The day in São Paulo of the last due-date alert. */
  alertedOn: string | null;
}

export interface Selection {
  selected: number;
  leftOut: number;
  nearestDueDate: string | null;
}

/** Items by state, and the figures that people ask for. */
export interface BatchCounts {
  total: number;
  byState: Record<ItemState, number>;
  /** Rejected items whose título was changed since. */
  corrected: number;
  /** Registered by a look instead of a second call. */
  reconciled: number;
  /** Items with a call whose end is not known for certain. */
  unresolved: number;
  /** Registered, without the Pix that their carteira asks for; counted for people alone. */
  withoutPix?: number;
}

/** Consecutive ordinals of a batch that one activity communicates. */
export interface Slice {
  from: number;
  to: number;
  items: number;
  /** The título of a slice of one, for the summary in the Temporal Web UI. */
  receivableId?: number;
}

export interface SlicePlan {
  slices: Slice[];
  /** Milliseconds until the earliest item that is the machine's to move, 0 = now; null = nothing left for it to do. */
  nextDueInMs: number | null;
  /** Why the record holds the batch back, a code; then there are no slices. The workflow may have missed it. */
  pausedBy?: string | null;
}

export interface SliceResult {
  /** Items that this slice left in each state. */
  moved: Partial<Record<ItemState, number>>;
  /** Set when a configuration failure stopped the batch: a code, never free text. */
  pausedBy: string | null;
}

/** One cause of failure, for the details in Temporal: codes and ids only. */
export interface CauseCount {
  state: ItemState;
  /** failure kind and the bank's code, for example `data/SR0050014`. */
  cause: string;
  count: number;
  /** The first ids da cobrança, at most 5. */
  receivableIds: number[];
}

export interface Analysis {
  counts: BatchCounts;
  causes: CauseCount[];
  needsAdjustments: boolean;
  /** Nearest due date of an open item that is not registered. */
  nearestDueDate: string | null;
  /** Milliseconds until the due-date alert should be raised, 0 = now; null = no open item. */
  alertInMs: number | null;
}

/** The query `progress`. */
export interface BatchProgress {
  batchId: string;
  phase: BatchPhase;
  round: number;
  gateway: string | null;
  selection: Selection | null;
  counts: BatchCounts | null;
  causes: CauseCount[];
  pauseReason: string | null;
  concluding: boolean;
}

/** Result of the workflow, and the head of the report: registered to notSent add up to selected; reconciled is a part of registered. */
export interface BatchReport {
  batchId: string;
  selected: number;
  leftOut: number;
  rounds: number;
  registered: number;
  discarded: number;
  rejected: number;
  unconfirmed: number;
  skipped: number;
  /** Ended with the batch before anything of theirs was at the bank: still waiting, or put off by a passing failure. */
  notSent: number;
  reconciled: number;
  /** Of the registered, those without the Pix that their carteira asks for: it is fetched later; absent = none. */
  withoutPix?: number;
}

export const MAX_ACTION_IDS = 500;

/** A list that is too long for one update goes in several, each with an id of its own. */
export function actionParts(
  actionId: string,
  receivableIds: readonly number[],
): { actionId: string; receivableIds: number[] }[] {
  if (receivableIds.length <= MAX_ACTION_IDS) return [{ actionId, receivableIds: [...receivableIds] }];
  return Array.from({ length: Math.ceil(receivableIds.length / MAX_ACTION_IDS) }, (_, part) => ({
    actionId: `${actionId}.${part * MAX_ACTION_IDS}`,
    receivableIds: receivableIds.slice(part * MAX_ACTION_IDS, (part + 1) * MAX_ACTION_IDS),
  }));
}

/**
 * Every operator action: `actionId` makes a repeated action answer the same. Who is behind it the record knows by that
 * id; `by`, an opaque login id, is what the message says of itself, and is believed by nobody.
 */
export interface OperatorAction {
  by: string;
  actionId: string;
}
export interface RecommunicateAction extends OperatorAction {
  scope: 'corrected' | 'all' | 'selected';
  receivableIds?: number[];
}
export interface DiscardAction extends OperatorAction {
  receivableIds: number[];
  reasonCode: string;
}
export interface ResolveAction extends OperatorAction {
  /** One título, or several of the same decision. */
  receivableId?: number;
  receivableIds?: number[];
  decision: 'registered' | 'absent' | 'newNumber';
  reasonCode: string;
}
/** The títulos of a decision. */
export function resolvedIds({ receivableId, receivableIds }: ResolveAction): number[] {
  return receivableIds ?? (receivableId === undefined ? [] : [receivableId]);
}
export interface ReexamineAction extends OperatorAction {
  receivableIds?: number[];
}
export interface SimpleAction extends OperatorAction {
  reasonCode?: string;
}

/** What an action changed. `refused` names each título it left alone, with a code. */
export interface ActionResult {
  changed: number;
  refused: { receivableId: number; reason: string }[];
  /** The round that a `recommunicate` began; kept with the stored answer, so that a repeated action begins no other. */
  round?: number;
}

/** The answer to `conclude`: it has begun. */
export type ConclusionBegun = ActionResult & {
  /** Items that are looked for at the bank before the batch can end. */
  unresolved: number;
};

/** What a sweep found and did; ids of batches, unless said otherwise. */
export interface SweepResult {
  alive: number;
  restarted: string[];
  reexamined: string[];
  /** Have boletos near their due date, and had no alert today. */
  alerted: string[];
  /** Carteiras that got the alert of the day, by títulos in a batch or not. */
  alertedCarteiras: number[];
  /** Could not be helped this time, `carteiras` for what is told of those, `pix` for what lacks one; the next sweep tries again. */
  failed: string[];
  /** Gateways with numbers that were given up and are to be looked for; absent = none. */
  watch?: string[];
  /** Gateways with boletos that lack their Pix and are to be asked about; absent = none. */
  pix?: string[];
}
