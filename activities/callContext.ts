import type { CallContext } from '../domain/gateway';
import type { Tokens } from './tokens';

/**
 * What a call needs, with the account's newest token at the moment of its turn: it may have waited long for it. When the
 * account was changed meanwhile it does not leave: its address and its token are no longer the account's.
 */
export function withNewestToken(
  tokens: Tokens,
  call: Pick<CallContext, 'account' | 'token' | 'timeoutMs'>,
  turn: Pick<CallContext, 'permit' | 'maySend'>,
): CallContext {
  const context: CallContext = {
    ...call,
    ...turn,
    async permit() {
      await turn.permit();
      context.token = tokens.newest(context.token);
    },
    maySend: () => !tokens.isRetired(context.token) && turn.maySend(),
  };
  return context;
}
