import { explain } from '../gateways/catalogue';
import { describeFailure, type Failure } from '../words/describeFailure';
import type { FailureCause, ItemView } from '../record/batches/items';
import { bulkFields, whyNotOneValue } from '../domain/receivable/bulkValue';
import { CORRECTED_LABEL, STILL_WRONG_LABEL } from '../domain/receivable/receivableStates';
import { itemLabels } from '../domain/boleto/states';

/** What failed, why, and who mends what; all null for what has not failed. */
export function failureWords(failure: Failure, address: 'main' | 'billing') {
  const words = describeFailure(explain, failure, address);
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
  const stateLabel = changedLabel(item) ?? itemLabels[item.state];
  return { ...item, stateLabel, ...failureWords(item, item.addressSource) };
}

/** Of a rejected título that was changed since; null of any other. */
export function changedLabel({ corrected, stillWrong }: { corrected: boolean; stillWrong: boolean }): string | null {
  if (corrected) return CORRECTED_LABEL;
  return stillWrong ? STILL_WRONG_LABEL : null;
}

/** The words of one título never stand for those of all: what is not common to them is told título by título. */
export function describedCause({ commonMessage, together, ...cause }: FailureCause) {
  const words = failureWords(cause, cause.addressSource);
  const { fieldName } = words;
  return {
    ...cause,
    ...words,
    stateLabel: itemLabels[cause.state],
    providerMessage: commonMessage,
    sameWords: commonMessage === cause.providerMessage,
    bankWords: [cause.providerCode, commonMessage].filter(Boolean).join(' ') || null,
    oneValue:
      cause.state === 'rejected' && fieldName !== null && bulkFields.has(fieldName)
        ? { serves: whyNotOneValue(fieldName, together) === null, why: whyNotOneValue(fieldName, together) }
        : null,
  };
}
