import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { TASK_QUEUE } from '../domain/names';

const SCHEDULE = 'boletos-sweep';

/** Makes the schedule of the sweep when the namespace has none, and sweeps once now: a worker starts after trouble. */
export async function ensureSweep(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: SCHEDULE,
      spec: { intervals: [{ every: '5 minutes' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
      action: {
        type: 'startWorkflow',
        workflowType: 'sweepBatches',
        workflowId: SCHEDULE,
        taskQueue: TASK_QUEUE,
        staticSummary: 'Varredura: comunicações sem workflow e resultados incertos',
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  await client.schedule.getHandle(SCHEDULE).trigger(ScheduleOverlapPolicy.SKIP);
}
