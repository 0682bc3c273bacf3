import { inGroups } from '../record/inGroups';
import type { AccessToken, CallContext, Gateway, GatewayAccount, LookAsked, LookResult } from '../domain/gateway';
import { withNewestToken } from './callContext';
import type { GatewayLine } from './gatewayLine';
import { inTurn } from './inTurn';
import { NoTurnInTime } from './permits';

/** A look whose turn comes later than this is put off. */
export const TURN_WITHIN_MS = 20_000;
/** Looks fall due together: those of one slice come within this of each other. */
const GATHER_MS = 20;

export interface LookAsk {
  asked: LookAsked;
  account: GatewayAccount;
  token: AccessToken;
  timeoutMs: number;
}

export interface LookAnswer {
  look: LookResult | NoTurnInTime;
  /** With which it was asked. */
  token: AccessToken;
}

/** Reads one boleto of the bank when the account's limit gives it its turn. */
export type AskLook = (ask: LookAsk) => Promise<LookAnswer>;

/** Where the bank answers many looks by one call, those of the same moment share it; what it cannot tell is asked by itself. */
export function createAskLook(line: () => GatewayLine, { lookMany }: Gateway): AskLook {
  const alone: AskLook = (ask) =>
    askOnce(line(), 'look', ask, (call) => line().gateway.look(ask.asked.sought, ask.asked.bankId, call));
  if (!lookMany) return alone;
  const together = inGroups<LookAsk, LookAnswer | null>(
    lookMany.atMost,
    (asks) => askTogether(line(), lookMany, asks),
    GATHER_MS,
  );
  return async (ask) => (await together(ask)) ?? alone(ask);
}

async function askTogether(
  line: GatewayLine,
  lookMany: NonNullable<Gateway['lookMany']>,
  asks: readonly LookAsk[],
): Promise<(LookAnswer | null)[]> {
  // One by its id is cheaper for the bank than a list; and an account that was just changed is another.
  const newest = asks.reduce((one, other) => (other.account.version > one.account.version ? other : one));
  const shared = asks.filter(({ account }) => account.version === newest.account.version);
  if (shared.length < 2) return asks.map(() => null);
  const { look: looks, token } = await askOnce(line, 'lookMany', newest, (call) =>
    lookMany.look(
      shared.map(({ asked }) => asked),
      call,
    ),
  );
  return asks.map((ask) => {
    const at = shared.indexOf(ask);
    const look = looks instanceof NoTurnInTime ? looks : (looks[at] ?? null);
    return at < 0 || look === null ? null : { look, token };
  });
}

async function askOnce<Result>(
  line: GatewayLine,
  route: 'look' | 'lookMany',
  { account, token, timeoutMs }: LookAsk,
  ask: (call: CallContext) => Promise<Result>,
): Promise<{ look: Result | NoTurnInTime; token: AccessToken }> {
  let context: Pick<CallContext, 'token'> = { token };
  const look = await inTurn(
    line.permits(route),
    { before: performance.now() + TURN_WITHIN_MS, stillWanted: () => true, onSend: () => undefined },
    (turn) => {
      const call = withNewestToken(line.tokens, { account, token: context.token, timeoutMs }, turn);
      context = call;
      return ask(call);
    },
  );
  return { look, token: context.token };
}
