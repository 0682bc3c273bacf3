import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributeUpdatePair,
} from '@temporalio/common/lib/search-attributes';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { failureStates } from '../domain/boleto/states';
import type { BatchState } from './batchState';
import { describeBatch } from './details';

const keys = {
  phase: defineSearchAttributeKey('BoletoPhase', SearchAttributeType.KEYWORD),
  carteira: defineSearchAttributeKey('BoletoCarteira', SearchAttributeType.KEYWORD),
  gateway: defineSearchAttributeKey('BoletoGateway', SearchAttributeType.KEYWORD),
  operator: defineSearchAttributeKey('BoletoOperator', SearchAttributeType.KEYWORD),
  total: defineSearchAttributeKey('BoletoTotal', SearchAttributeType.INT),
  failures: defineSearchAttributeKey('BoletoFailures', SearchAttributeType.INT),
  round: defineSearchAttributeKey('BoletoRound', SearchAttributeType.INT),
  nearestDueDate: defineSearchAttributeKey('BoletoNearestDueDate', SearchAttributeType.DATETIME),
};

/** Shows the batch as it is now in the Temporal Web UI: the details cost nothing, the search attributes an event. */
export function publish(batch: BatchState): void {
  setCurrentDetails(describeBatch(batch));
  if (batch.searchAttributes) publishSearchAttributes(batch);
}

function publishSearchAttributes({ analysis, counts, ...batch }: BatchState): void {
  const dueDate = analysis ? analysis.nearestDueDate : (batch.selection?.nearestDueDate ?? null);
  const wanted: SearchAttributeUpdatePair[] = [
    { key: keys.phase, value: batch.phase },
    { key: keys.carteira, value: String(batch.carteiraId) },
    { key: keys.gateway, value: batch.gateway },
    { key: keys.operator, value: batch.by },
    { key: keys.total, value: counts?.total ?? batch.selection?.selected ?? null },
    { key: keys.failures, value: counts && failureStates.reduce((sum, state) => sum + counts.byState[state], 0) },
    { key: keys.round, value: batch.round },
    // Noon, so that the day is the same in UTC and in São Paulo.
    { key: keys.nearestDueDate, value: dueDate === null ? null : new Date(`${dueDate}T12:00:00Z`) },
  ];
  const changed = wanted.filter(({ key, value }) => !same(shown(key), value));
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function shown(key: SearchAttributeUpdatePair['key']): unknown {
  return workflowInfo().typedSearchAttributes.get(key) ?? null;
}

function same(shown: unknown, value: unknown): boolean {
  return shown instanceof Date && value instanceof Date ? shown.getTime() === value.getTime() : shown === value;
}
