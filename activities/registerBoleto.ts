import type { LeasedItem } from '../record/engine/leases';
import type { DoubtedCall } from '../record/engine/doubts';
import type { Outcome } from '../record/engine/outcomes';
import type { ChargeSnapshot } from '../domain/boleto/charge';
import { judgeDoubt } from '../domain/boleto/doubt';
import { backoffMs, judgeFailure, type FailureKind, type Verdict } from '../domain/boleto/failure';
import type { AccessToken, CallContext, GatewayAccount, RegisterResult } from '../domain/gateway';
import { checkRegistration, mismatchWords, type Mismatch } from '../domain/boleto/registrationCheck';
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
  const result = await inTurn(line.permits('register'), { before, stillWanted, onSend }, (turn) => {
    const call = withNewestToken(line.tokens, { account, token: context.token, timeoutMs }, turn);
    context = call;
    return line.gateway.register(snapshot, call);
  });
  return { result: result instanceof NoTurnInTime ? withoutTurn(result) : result, token: context.token };
}

/** What the quota has no room for waits until it has. */
export const QUOTA_CODE = 'cotaUsada';
export const QUOTA_WORDS =
  'A cota de chamadas do gateway acabou; os boletos esperam e são enviados quando ela recomeçar.';

function withoutTurn({ waitMs, isUsedUp }: NoTurnInTime): RegisterResult {
  return {
    kind: isUsedUp ? 'quota' : 'transient',
    sent: false,
    code: isUsedUp ? QUOTA_CODE : 'semVez',
    message: isUsedUp ? QUOTA_WORDS : 'O limite de chamadas do gateway não deu vez a este boleto; ele volta à fila.',
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
  const doubted = await judgedByOthers(line, registration, result, kind);
  if (doubted) return doubted;
  const verdict: Verdict = judgeFailure({
    kind,
    retryAfterMs: result.retryAfterMs,
    tries: registration.item.tries,
    jitter: Math.random(),
    settleMs: line.gateway.capabilities.settleMs,
    ...firstLook(line),
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
    ...(kind === 'auth' ? { doubt: result.doubt } : {}),
    exchange: result.exchange,
  };
  return { outcome, pausesBatch: verdict.pausesBatch };
}

function firstLook({ gateway }: GatewayLine): { firstLookMs?: number } {
  const { registration } = gateway.capabilities;
  return registration === 'sync' ? {} : { firstLookMs: registration.firstLookMs };
}

/** Of a título that alone meets what stops everybody, or says nothing. */
const ONLY_THIS_ONE = 'soEsteTitulo';

/**
 * What becomes of a refusal that may be about more than its título: it is tried again a moment later until those
 * beside it have told. @returns null for one that is judged by its kind alone
 */
async function judgedByOthers(
  line: GatewayLine,
  registration: Registration,
  result: Exclude<RegisterResult, { kind: 'registered' }>,
  kind: FailureKind,
): Promise<Omit<RegistrationEnd, 'result'> | null> {
  const { doubt, named = false } = result;
  // A token that was refused once is renewed, and says nothing yet: unless this título met that often.
  if (!doubt || !(kind === 'config' || kind === 'data' || kind === 'auth')) return null;
  const before = await line.readDoubt({ ...doubtedCall(registration), doubt });
  const answers = before.answers + 1;
  // It is not in the record yet: whether it is one too many in a row, the slice asks once it is.
  const verdict = judgeDoubt({ ...before, doubt, named: named || result.kind === 'auth', answers });
  const refusal = {
    ...base(registration),
    ...{ doubt, message: result.message, field: result.field, exchange: result.exchange },
  };
  if (kind === 'auth' && verdict !== 'own') return null;
  if (verdict === 'own') {
    const { resolution, boleto, item } = judgeFailure({ ...noWait, kind: 'data', tries: 0, jitter: 0 });
    const code = doubt === 'account' ? ONLY_THIS_ONE : result.code;
    const ended = { kind: 'data', resolution, boletoState: boleto, itemState: item } as const;
    return { outcome: { ...refusal, ...ended, code }, pausesBatch: false };
  }
  const outcome: Outcome = {
    ...refusal,
    ...{ kind, code: result.code, resolution: 'notSent', boletoState: 'draft' },
    ...(verdict === 'pause'
      ? { itemState: 'pending', dueInMs: 0 }
      : { itemState: 'deferred', dueInMs: backoffMs(answers - 1, Math.random()) }),
  };
  return { outcome, pausesBatch: verdict === 'pause' };
}

const noWait = { retryAfterMs: null, settleMs: 0 };

/** What the record is asked about a refusal of this call. */
export function doubtedCall({ item, boletoId, snapshot }: Registration): Omit<DoubtedCall, 'doubt'> {
  return { batchId: item.batchId, boletoId, letters: /[A-Z]/.test(snapshot.payer.document) };
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
