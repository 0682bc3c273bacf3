import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { WebhookActivities } from '../activities';

/** One after the other to one receiver; each call ends within a minute, and a dead worker shows in 30 s. */
const { deliverWebhook: deliver } = proxyActivities<WebhookActivities>({
  startToCloseTimeout: '2 min',
  heartbeatTimeout: '30 s',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '1 min' },
});

/** There is something new to deliver. */
const wake = defineSignal('wake');
const LONG_HISTORY = 2_000;

/** Delivers to one webhook, waits out the rests that its failures ask for, and ends when nothing is left. */
export async function deliverWebhook(input: { webhookId: string }): Promise<void> {
  let woken = false;
  setHandler(wake, () => void (woken = true));
  for (;;) {
    woken = false;
    const { nextDueInMs } = await deliver(input);
    if (nextDueInMs === null) {
      // A signal that came during the last delivery is not lost.
      if (isWoken()) continue;
      return;
    }
    if (nextDueInMs > 0) await condition(isWoken, nextDueInMs, { summary: 'Próxima tentativa' });
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    if (historyLength > LONG_HISTORY || continueAsNewSuggested) await continueAsNew<typeof deliverWebhook>(input);
  }

  function isWoken(): boolean {
    return woken;
  }
}
