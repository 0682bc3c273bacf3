import { patched, proxyActivities } from '@temporalio/workflow';
import type { GatewayActivities, SweepActivities } from '../activities';
import type { SweepResult } from '../domain/batch/batch';
import { gatewayTaskQueue } from '../domain/batch/names';

/** Looks at every live batch, one after the other; the next sweep comes in minutes, so one try is enough. */
const { sweepBatches: sweep } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '10 min',
  heartbeatTimeout: '30 s',
  retry: { maximumAttempts: 3 },
});

/** Looks of no hurry: a gateway without a worker, or a bank that is away, is left to the next sweep. */
const { watchGivenUp, fetchPix } = proxyActivities<GatewayActivities>({
  scheduleToStartTimeout: '1 min',
  startToCloseTimeout: '5 min',
  heartbeatTimeout: '30 s',
  retry: { maximumAttempts: 1 },
});

/**
 * Run by a schedule, and once when a worker starts: no batch is forgotten because its workflow was lost, and no number
 * that was given up is alive unseen, and no boleto stays without its Pix.
 */
export async function sweepBatches(): Promise<SweepResult> {
  const swept = await sweep();
  if (patched('watch-given-up'))
    for (const gateway of swept.watch ?? [])
      await watchGivenUp
        .executeWithOptions({ taskQueue: gatewayTaskQueue(gateway), summary: 'Procurar números abandonados' }, [])
        .catch(() => undefined);
  if (patched('fetch-pix'))
    for (const gateway of swept.pix ?? [])
      await fetchPix
        .executeWithOptions({ taskQueue: gatewayTaskQueue(gateway), summary: 'Buscar o Pix que falta' }, [])
        .catch(() => undefined);
  return swept;
}
