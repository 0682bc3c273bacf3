import { saoPauloDate, type LocalDate } from '../kinds/dates';
import { dueDates, hoursOf, runsOn, type GuardRule } from './rule';
import type { HolidayOn } from './holidays';

/** How a batch of the carteira that has not ended stands. */
export type Standing =
  /** The machine is at it. */
  | 'underWay'
  /** It waits for people's corrections or decisions. */
  | 'waits'
  /** Stopped by a person, who had a reason. */
  | 'pausedByPerson'
  /** Stopped by a failure of the configuration. */
  | 'pausedByFailure';

export interface LiveBatchOfCarteira {
  batchId: string;
  /** The guard asked for it. */
  own: boolean;
  standing: Standing;
}

/** What the record knows when the guard looks. */
export interface GuardFacts {
  now: Date;
  rule: GuardRule | null;
  holidayOn: HolidayOn;
  hasAccount: boolean;
  /** Runs of today, in order of their slots. */
  runs: { slot: number; batchId: string | null; finished: boolean; noAccount: boolean }[];
  /** Títulos that the due dates of today ask for and that can be communicated now. */
  ready: number;
  /** Of these, those that no batch of the guard tried today, as they are now. */
  fresh: number;
  batches: LiveBatchOfCarteira[];
  /** Own batches of earlier days whose conclusion was asked for in this run. */
  concluded: readonly string[];
}

export type GuardPlan =
  /** Not now: not its day, not its hours, or nothing has come since the last run of today. */
  | { kind: 'rest' }
  /** Nothing to communicate, or no way to: told as the result of today's run. */
  | { kind: 'tell'; day: LocalDate; slot: number; result: 'nothing' | 'noAccount' }
  /** An own batch of an earlier day ends first; what it did not register is taken by this run. */
  | { kind: 'conclude'; day: LocalDate; slot: number; batchId: string }
  /** Something is in the way. */
  | { kind: 'wait'; day: LocalDate; slot: number; batchId: string }
  | { kind: 'communicate'; day: LocalDate; slot: number; dueFrom: LocalDate; dueTo: LocalDate };

/** What the workflow is told of a plan: ids, and the milliseconds of a wait. */
export type GuardOrder =
  | { kind: 'rest' | 'tell' }
  | { kind: 'conclude'; batchId: string }
  | { kind: 'wait'; forMs: number }
  | { kind: 'communicate'; day: string; slot: number; batchId: string };

/** What the workflow is told of its batch. */
export interface GuardLook {
  step: GuardStep;
}

/** What the guard of a carteira does now. The order of the questions is the rule. */
export function planGuard(facts: GuardFacts): GuardPlan {
  const { now, rule, holidayOn, runs, batches } = facts;
  const day = saoPauloDate(now);
  if (!rule || !runsOn(rule, day, holidayOn)) return { kind: 'rest' };
  const hours = hoursOf(rule, day);
  if (now < hours.from || now >= hours.to) return { kind: 'rest' };

  const last = runs.at(-1);
  const open = last && !last.finished ? last : null;
  const slot = open?.slot ?? (last?.slot ?? 0) + 1;
  if (!facts.hasAccount) return last?.noAccount ? { kind: 'rest' } : { kind: 'tell', day, slot, result: 'noAccount' };
  // A batch of this run that has begun is seen through, whoever began it.
  if (open?.batchId) return { kind: 'communicate', day, slot, ...dueDates(rule, day, holidayOn) };
  if (!open && last && !last.noAccount && facts.fresh === 0) return { kind: 'rest' };

  const own = batches.filter((batch) => batch.own && !facts.concluded.includes(batch.batchId));
  const ends = own.find(({ standing }) => standing === 'waits' || standing === 'pausedByFailure');
  if (ends) return { kind: 'conclude', day, slot, batchId: ends.batchId };
  if (facts.ready === 0) return { kind: 'tell', day, slot, result: 'nothing' };
  const inTheWay = own[0] ?? (now < hours.patience ? busy(batches) : undefined);
  if (inTheWay) return { kind: 'wait', day, slot, batchId: inTheWay.batchId };
  return { kind: 'communicate', day, slot, ...dueDates(rule, day, holidayOn) };
}

/** It may be about to take the very títulos, and it uses the same allowance. */
function busy(batches: readonly LiveBatchOfCarteira[]): LiveBatchOfCarteira | undefined {
  return batches.find(({ own, standing }) => !own && standing === 'underWay');
}

/** How the guard's own batch of today stands. */
export interface OwnBatch {
  ended: boolean;
  standing: Standing;
  /** Its conclusion was asked for. */
  concluding: boolean;
}

export type GuardStep =
  /** The machine is at it, or a person may yet resume it. */
  | 'wait'
  /** What is registered is registered; the rest stays Impresso = Não, and another run takes it when it is corrected. */
  | 'conclude'
  /** Ended, or left to people: only uncertain results, or a pause, keep a batch open beyond this. */
  | 'over';

/** A conclusion looks for uncertain results for half an hour; what has not ended then is left to people. */
const ENDS_WITHIN_MS = 60 * 60_000;

/**
 * @param overForMs since the end of the hours; negative within them
 * @param asked its conclusion was accepted before, in this run
 */
export function nextStepOf({ ended, standing, concluding }: OwnBatch, overForMs: number, asked: boolean): GuardStep {
  const hoursAreOver = overForMs >= 0;
  if (ended || overForMs >= ENDS_WITHIN_MS) return 'over';
  if (concluding) return 'wait';
  switch (standing) {
    case 'underWay':
      return hoursAreOver && !asked ? 'conclude' : 'wait';
    case 'waits':
      return asked ? 'over' : 'conclude';
    case 'pausedByPerson':
    case 'pausedByFailure':
      return hoursAreOver ? 'over' : 'wait';
  }
}
