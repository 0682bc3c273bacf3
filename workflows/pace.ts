import { workflowInfo } from '@temporalio/workflow';
import type { Slice } from '../domain/batch/batch';

/** A slice of one boleto mostly waits for the bank and costs the worker little; a larger one is busy the whole time. */
export function slicesInFlight(slice: Slice): number {
  return slice.items === 1 ? 50 : 8;
}
/** Slices asked for at once: enough to keep them all busy, few enough that an action is not long behind. */
export const SLICES_PLANNED = 100;

/** Figures between two phases are refreshed at most this often. */
export const FIGURES_EVERY_MS = 20_000;
/** What people see during a longer wait is fresh. */
export const WORTH_FRESH_FIGURES_MS = 1_000;
/** A screen that corrects a hundred títulos signals a hundred times: they are counted together. */
export const CORRECTIONS_GATHERED_MS = 3_000;
/** A conclusion looks for evidence this long: twice the longest quarantine of a gateway. */
export const CONCLUSION_PATIENCE_MS = 30 * 60_000;
/** Work that is due and does not move is asked for again after 200 ms, 400 ms … 30 s. `idle` counts from 1. */
export function idleMs(idle: number): number {
  return Math.min(30_000, 100 * 2 ** Math.min(idle, 20));
}
/** A day's alert was raised: look again in an hour at the earliest. */
export const ALERTED_TODAY_MS = 60 * 60_000;

/** The guard looks at its batch after 2 s, 4 s … 5 minutes. `looks` counts from 1. */
export function guardPaceMs(looks: number): number {
  return Math.min(5 * 60_000, 1_000 * 2 ** Math.min(looks, 20));
}

/** Temporal warns at 4,096 events; by 1,500 a replay is still a matter of milliseconds. */
const LONGEST_HISTORY = 1_500;

export function historyIsLong(): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONGEST_HISTORY;
}
