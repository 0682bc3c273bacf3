import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { SWEEP_SCHEDULE, TASK_QUEUE } from '../domain/batch/names';

/** Makes the schedule of the sweep when the namespace has none, and sweeps once now: a worker starts after trouble. */
export async function ensureSweep(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: SWEEP_SCHEDULE,
      spec: { intervals: [{ every: '5 minutes' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
      action: {
        type: 'startWorkflow',
        workflowType: 'sweepBatches',
        workflowId: SWEEP_SCHEDULE,
        taskQueue: TASK_QUEUE,
        staticSummary: 'Varredura: comunicações sem workflow e resultados incertos',
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  await client.schedule.getHandle(SWEEP_SCHEDULE).trigger(ScheduleOverlapPolicy.SKIP);
}
