import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { LeasedItem } from '../db/leases';
import { closeLook, forgetLook, openLook, readCase, type OpenCase } from '../db/looks';
import type { Outcome } from '../db/outcomes';
import { afterLook, judgeLook, type Evidence, type FoundCodes, type LookVerdict } from '../domain/evidence';
import { backoffMs } from '../domain/failure';
import type { Registration } from '../domain/charge';
import type { LocalDate } from '../domain/dates';
import type { AccessToken, CallContext, Gateway, GatewayAccount, LookResult } from '../domain/gateway';
import type { Cents } from '../domain/money';
import { checkRegistration, mismatchWords, type Mismatch } from '../domain/registrationCheck';
import type { BoletoState, ItemState } from '../domain/states';
import { withNewestToken } from './callContext';
import type { GatewayLine } from './gatewayLine';
import { inTurn } from './inTurn';
import { NoTurnInTime } from './permits';
import { MISMATCH_CODE } from './registerBoleto';

export interface LookRequest {
  item: LeasedItem;
  boletoId: number;
  account: GatewayAccount;
  token: AccessToken;
  timeoutMs: number;
}

export interface LookEnd {
  state: ItemState;
  pausesBatch: boolean;
  message: string;
  /** The bank asked everybody to come back later (429). */
  heldForMs: number | null;
}

/** A look whose turn comes later than this is put off. */
const TURN_WITHIN_MS = 20_000;

/** Asks the bank what became of a call whose end is not known, when the answer can count, and settles it by what it shows. */
export async function lookForEvidence(knex: Knex, line: GatewayLine, request: LookRequest): Promise<LookEnd> {
  const open = await readCase(knex, request.boletoId);
  if (!open) throw new Error(`boleto ${request.boletoId} has no attempt to look for`);
  const { capabilities } = line.gateway;

  // Asked before it can have arrived, the bank would remember "not found" and repeat it.
  const tooEarlyMs = open.attemptKind === 'duplicate' ? 0 : capabilities.settleMs - open.sinceDeadlineMs;
  if (tooEarlyMs > 0) return postpone(line, request, open, tooEarlyMs);

  const id = randomUUID();
  const snapshot = open.snapshots[0] as OpenCase['snapshots'][number];
  const recentMs = await openLook(knex, {
    id,
    attemptId: open.attemptId,
    boletoId: open.boletoId,
    accountId: request.account.id,
    identity: line.gateway.lookIdentity(snapshot, open.bankId),
    staleMs: capabilities.staleMs,
  });
  if (recentMs !== null) return postpone(line, request, open, capabilities.staleMs - recentMs + 1);

  const { look, token } = await askOnce(line, request, open);
  if (look instanceof NoTurnInTime) {
    await forgetLook(knex, id);
    return postpone(line, request, open, look.waitMs);
  }
  const timing = {
    afterSettleMs: open.sinceDeadlineMs - capabilities.settleMs,
    sinceIdenticalLookMs: null,
    staleMs: capabilities.staleMs,
  };
  const evidence = judgeLook(look, open.snapshots, timing, codesOf(line.gateway, look, open));
  const isUnheard = neverAsked(look);
  if (isUnheard) await forgetLook(knex, id);
  else await closeLook(knex, id, look, evidence);

  const pausesBatch = await noteCredentials(line, token, look);
  const verdict = afterLook(evidence, {
    attemptKind: open.attemptKind,
    absences: open.absences + (evidence.kind === 'absent' ? 1 : 0),
    absentCalls: open.absentCalls,
    fruitless: open.fruitless + (evidence.kind === 'none' && !isUnheard ? 1 : 0),
    absenceLooks: capabilities.absenceLooks,
    staleMs: isUnheard ? backoffMs(request.item.tries, Math.random()) : capabilities.staleMs,
    retryAfterMs: look.kind === 'unusable' ? look.retryAfterMs : null,
    jitter: Math.random(),
    quarantineMs: capabilities.idempotency === 'none' ? capabilities.quarantineMs : 0,
  });
  // A look that nobody heard is put off longer each time.
  const outcome = toOutcome(request, open, evidence, verdict, isUnheard);
  await line.recordOutcome(outcome);
  return {
    state: outcome.itemState,
    pausesBatch,
    message: look.kind === 'unusable' ? look.message : '',
    heldForMs: look.kind === 'unusable' && look.exchange.status === 429 ? look.retryAfterMs : null,
  };
}

async function askOnce(
  line: GatewayLine,
  request: LookRequest,
  open: OpenCase,
): Promise<{ look: LookResult | NoTurnInTime; token: AccessToken }> {
  const { account, timeoutMs } = request;
  const snapshot = open.snapshots[0] as OpenCase['snapshots'][number];
  let context: Pick<CallContext, 'token'> = request;
  const look = await inTurn(
    line.permits.read,
    { before: performance.now() + TURN_WITHIN_MS, stillWanted: () => true, onSend: () => undefined },
    (turn) => {
      const call = withNewestToken(line.tokens, { account, token: context.token, timeoutMs }, turn);
      context = call;
      return line.gateway.look(snapshot, open.bankId, call);
    },
  );
  return { look, token: context.token };
}

