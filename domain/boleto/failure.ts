import type { BoletoState, ItemState, Resolution } from './states';

/** Why a call that may register did not answer "registered". Decides alone what follows. */
export const failureKinds = [
  'transient',
  'quota',
  'ambiguous',
  'duplicate',
  'inProgress',
  'auth',
  'config',
  'state',
  'data',
  // Registered, and the codes of the answer contradict each other or the charge (registrationCheck.ts).
  'mismatch',
] as const;
export type FailureKind = (typeof failureKinds)[number];

/** What a failure means for its attempt, its boleto and its item. */
export interface Verdict {
  /** null: the attempt stays unresolved, and evidence comes first. */
  resolution: Resolution | null;
  boleto: BoletoState;
  item: ItemState;
  /** Milliseconds until the machine acts on the item again; null = a person does. */
  dueInMs: number | null;
  /** The whole batch stops once, with one alert: not this boleto's fault. */
  pausesBatch: boolean;
}

export interface FailureFacts {
  kind: FailureKind;
  retryAfterMs: number | null;
  /** Failures of this item in this round that passed by themselves, this one not counted. */
  tries: number;
  /** A number in [0, 1) that spreads retries of many items. */
  jitter: number;
  settleMs: number;
  /** For what was only accepted: when the first look makes sense; absent = after settleMs. */
  firstLookMs?: number;
}

/** Code of a call that found no connection: nothing of it left. */
export const NO_CONNECTION = 'semConexao';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HALF_HOUR = 30 * MINUTE;
const LONGEST_WAIT = 24 * 60 * MINUTE;

/** 1 s, 2 s, 4 s … at most 5 min, half of it spread by `jitter`. */
export function backoffMs(tries: number, jitter: number): number {
  const full = Math.min(5 * MINUTE, SECOND * 2 ** Math.min(tries, 12));
  return Math.round(full / 2 + (full / 2) * jitter);
}

function waitMs(facts: FailureFacts, floor = 0): number {
  return Math.min(LONGEST_WAIT, Math.max(facts.retryAfterMs ?? 0, floor, backoffMs(facts.tries, facts.jitter)));
}

/** The one place that decides what a failed registration means (docs/failures.md). */
export function judgeFailure(facts: FailureFacts): Verdict {
  switch (facts.kind) {
    case 'transient':
      return again('deferred', waitMs(facts));
    case 'quota':
      return again('deferred', waitMs(facts, facts.retryAfterMs === null ? HALF_HOUR : 0));
    case 'state':
      return again('deferred', waitMs(facts, facts.retryAfterMs === null ? HALF_HOUR : 0));
    case 'auth':
      return again('pending', 0);
    case 'config':
      return { ...again('pending', 0), pausesBatch: true };
    case 'ambiguous':
      return {
        resolution: null,
        boleto: 'unconfirmed',
        item: 'unconfirmed',
        dueInMs: facts.settleMs,
        pausesBatch: false,
      };
    case 'duplicate':
      return { resolution: null, boleto: 'unconfirmed', item: 'unconfirmed', dueInMs: 0, pausesBatch: false };
    case 'inProgress':
      return {
        resolution: null,
        boleto: 'inProgress',
        item: 'inProgress',
        dueInMs: Math.max(facts.retryAfterMs ?? 0, facts.firstLookMs ?? facts.settleMs),
        pausesBatch: false,
      };
    case 'data':
      return { resolution: 'refused', boleto: 'draft', item: 'rejected', dueInMs: null, pausesBatch: false };
    case 'mismatch':
      return { resolution: 'conflict', boleto: 'conflict', item: 'conflict', dueInMs: null, pausesBatch: false };
  }
}

function again(item: ItemState, dueInMs: number): Verdict {
  return { resolution: 'notSent', boleto: 'draft', item, dueInMs, pausesBatch: false };
}
