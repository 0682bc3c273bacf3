import type { CallContext } from '../domain/gateway';
import type { Permit } from './permits';

/**
 * Makes one call when the account's limit gives it its turn. A turn that was missed, because the process or the
 * connection was slow, is given up for another: nothing has left. Once it is not `stillWanted` it ends unsent.
 */
export async function inTurn<Result>(
  takePermit: () => Promise<Permit>,
  { stillWanted, onSend }: { stillWanted(): boolean; onSend(): void },
  call: (turn: Pick<CallContext, 'permit' | 'maySend'>) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const turn = { latest: 0, missed: false };
    const result = await call({
      permit: async () => {
        turn.latest = (await takePermit()).latest;
      },
      maySend: () => {
        if (!stillWanted()) return false;
        turn.missed = performance.now() > turn.latest;
        if (!turn.missed) onSend();
        return !turn.missed;
      },
    });
    if (!turn.missed) return result;
  }
}
