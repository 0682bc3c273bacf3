import { sleep, workflowInfo } from '@temporalio/workflow';
import { guard } from './activityOptions';
import { guardPaceMs } from './pace';

/**
 * The guard of one carteira, started by its schedule at each full hour of its hours: communicates what must be at the
 * bank today, as a communication like any other, and ends with it. Whatever it finds is in the record, so that a run
 * that was lost is gone on with by the next one.
 */
export async function guardCarteira({ carteiraId }: { carteiraId: number }): Promise<void> {
  const concluded: string[] = [];
  let refusals = 0;
  for (;;) {
    const order = await guard.planGuard({ carteiraId, concluded });
    switch (order.kind) {
      case 'rest':
      case 'tell':
        return;
      case 'wait':
        await sleep(order.forMs, { summary: 'Outra comunicação desta carteira está em andamento' });
        break;
      case 'conclude':
        if (await conclude(order.batchId)) concluded.push(order.batchId);
        else await sleep(guardPaceMs((refusals += 1)), { summary: `Comunicação ${order.batchId}, de outro dia` });
        break;
      case 'communicate':
        return await communicate(order);
    }
  }

  async function communicate({ day, slot, batchId }: { day: string; slot: number; batchId: string }): Promise<void> {
    await guard.startGuardBatch({ carteiraId, day, slot });
    let asked = false;
    for (let looks = 1; ; looks += 1) {
      const { step } = await guard.lookAtGuardBatch({ carteiraId, day, batchId, asked });
      if (step === 'over') break;
      if (step === 'conclude') asked = await conclude(batchId);
      await sleep(guardPaceMs(looks), { summary: `Comunicação ${batchId}` });
    }
    await guard.finishGuardRun({ carteiraId, day, slot });
  }

  /** What failed stays Impresso = Não; what is uncertain is looked for, and keeps the batch open when it stays so. */
  async function conclude(batchId: string): Promise<boolean> {
    const actionId = `${workflowInfo().runId}.${batchId}`;
    const { accepted } = await guard.concludeGuardBatch({ batchId, actionId });
    return accepted;
  }
}
