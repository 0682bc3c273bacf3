import type { Webhook } from '../../../contract/webhook';
import { counted, instant } from '../../parts/format';

/** Whether it is told, and why not. */
export function webhookState({ active, stoppedByLabel, failures, failingSince, pending }: Webhook): string {
  if (!active) return stoppedByLabel ? `parado: ${stoppedByLabel}` : 'parado';
  const waiting = pending > 0 ? `, ${counted(pending, 'aviso a entregar', 'avisos a entregar')}` : '';
  if (failures === 0) return `ativo${waiting}`;
  return `falhando desde ${instant(failingSince)} (${counted(failures, 'falha', 'falhas')} seguidas)${waiting}`;
}
