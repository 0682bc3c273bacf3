import { leftOutLabels, type LeftOutReason } from '../domain/batch/filters';
import { counted } from '../words/text';

export interface LeftOutCount {
  reason: LeftOutReason;
  count: number;
  /** The batches that have them, for `inOtherBatch`. */
  otherBatchIds: string[];
}

/** `12 títulos: já está em outra comunicação em andamento (20261124-ab12cd34)` */
export function leftOutText({ reason, count, otherBatchIds }: LeftOutCount): string {
  const where = otherBatchIds.length > 0 ? ` (${otherBatchIds.join(', ')})` : '';
  return `${counted(count, 'título', 'títulos')}: ${leftOutLabels[reason]}${where}`;
}
