import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { adoptFound, isOfATituloOfOurs } from '../record/engine/adoption';
import type { LeasedItem } from '../record/engine/leases';
import { closeLook, detachLook, forgetLook, openLook, readCase, type OpenCase } from '../record/engine/looks';
import { markBehind } from '../record/engine/numbering';
import type { Outcome } from '../record/engine/outcomes';
import type { ChargeSnapshot } from '../domain/boleto/charge';
import type { LocalDate } from '../domain/kinds/dates';
import { afterLook, isAnothers, judgeLook, resendIsSafe, type Evidence } from '../domain/boleto/evidence';
import { backoffMs } from '../domain/boleto/failure';
import type { AccessToken, FoundBoleto, Gateway, GatewayAccount, LookResult } from '../domain/gateway';
import type { Cents } from '../domain/kinds/money';
import { SYSTEM } from '../domain/kinds/actors';
import { checkRegistration, type Mismatch } from '../domain/boleto/registrationCheck';
import type { ItemState } from '../domain/boleto/states';
import type { GatewayLine } from './gatewayLine';
import { givesNumberBack, lookOutcome } from './lookOutcome';
import { NoTurnInTime } from './permits';

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

/** A look that was made and judged, or why it must wait. */
type Asked =
  | {
      kind: 'asked';
      id: string;
      look: LookResult;
      evidence: Evidence;
      isUnheard: boolean;
      token: AccessToken;
      /** What the bank had answered to the call was about somebody else's boleto: it said nothing about ours. */
      answeredForAnother?: boolean;
    }
  | { kind: 'later'; inMs: number };

/** Asks the bank what became of a call whose end is not known, when the answer can count, and settles it by what it shows. */
export async function lookForEvidence(knex: Knex, line: GatewayLine, request: LookRequest): Promise<LookEnd> {
  const open = await readCase(knex, request.boletoId);
  if (!open) throw new Error(`boleto ${request.boletoId} has no attempt to look for`);
  const { capabilities } = line.gateway;

  // Asked before it can have arrived, the bank would remember "not found" and repeat it.
  const tooEarlyMs =
    open.attemptKind === 'duplicate' || open.attemptKind === 'inProgress'
      ? 0
      : capabilities.settleMs - open.sinceDeadlineMs;
  if (tooEarlyMs > 0) return postpone(line, request, open, tooEarlyMs);

  const asked = await askUnderEachNumber(knex, line, request, open);
  if (asked.kind === 'later') return postpone(line, request, open, asked.inMs);
  const { look, evidence, isUnheard, token } = asked;
  const pausesBatch = await noteCredentials(line, token, look);
  const isSafe = resendIsSafe(capabilities, open.sinceFirstMs);
  const verdict = afterLook(evidence, {
    attemptKind: asked.answeredForAnother ? 'ambiguous' : open.attemptKind,
    absences: open.absences + (evidence.kind === 'absent' ? 1 : 0),
    absentCalls: open.absentCalls,
    sameNumberIsSafe: isSafe,
    fruitless: open.fruitless + (evidence.kind === 'none' && !isUnheard ? 1 : 0),
    absenceLooks: capabilities.absenceLooks,
    staleMs: isUnheard ? backoffMs(request.item.tries, Math.random()) : capabilities.staleMs,
    retryAfterMs: look.kind === 'unusable' ? look.retryAfterMs : null,
    jitter: Math.random(),
    quarantineMs: isSafe ? 0 : capabilities.quarantineMs,
    sinceCallMs: open.sinceDeadlineMs,
    later: capabilities.registration === 'sync' ? null : capabilities.registration,
  });
  // A look that nobody heard is put off longer each time.
  const outcome = lookOutcome(request.item, open, evidence, verdict, isUnheard);
  const settled =
    evidence.kind === 'conflict' ? await settleConflict(knex, line, request, open, evidence, outcome) : outcome;
  await line.recordOutcome(settled);
  return {
    state: settled.itemState,
    pausesBatch,
    message: look.kind === 'unusable' ? look.message : '',
    heldForMs: look.kind === 'unusable' && look.exchange.status === 429 ? look.retryAfterMs : null,
  };
}

/**
 * Under our own number, and under the one that the bank answered with, if that is another: whichever shows ours. An
 * answer about somebody else's boleto says nothing about ours.
 */
