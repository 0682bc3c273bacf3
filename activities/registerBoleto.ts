import type { LeasedItem } from '../db/leases';
import type { Outcome } from '../db/outcomes';
import type { ChargeSnapshot } from '../domain/charge';
import { judgeFailure, type Verdict } from '../domain/failure';
import type { AccessToken, CallContext, GatewayAccount, RegisterResult } from '../domain/gateway';
import { checkRegistration, mismatchWords, type Mismatch } from '../domain/registrationCheck';
import { withNewestToken } from './callContext';
import type { GatewayLine } from './gatewayLine';
import { inTurn } from './inTurn';
import { NoTurnInTime } from './permits';

/** Of a boleto whose codes the bank got wrong; the bank itself gives none. */
export const MISMATCH_CODE = 'codigosDivergentes';

/** From the intent until its call has left: longer, and the call is forfeited. */
export const SEND_WINDOW_MS = 20_000;

export interface Registration {
  item: LeasedItem;
  attemptId: string;
  boletoId: number;
  snapshot: ChargeSnapshot;
  /** Of the carteira: what it registers is worth nothing. */
  homologation: boolean;
  /** The carteira is of a sandbox whose codes are known to be wrong. */
  acceptsMismatches: boolean;
  account: GatewayAccount;
  token: AccessToken;
  timeoutMs: number;
  /** Monotonic milliseconds after which the call may no longer be under way; the record's deadline is not earlier. */
  deadline: number;
  /** The same on the wall clock (epoch milliseconds), a little later. */
  wallDeadline: number;
  /** The call leaves now. */
  onSend(): void;
}

export interface RegistrationEnd {
  outcome: Outcome;
  pausesBatch: boolean;
  result: RegisterResult;
}

/** Sends one boleto, once, and says what its answer means. Nothing is sent after the deadline or without a turn. */
export async function registerBoleto(line: GatewayLine, registration: Registration): Promise<RegistrationEnd> {
  const { result, token } = await sendOnce(line, registration);
  if (result.kind !== 'registered') return { ...(await judge(line, registration, result, token)), result };
  line.tokens.worked(token.generation);
  const { snapshot } = registration;
  const expected = { ...snapshot, ourNumber: snapshot.ourNumber ?? result.registration.ourNumber };
  const mismatches = checkRegistration(result.registration, expected, line.gateway.codes);
  const outcome = registered(registration, result, mismatches);
  if (mismatches.length === 0 || registration.acceptsMismatches) return { outcome, pausesBatch: false, result };
  return { outcome: contradicted(line, outcome, mismatches), pausesBatch: false, result };
}

async function sendOnce(
  line: GatewayLine,
  registration: Registration,
): Promise<{ result: RegisterResult; token: AccessToken }> {
  const { snapshot, account, timeoutMs, deadline, wallDeadline, onSend } = registration;
  let context: Pick<CallContext, 'token'> = registration;
  const before = deadline - timeoutMs;
  // A machine that was suspended may not have counted the time on its monotonic clock.
  const stillWanted = () => performance.now() <= before && Date.now() <= wallDeadline;
  const result = await inTurn(line.permits.register, { before, stillWanted, onSend }, (turn) => {
    const call = withNewestToken(line.tokens, { account, token: context.token, timeoutMs }, turn);
    context = call;
    return line.gateway.register(snapshot, call);
  });
  return { result: result instanceof NoTurnInTime ? withoutTurn(result) : result, token: context.token };
}

function withoutTurn({ waitMs }: NoTurnInTime): RegisterResult {
  return {
    kind: 'transient',
    sent: false,
    code: 'semVez',
    message: 'O limite de chamadas do gateway não deu vez a este boleto; ele volta à fila.',
    field: null,
    retryAfterMs: waitMs,
    bankId: null,
    exchange: { status: null, request: null, response: null, durationMs: 0, sentAt: null },
  };
}

function registered(
  registration: Registration,
  result: RegisterResult & { kind: 'registered' },
  mismatches: Mismatch[],
): Outcome {
  return {
    ...base(registration),
    kind: 'registered',
    resolution: 'registered',
    boletoState: 'registered',
    itemState: 'registered',
    registration: result.registration,
    mismatches,
    exchange: result.exchange,
  };
}

/** The bank has it, under codes by which it must not be paid: kept for people, never sent again by itself. */
function contradicted(line: GatewayLine, outcome: Outcome, mismatches: Mismatch[]): Outcome {
  const kind = 'mismatch';
  const { settleMs } = line.gateway.capabilities;
  const verdict = judgeFailure({ kind, retryAfterMs: null, tries: 0, jitter: 0, settleMs });
  return {
    ...outcome,
    kind,
    resolution: verdict.resolution,
    boletoState: verdict.boleto,
    itemState: verdict.item,
    dueInMs: verdict.dueInMs,
    code: MISMATCH_CODE,
    message: `O banco registrou, mas a resposta não confere: ${mismatchWords(mismatches)}.`,
  };
}

async function judge(
  line: GatewayLine,
  registration: Registration,
  result: Exclude<RegisterResult, { kind: 'registered' }>,
  { generation }: AccessToken,
): Promise<{ outcome: Outcome; pausesBatch: boolean }> {
  let { kind } = result;
  if (kind === 'auth') {
    if ((await line.tokens.refused(generation)) === 'refused') kind = 'config';
  } else if (result.sent && kind !== 'ambiguous' && kind !== 'config') line.tokens.worked(generation);
  const verdict: Verdict = judgeFailure({
    kind,
    retryAfterMs: result.retryAfterMs,
    tries: registration.item.tries,
    jitter: Math.random(),
    settleMs: line.gateway.capabilities.settleMs,
  });
  const outcome: Outcome = {
    ...base(registration),
    kind,
    resolution: verdict.resolution,
    boletoState: verdict.boleto,
    itemState: verdict.item,
    dueInMs: verdict.dueInMs,
    countsAsTry: verdict.item === 'deferred',
    bankId: result.bankId,
    code: result.code,
    message: result.message,
    field: result.field,
    exchange: result.exchange,
  };
  return { outcome, pausesBatch: verdict.pausesBatch };
}

function base({ item, attemptId, boletoId, homologation }: Registration) {
  return {
    attemptId,
    boletoId,
    batchId: item.batchId,
    ordinal: item.ordinal,
    leaseToken: item.leaseToken,
    dueInMs: null,
    countsAsTry: false,
    reconciled: false,
    registration: null,
    mismatches: [],
    sentVersion: null,
    homologation,
    bankId: null,
    code: '',
    message: '',
    field: null,
  };
}
