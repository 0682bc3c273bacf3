import { ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { SWEEP_SCHEDULE } from '../domain/batch/names';

const TOLD_WITHIN_MS = 3_000;

/**
 * Has a worker make the schedules equal to the rules now. Whoever is not reached does it by itself: the rule is in the
 * record, and a worker compares every 5 minutes and when it starts.
 * @returns whether Temporal was reached
 */
export async function guardChanged(client: Client): Promise<boolean> {
  try {
    // After the one that is at it, which may have read the rules already.
    await client.withDeadline(Date.now() + TOLD_WITHIN_MS, () =>
      client.schedule.getHandle(SWEEP_SCHEDULE).trigger(ScheduleOverlapPolicy.BUFFER_ONE),
    );
    return true;
  } catch {
    return false;
  }
}