async function askUnderEachNumber(knex: Knex, line: GatewayLine, request: LookRequest, open: OpenCase): Promise<Asked> {
  const { ourNumber } = sentLast(open);
  if (ourNumber === null || open.bankId === null || open.bankId === ourNumber)
    return ask(knex, line, request, open, open.bankId);
  const own = await ask(knex, line, request, open, null);
  if (own.kind === 'later' || own.evidence.kind === 'registered' || own.isUnheard) return own;
  const other = await ask(knex, line, { ...request, token: own.token }, open, open.bankId);
  if (other.kind === 'later') return other;
  const { evidence } = other;
  if (evidence.kind === 'registered') return other;
  const ours = evidence.kind === 'conflict' && !isAnothers(evidence.found, sentLast(open).ownReference);
  if (ours) return other;
  // Proof about our number comes from looks under it alone.
  await detachLook(knex, other.id);
  return evidence.kind === 'conflict' ? { ...own, answeredForAnother: true } : own;
}

function sentLast({ attempts }: OpenCase): ChargeSnapshot {
  return (attempts[0] as OpenCase['attempts'][number]).snapshot;
}

/** One look, under the number that the bank gave or, without it, under ours. */
async function ask(
  knex: Knex,
  line: GatewayLine,
  request: LookRequest,
  open: OpenCase,
  bankId: string | null,
): Promise<Asked> {
  const { capabilities } = line.gateway;
  const id = randomUUID();
  const recentMs = await openLook(knex, {
    id,
    attemptId: open.attemptId,
    boletoId: open.boletoId,
    accountId: request.account.id,
    identity: line.gateway.lookIdentity(sentLast(open), bankId),
    staleMs: capabilities.staleMs,
  });
  if (recentMs !== null) return { kind: 'later', inMs: capabilities.staleMs - recentMs + 1 };
  const { look, token } = await line.look({ ...request, asked: { sought: sentLast(open), bankId } });
  if (look instanceof NoTurnInTime) {
    await forgetLook(knex, id);
    return { kind: 'later', inMs: look.waitMs };
  }
  const timing = {
    afterSettleMs: open.sinceDeadlineMs - capabilities.settleMs,
    sinceIdenticalLookMs: null,
    staleMs: capabilities.staleMs,
  };
  const snapshots = open.attempts.map(({ snapshot }) => snapshot);
  const evidence = judgeLook(look, snapshots, timing, {
    mismatches: look.kind === 'found' ? mismatchesOf(line.gateway, look.found) : [],
    accepted: open.acceptsMismatches,
  });
  const isUnheard = neverAsked(look);
  if (isUnheard) await forgetLook(knex, id);
  else await closeLook(knex, id, look, evidence);
  return { kind: 'asked', id, look, evidence, isUnheard, token };
}

/**
 * Under our number the bank has something else. What is another título's of ours is that one's from now on; what
 * nobody here knows says that the numbering may be behind, and it is looked into before the next number is given.
 */
async function settleConflict(
  knex: Knex,
  line: GatewayLine,
  { account, boletoId }: LookRequest,
  open: OpenCase,
  evidence: Evidence & { kind: 'conflict' },
  outcome: Outcome,
): Promise<Outcome> {
  const { convenio, ownReference } = sentLast(open);
  if (!isAnothers(evidence.found, ownReference)) return outcome;
  const space = { gateway: line.gateway.name, accountId: account.id, convenio };
  line.numbering.doubt(convenio);
  const { mismatches } = evidence;
  const options = { mismatches, accepted: open.acceptsMismatches, by: SYSTEM, holder: boletoId };
  const adoption = await knex.transaction(async (trx) => {
    const adopted = await adoptFound(trx, space, line.gateway, evidence.found, options);
    // In one: a título that gets its number back here must not get another before it is known how far behind we are.
    if (isOfATituloOfOurs(adopted)) await markBehind(trx, space, 'restored');
    return adopted;
  });
  return adoption.kind === 'adopted' ? givesNumberBack(outcome, adoption.receivableId) : outcome;
}

/** The codes are held against what the bank itself shows: whether that is what was sent is another question. */
export function mismatchesOf({ codes }: Gateway, found: FoundBoleto): Mismatch[] {
  const { registration, amountCents, dueDate } = found;
  const shown = {
    amountCents: amountCents as Cents,
    dueDate: dueDate as LocalDate,
    ourNumber: registration.ourNumber,
  };
  return checkRegistration(registration, shown, codes);
}

/** It did not leave, or was turned away at the door (401, 429): it says nothing, and no cache remembers it. */
export function neverAsked(look: LookResult): boolean {
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
  const outcome = lookOutcome(request.item, open, evidence, { resolution: null, dueInMs });
  await line.recordOutcome(outcome);
  return { state: outcome.itemState, pausesBatch: false, message: '', heldForMs: null };
}
