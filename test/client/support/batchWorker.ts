import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../workflows/support/environment';
import type { MemoryRecord } from '../../workflows/support/memoryRecord';

let quiet = false;

/** The workers of one namespace, with a record in memory, while `during` runs. */
export async function withWorkers<T>(
  temporal: { address: string; namespace: string },
  record: MemoryRecord,
  during: () => Promise<T>,
): Promise<T> {
  if (!quiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  quiet = true;
  const connection = await NativeConnection.connect({ address: temporal.address });
  try {
    const { communicateSlice, ...batchActivities } = record.activities;
    const common = { connection, namespace: temporal.namespace, shutdownForceTime: '5 s' } as const;
    const batches = await Worker.create({
      ...common,
      taskQueue: 'boletos',
      workflowBundle: await workflowBundle(),
      activities: batchActivities,
    });
    const slices = await Worker.create({
      ...common,
      taskQueue: 'gateway-banco-do-brasil',
      activities: { communicateSlice },
    });
    return await batches.runUntil(() => slices.runUntil(during));
  } finally {
    await connection.close();
  }
}
