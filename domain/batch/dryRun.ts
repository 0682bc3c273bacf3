import type { PreviaCode } from '../catalogue/previa';
import type { LocalDate } from '../kinds/dates';
import type { LeftOutReason } from './filters';
import type { PreviaDefect } from '../boleto/previa';

const MAX_IDS = 20;
const MAX_BATCHES = 5;

export interface Total {
  count: number;
  amountCents: number;
  /** null when there is none. */
  nearestDueDate: LocalDate | null;
}

export interface DryRunCause {
  code: PreviaCode;
  field: string;
  count: number;
  /** Some of them, nearest due date first. */
  receivableIds: number[];
}

/** What a communication would find, without having begun one. */
export interface DryRun {
  ready: Total;
  /** With a defect: refused before they are sent. */
  pending: Total;
  /** An earlier call has no certain end: the bank is asked before anything is sent. */
  uncertain: Total;
  /** Most frequent first; a título with two defects is counted under both. */
  causes: DryRunCause[];
  leftOut: Total;
  leftOutByReason: (Total & { reason: LeftOutReason; otherBatchIds: string[] })[];
}

/** One título as the filters match it. */
export interface MatchedTitulo {
  receivableId: number;
  amountCents: number;
  dueDate: LocalDate;
  leftOut: { reason: LeftOutReason; otherBatchId: string | null } | null;
  uncertain: boolean;
  defects: readonly PreviaDefect[];
}

/** Counts títulos that come in order of due date; holds no more than one row a cause, however many they are. */
export function createTally(): { add(titulo: MatchedTitulo): void; result(): DryRun } {
  const [ready, pending, uncertain, leftOut] = [none(), none(), none(), none()];
  const causes = new Map<PreviaCode, DryRunCause>();
  const reasons = new Map<LeftOutReason, DryRun['leftOutByReason'][number]>();

  function leaveOut({ reason, otherBatchId }: NonNullable<MatchedTitulo['leftOut']>, titulo: MatchedTitulo): void {
    const group = reasons.get(reason) ?? { reason, ...none(), otherBatchIds: [] };
    reasons.set(reason, group);
    addTo(group, titulo);
    const { otherBatchIds } = group;
    if (otherBatchId !== null && otherBatchIds.length < MAX_BATCHES && !otherBatchIds.includes(otherBatchId))
      otherBatchIds.push(otherBatchId);
  }

  return {
    add(titulo) {
      if (titulo.leftOut) {
        addTo(leftOut, titulo);
        return leaveOut(titulo.leftOut, titulo);
      }
      addTo(titulo.uncertain ? uncertain : titulo.defects.length > 0 ? pending : ready, titulo);
      if (titulo.uncertain) return;
      for (const { code, field } of titulo.defects) {
        const cause = causes.get(code) ?? { code, field, count: 0, receivableIds: [] };
        causes.set(code, cause);
        cause.count += 1;
        if (cause.receivableIds.length < MAX_IDS) cause.receivableIds.push(titulo.receivableId);
      }
    },
    result: () => ({
      ...{ ready, pending, uncertain, leftOut },
      causes: mostFirst([...causes.values()]),
      leftOutByReason: mostFirst([...reasons.values()]),
    }),
  };
}

function none(): Total {
  return { count: 0, amountCents: 0, nearestDueDate: null };
}

function addTo(total: Total, { amountCents, dueDate }: MatchedTitulo): void {
  total.count += 1;
  total.amountCents += amountCents;
  total.nearestDueDate ??= dueDate;
}

function mostFirst<Group extends { count: number }>(groups: Group[]): Group[] {
  return groups.sort((a, b) => b.count - a.count);
}
