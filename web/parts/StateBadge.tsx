import { CORRECTED_LABEL, STILL_WRONG_LABEL } from '../../domain/receivable/receivableStates';
import { itemLabels, type ItemState } from '../../domain/boleto/states';

type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'calm';
const tones: Record<ItemState, Tone> = {
  pending: 'calm',
  sending: 'busy',
  deferred: 'warn',
  unconfirmed: 'warn',
  inProgress: 'busy',
  registered: 'good',
  rejected: 'bad',
  conflict: 'bad',
  discarded: 'calm',
  skipped: 'calm',
};

/** A state of a título in a comunicação, in words; the colour only helps. */
export function StateBadge({
  state,
  corrected,
  stillWrong,
}: {
  state: ItemState;
  corrected?: boolean;
  stillWrong?: boolean;
}) {
  if (corrected) return <span class="badge badge-busy">{CORRECTED_LABEL}</span>;
  if (stillWrong) return <span class="badge badge-bad">{STILL_WRONG_LABEL}</span>;
  return <span class={`badge badge-${tones[state]}`}>{itemLabels[state]}</span>;
}
