import { describeFailure, type Failure } from '../client/describeFailure';
import type { FailureCause, ItemView } from '../db/items';
import { CORRECTED_LABEL } from '../domain/receivableStates';
import { itemLabels } from '../domain/states';

/** What failed, why, and who mends what; all null for what has not failed. */
export function failureWords(failure: Failure, address: 'main' | 'billing') {
  const words = describeFailure(failure, address);
  const bank = [failure.providerCode, failure.providerMessage].filter(Boolean).join(' ');
  return {
    cause: words?.cause ?? null,
    known: words?.known ?? null,
    whoFixes: words?.whoFixes ?? null,
    advice: words?.advice ?? null,
    fieldName: words?.fieldName ?? null,
    bankWords: bank === '' ? null : bank,
  };
}

/** An item as the API tells it. */
export function describedItem(item: ItemView) {
  const stateLabel = item.corrected ? CORRECTED_LABEL : itemLabels[item.state];
  return { ...item, stateLabel, ...failureWords(item, item.addressSource) };
}

export function describedCause(cause: FailureCause) {
  return { ...cause, stateLabel: itemLabels[cause.state], ...failureWords(cause, cause.addressSource) };
}
