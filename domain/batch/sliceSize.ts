const ONE_BY_ONE_UP_TO = 500;
const SLICES_OF_A_LARGE_BATCH = 80;
const SMALLEST = 10;
const LARGEST = 200;

/**
 * Items per slice for `pending` items of the batch. Up to 500 each boleto is an activity of its own, which a person
 * can find in the Temporal Web UI. Above that the history decides: a batch aims at 80 slices, so that it still moves
 * visibly and a killed worker has little in hand, and never goes past 200 items, where the cost of Temporal
 * (about 2 ms a slice) has long vanished beside the bank's calls and a slice would only outlive its time budget.
 */
export function sliceSize(pending: number): number {
  if (pending <= ONE_BY_ONE_UP_TO) return 1;
  return Math.min(LARGEST, Math.max(SMALLEST, Math.ceil(pending / SLICES_OF_A_LARGE_BATCH)));
}
