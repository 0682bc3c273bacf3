import type { CallContext } from '../domain/gateway';
import type { Tokens } from './tokens';

/** What a call needs, with the account's newest token at the moment of its turn: it may have waited long for it. */
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
  };
  return context;
}
