import type { CallContext } from '../domain/gateway';
import { NoTurnInTime, type TakePermit } from './permits';

/**
 * Makes one call when the account's limit gives it its turn. A turn that was missed, because the process or the
 * connection was slow, is given up for another: nothing has left. Once it is not `stillWanted` it ends unsent.
 *
 * @param before monotonic milliseconds: the last moment at which a turn is of use.
 * @returns NoTurnInTime when there is none until then; nothing was sent.
 */
export async function inTurn<Result>(
  takePermit: TakePermit,
  { before, stillWanted, onSend }: { before: number; stillWanted(): boolean; onSend(): void },
  call: (turn: Pick<CallContext, 'permit' | 'maySend'>) => Promise<Result>,
): Promise<Result | NoTurnInTime> {
  try {
    for (;;) {
      const turn = { latest: 0, missed: false };
      const result = await call({
        permit: async () => {
          // A turn that is over already, in a busy process, is given up here: later it would cost the connection, too.
          do turn.latest = (await takePermit(before)).latest;
          while (performance.now() > turn.latest);
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
  } catch (error) {
    if (error instanceof NoTurnInTime) return error;
    throw error;
  }
}
