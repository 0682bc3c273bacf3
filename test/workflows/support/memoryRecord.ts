import { ApplicationFailure } from '@temporalio/common';
import type { BatchActivities, GatewayActivities } from '../../../activities';
import { resolvedIds, type ActionResult, type Analysis, type CauseCount } from '../../../domain/batch/batch';
import { dueDateAlertInMs } from '../../../domain/batch/dueDateAlert';
import { localDate, saoPauloDate } from '../../../domain/kinds/dates';
import type { BatchPhase } from '../../../domain/batch/phases';
import { itemStates, type ItemState } from '../../../domain/boleto/states';

/**
 * What one call or look does to an item. A number of milliseconds after `deferred` or `unconfirmed` says when the
 * machine acts on it next; `unconfirmed` alone leaves it to a person.
 */
export type Outcome = 'registered' | 'rejected' | 'unconfirmed' | 'stuck' | ['deferred' | 'unconfirmed', number];

export interface MemoryItem {
  receivableId: number;
  state: ItemState;
  dueAt: number | null;
  unresolved: boolean;
  corrected: boolean;
  closed: boolean;
  /** Taken from the front; the last one stays. */
  outcomes: Outcome[];
}

export interface MemoryRecordOptions {
  items: Record<number, Outcome[]>;
  /** Milliseconds on the clock that the workflow sees. */
  now: () => Promise<number>;
  nearestDueDate?: string;
  sliceSize?: number;
  /** Called before each slice is communicated; it may wait, throw, or pause the batch. */
  beforeSlice?: (receivableIds: number[], record: MemoryRecord) => Promise<void> | void;
  /** Called when a slice has seen a pause, before it says so. */
  beforePausedSliceEnds?: () => Promise<void>;
  /** Called before each activity of the record. */
  beforeActivity?: (name: string) => Promise<void> | void;
  openBatch?: BatchActivities['openBatch'];
  /** Asks for the alert of a day again although it was raised. */
  forgetsAlerts?: boolean;
  refusesConclusion?: boolean;
}

export interface MemoryRecord {
  activities: BatchActivities & Pick<GatewayActivities, 'communicateSlice'>;
  items: MemoryItem[];
  /** Names of the activities that ran, in order. */
  calls: string[];
  phases: BatchPhase[];
  /** Sends per título. */
  sent: Map<number, number>;
  alerts: string[];
  rounds: number[];
  item(receivableId: number): MemoryItem;
  /** How often an activity ran. */
  count(activity: keyof BatchActivities): number;
  pausedBy: string | null;
  /** As a slice does that meets a configuration failure. */
  pauseBy(code: string): void;
  /** Slices. */
  inFlight: { now: number; most: number };
}

/** `count` títulos from ID da cobrança 101 on that all fare alike. */
export function items(count: number, outcomes: Outcome[]): Record<number, Outcome[]> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [101 + index, outcomes]));
}

