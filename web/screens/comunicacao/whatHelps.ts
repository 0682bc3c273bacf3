import type { Batch } from '../../../contract/batch';

/** What moves a communication on now, for the one button that is lit. */
export type Help = 'resume' | 'resendCorrected' | 'correct' | 'resendFailed' | 'decide' | 'conclude' | 'wait';

/** What is mended goes out before the next is mended: due dates do not wait. */
export function whatHelps({ phase, concluding, counts }: Pick<Batch, 'phase' | 'concluding' | 'counts'>): Help {
  if (concluding) return 'wait';
  if (phase === 'paused') return 'resume';
  if (phase !== 'awaitingAdjustments') return 'wait';
  const { corrected, byState } = counts;
  if (corrected > 0) return 'resendCorrected';
  if (byState.rejected > 0) return 'correct';
  if (byState.deferred > 0) return 'resendFailed';
  if (byState.unconfirmed + byState.conflict > 0) return 'decide';
  return 'conclude';
}

/** Rejected and not mended: with the corrected ones these are all that were rejected. */
export const pendingOf = ({ corrected, byState }: Batch['counts']) => Math.max(0, byState.rejected - corrected);
