import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from '../activities';
import type { SweepResult } from '../domain/batch';

/** Looks at every live batch, one after the other; the next sweep comes in minutes, so one try is enough. */
const { sweepBatches: sweep } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '10 min',
  heartbeatTimeout: '30 s',
  retry: { maximumAttempts: 3 },
});

/** Run by a schedule, and once when a worker starts: no batch is forgotten because its workflow was lost. */
export async function sweepBatches(): Promise<SweepResult> {
  return sweep();
}