/** The activities of a batch, backed by a list in memory: what the workflow does is seen here. */
export function createMemoryRecord(options: MemoryRecordOptions): MemoryRecord {
  const all: MemoryItem[] = Object.entries(options.items).map(([id, outcomes]) => ({
    receivableId: Number(id),
    state: 'pending',
    dueAt: 0,
    unresolved: false,
    corrected: false,
    closed: false,
    outcomes: [...outcomes],
  }));
  const answered = new Map<string, ActionResult>();
  let alertedOn: string | null = null;
  let concluding = false;

  const count = (state: ItemState) => all.filter((item) => item.state === state).length;
  const open = (item: MemoryItem) => !item.closed && item.state !== 'registered';
  const find = (ids: number[]) => all.filter(({ receivableId }) => ids.includes(receivableId));
  const once = (actionId: string, act: () => ActionResult): ActionResult => {
    const result = answered.get(actionId) ?? act();
    answered.set(actionId, result);
    return result;
  };
  const change = (chosen: MemoryItem[], apply: (item: MemoryItem) => void): ActionResult => {
    chosen.forEach(apply);
    return { changed: chosen.length, refused: [] };
  };
  const queue = (item: MemoryItem) => Object.assign(item, { state: 'pending', dueAt: 0, corrected: false });

  function communicate(item: MemoryItem, now: number): void {
    record.sent.set(item.receivableId, (record.sent.get(item.receivableId) ?? 0) + 1);
    const outcome = item.outcomes.length > 1 ? item.outcomes.shift()! : item.outcomes[0]!;
    if (outcome === 'stuck') return;
    const [state, waitMs] = Array.isArray(outcome) ? outcome : [outcome, null];
    item.state = state;
    item.dueAt = waitMs === null ? null : now + waitMs;
    item.unresolved = state === 'unconfirmed';
    if (state === 'registered') item.closed = true;
  }

  async function analyse(): Promise<Analysis> {
    const failed = all.filter((item) => open(item) && ['rejected', 'unconfirmed', 'conflict'].includes(item.state));
    const causes: CauseCount[] = (['rejected', 'unconfirmed'] as const)
      .filter((state) => failed.some((item) => item.state === state))
      .map((state) => ({
        state,
        cause: state === 'rejected' ? 'data/4874915' : 'ambiguous/timeout',
        count: failed.filter((item) => item.state === state).length,
        receivableIds: failed
          .filter((item) => item.state === state)
          .slice(0, 5)
          .map((item) => item.receivableId),
      }));
    const nearestDueDate = all.some(open) ? (options.nearestDueDate ?? null) : null;
    const now = new Date(await options.now());
    return {
      counts: {
        total: all.length,
        byState: Object.fromEntries(itemStates.map((state) => [state, count(state)])) as Record<ItemState, number>,
        corrected: all.filter((item) => item.corrected).length,
        reconciled: 0,
        unresolved: all.filter((item) => item.unresolved).length,
      },
      causes,
      needsAdjustments: failed.length > 0,
      nearestDueDate,
      alertInMs: dueDateAlertInMs(
        nearestDueDate === null ? null : localDate(nearestDueDate),
        now,
        options.forgetsAlerts !== true && alertedOn === saoPauloDate(now),
      ),
    };
  }

  const activities: BatchActivities & Pick<GatewayActivities, 'communicateSlice'> = {
    openBatch: options.openBatch ?? (async () => ({ gateway: 'banco-do-brasil' })),
    async selectBoletos() {
      return { selected: all.length, leftOut: 0, nearestDueDate: options.nearestDueDate ?? null };
    },
    async enterPhase({ phase }) {
      record.phases.push(phase);
    },
    async planSlices({ after, limit }) {
      if (record.pausedBy !== null) return { slices: [], nextDueInMs: 0, pausedBy: record.pausedBy };
      const now = await options.now();
      const size = options.sliceSize ?? 1;
      const waiting = all.filter((item) => item.dueAt !== null && !item.closed);
      const due = all
        .map((item, index) => ({ item, ordinal: index + 1 }))
        .filter(({ item, ordinal }) => ordinal > after && item.dueAt !== null && item.dueAt <= now && !item.closed);
      const slices = [];
      for (let start = 0; start < due.length && slices.length < limit; start += size) {
        const part = due.slice(start, start + size);
        const first = part[0]!;
        slices.push({
          from: first.ordinal,
          to: part.at(-1)!.ordinal,
          items: part.length,
          ...(part.length === 1 ? { receivableId: first.item.receivableId } : {}),
        });
      }
      const earliest = Math.min(...waiting.map((item) => item.dueAt!));
      return { slices, nextDueInMs: waiting.length === 0 ? null : Math.max(0, earliest - now) };
    },
    async analyseOutcomes() {
      return analyse();
    },
    async recommunicate({ actionId, scope, receivableIds, round }) {
      return once(actionId, () => {
        const chosen =
          scope === 'corrected'
            ? all.filter((item) => item.state === 'rejected' && item.corrected)
            : scope === 'all'
              ? all.filter((item) => item.state === 'rejected')
              : find(receivableIds ?? []).filter((item) => item.state === 'rejected');
        if (chosen.length > 0) record.rounds.push(round);
        return { ...change(chosen, queue), round };
      });
    },
    async discard({ actionId, receivableIds }) {
      return once(actionId, () =>
        change(
          find(receivableIds).filter((item) => open(item) && !item.unresolved),
          (item) => Object.assign(item, { state: 'discarded', dueAt: null, closed: true }),
        ),
      );
    },
    async resolve({ actionId, decision, ...named }) {
      return once(actionId, () =>
        change(
          find(resolvedIds({ ...named, actionId, decision })).filter((item) => item.state === 'unconfirmed'),
          (item) => {
            item.unresolved = false;
            if (decision === 'registered') Object.assign(item, { state: 'registered', dueAt: null, closed: true });
            else queue(item);
          },
        ),
      );
    },
    async reexamine({ actionId, receivableIds }) {
      return once(actionId, () =>
        change(
          all.filter((item) => item.state === 'unconfirmed' && (receivableIds?.includes(item.receivableId) ?? true)),
          (item) => Object.assign(item, { dueAt: 0 }),
        ),
      );
    },
    async pause({ actionId, reasonCode }) {
      return once(actionId, () => {
        record.pausedBy ??= reasonCode ?? 'operator';
        return { changed: 1, refused: [] };
      });
    },
    async resume({ actionId }) {
      return once(actionId, () => {
        record.pausedBy = null;
        return { changed: 1, refused: [] };
      });
    },
    async beginConclusion() {
      if (options.refusesConclusion) {
        throw ApplicationFailure.nonRetryable('Este actionId já foi usado em outra ação.', 'acaoRepetida');
      }
      concluding = true;
      record.pausedBy = null;
      const closing = all.filter((item) => open(item) && !item.unresolved);
      const unresolved = all.filter((item) => item.unresolved);
      unresolved.forEach((item) => (item.dueAt ??= 0));
      return {
        ...change(closing, (item) => Object.assign(item, { dueAt: null, closed: true })),
        unresolved: unresolved.length,
      };
    },
    async abandonConclusion() {
      concluding = false;
    },
    async concludeBatch({ batchId }) {
      if (all.some((item) => item.unresolved)) {
        throw ApplicationFailure.create({ message: 'há resultados incertos', nonRetryable: true });
      }
      return {
        batchId,
        selected: all.length,
        leftOut: 0,
        rounds: 1 + new Set(record.rounds).size,
        registered: count('registered'),
        discarded: count('discarded'),
        rejected: count('rejected'),
        unconfirmed: count('unconfirmed'),
        skipped: count('skipped'),
        notSent: count('pending') + count('deferred'),
        reconciled: 0,
      };
    },
    async raiseDueDateAlert() {
      alertedOn = saoPauloDate(new Date(await options.now()));
      record.alerts.push(alertedOn);
    },
    async communicateSlice({ from, to }) {
      record.inFlight.now += 1;
      record.inFlight.most = Math.max(record.inFlight.most, record.inFlight.now);
      try {
        const slice = all.slice(from - 1, to);
        await options.beforeSlice?.(
          slice.map((item) => item.receivableId),
          record,
        );
        const { pausedBy } = record;
        if (pausedBy !== null) {
          await options.beforePausedSliceEnds?.();
          return { moved: {}, pausedBy };
        }
        const now = await options.now();
        const moved: Partial<Record<ItemState, number>> = {};
        for (const item of slice) {
          if (item.closed || item.dueAt === null || item.dueAt > now || (concluding && !item.unresolved)) continue;
          communicate(item, now);
          moved[item.state] = (moved[item.state] ?? 0) + 1;
        }
        return { moved, pausedBy: null };
      } finally {
        record.inFlight.now -= 1;
      }
    },
  };

  const record: MemoryRecord = {
    activities: watched(activities),
    items: all,
    calls: [],
    phases: [],
    sent: new Map(),
    alerts: [],
    rounds: [],
    item: (receivableId) => find([receivableId])[0]!,
    count: (activity) => record.calls.filter((name) => name === activity).length,
    pausedBy: null,
    pauseBy: (code) => void (record.pausedBy ??= code),
    inFlight: { now: 0, most: 0 },
  };
  return record;

  function watched(
    plain: BatchActivities & Pick<GatewayActivities, 'communicateSlice'>,
  ): BatchActivities & Pick<GatewayActivities, 'communicateSlice'> {
    const entries = Object.entries(plain).map(([name, activity]) => [
      name,
      async (input: never) => {
        record.calls.push(name);
        await options.beforeActivity?.(name);
        return (activity as (input: never) => Promise<unknown>)(input);
      },
    ]);
    return Object.fromEntries(entries) as BatchActivities & Pick<GatewayActivities, 'communicateSlice'>;
  }
}