/** The codes are held against what the bank itself shows: whether that is what was sent is another question. */
function codesOf({ codes }: Gateway, look: LookResult, { acceptsMismatches }: OpenCase): FoundCodes {
  if (look.kind !== 'found') return { mismatches: [], accepted: acceptsMismatches };
  const { registration, amountCents, dueDate } = look.found;
  const shown = {
    amountCents: amountCents as Cents,
    dueDate: dueDate as LocalDate,
    ourNumber: registration.ourNumber,
  };
  return { mismatches: checkRegistration(registration, shown, codes), accepted: acceptsMismatches };
}

/** It did not leave, or was turned away at the door (401, 429): it says nothing, and no cache remembers it. */
function neverAsked(look: LookResult): boolean {
  if (look.exchange.sentAt === null) return true;
  return look.kind === 'unusable' && (look.failure === 'auth' || look.exchange.status === 429);
}

async function noteCredentials(line: GatewayLine, { generation }: AccessToken, look: LookResult): Promise<boolean> {
  if (look.kind !== 'unusable') line.tokens.worked(generation);
  else if (look.failure === 'auth') return (await line.tokens.refused(generation)) === 'refused';
  return look.kind === 'unusable' && look.failure === 'config';
}

async function postpone(line: GatewayLine, request: LookRequest, open: OpenCase, dueInMs: number): Promise<LookEnd> {
  const evidence: Evidence = { kind: 'none', reason: 'ainda não é hora de consultar' };
  const outcome = toOutcome(request, open, evidence, { resolution: null, dueInMs });
  await line.recordOutcome(outcome);
  return { state: outcome.itemState, pausesBatch: false, message: '', heldForMs: null };
}

function toOutcome(
  request: LookRequest,
  open: OpenCase,
  evidence: Evidence,
  verdict: LookVerdict,
  countsAsTry = false,
): Outcome {
  const { item } = request;
  const [boletoState, itemState] = statesAfter(verdict, open);
  return {
    attemptId: open.attemptId,
    boletoId: open.boletoId,
    batchId: item.batchId,
    ordinal: item.ordinal,
    leaseToken: item.leaseToken,
    kind: open.attemptKind ?? 'ambiguous',
    resolution: verdict.resolution,
    boletoState,
    itemState,
    dueInMs: verdict.dueInMs,
    countsAsTry,
    reconciled: verdict.resolution === 'registered',
    ...oursOf(evidence),
    homologation: open.homologation,
    bankId: null,
    code: codeFor(evidence),
    message: wordsFor(evidence, verdict),
    field: null,
    exchange: null,
  };
}

/** What was found as it was sent, be its codes right or wrong: they are kept with the boleto. */
function oursOf(evidence: Evidence): { registration: Registration | null; mismatches: Mismatch[] } {
  const ours = evidence.kind === 'registered' || (evidence.kind === 'conflict' && evidence.differences.length === 0);
  if (!ours) return { registration: null, mismatches: [] };
  return { registration: evidence.found.registration, mismatches: [...evidence.mismatches] };
}

function codeFor(evidence: Evidence): string {
  if (evidence.kind !== 'conflict') return '';
  return evidence.differences.length === 0 ? MISMATCH_CODE : 'divergencia';
}

function statesAfter(verdict: LookVerdict, open: OpenCase): [BoletoState, ItemState] {
  if (verdict.resolution === 'registered') return ['registered', 'registered'];
  if (verdict.resolution === 'conflict') return ['conflict', 'conflict'];
  // Proven not to be there: it may be sent again under the same number.
  if (verdict.resolution === 'absent') return ['draft', verdict.dueInMs === null ? 'deferred' : 'pending'];
  // What was a contradiction stays one until a look settles it.
  if (open.boletoState === 'conflict') return ['conflict', 'conflict'];
  return open.attemptKind === 'inProgress' ? ['inProgress', 'inProgress'] : ['unconfirmed', 'unconfirmed'];
}

function wordsFor(evidence: Evidence, verdict: LookVerdict): string {
  if (evidence.kind === 'conflict' && evidence.differences.length === 0)
    return `O banco tem o boleto, mas os códigos que mostra não conferem: ${mismatchWords(evidence.mismatches)}.`;
  if (evidence.kind === 'conflict')
    return `O banco tem outro boleto sob o nosso número (difere: ${evidence.differences.join(', ')}; situação: ${evidence.found.status}).`;
  if (verdict.resolution === 'absent' && verdict.dueInMs === null)
    return 'Enviado várias vezes sem resposta; as consultas mostram que o banco não o registrou. Comunique de novo quando o banco voltar ao normal.';
  if (verdict.resolution === null && verdict.dueInMs === null)
    return 'As consultas ao banco não provaram se o boleto foi registrado.';
  return '';
}
