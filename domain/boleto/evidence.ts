import type { ChargeSnapshot } from './charge';
import { backoffMs } from './failure';
import type { FoundBoleto, GatewayCapabilities, LaterRegistration, LookResult } from '../gateway';
import type { Mismatch } from './registrationCheck';

/** What one look proves about an unresolved attempt. */
export type Evidence =
  /**
   * The bank has exactly what the attempt sent, alive. `older`: it equals an earlier attempt's data, not the last
   * one's. `mismatches`: of a sandbox's codes, which were accepted.
   */
  | { kind: 'registered'; found: FoundBoleto; older: boolean; mismatches: readonly Mismatch[] }
  /**
   * Our number or reference is there, but not our boleto, or not alive, or its codes contradict what the bank itself
   * shows. `differences` are field names.
   */
  | { kind: 'conflict'; found: FoundBoleto; differences: string[]; mismatches: readonly Mismatch[] }
  /** The documented not-found, at a time when it counts. */
  | { kind: 'absent' }
  /** The bank took it, and then refused it: it is not registered, and will not be. */
  | { kind: 'refused'; code: string; message: string; field: string | null }
  /** Proves nothing. `processing`: the bank has it, and has not decided. */
  | { kind: 'none'; reason: string; processing?: true };

export interface LookTiming {
  /** Milliseconds from the earlier call's deadline plus settle time to the start of the look; negative = too early. */
  afterSettleMs: number;
  /** Milliseconds since the last identical look by anyone; null when there was none. */
  sinceIdenticalLookMs: number | null;
  staleMs: number;
}

/** Field names in which the bank's boleto differs from what was sent. A field the answer does not show is not compared. */
export function differences(snapshot: ChargeSnapshot, found: FoundBoleto): string[] {
  const differing: string[] = [];
  if (found.amountCents !== snapshot.amountCents) differing.push('amountCents');
  if (found.dueDate !== snapshot.dueDate) differing.push('dueDate');
  if (found.payerDocument !== null && found.payerDocument !== snapshot.payer.document) differing.push('payer.document');
  if (found.ownReference !== null && found.ownReference !== snapshot.ownReference) differing.push('ownReference');
  return differing;
}

/** An attempt of a boleto, as far as a look is compared with it. */
export interface SentAttempt {
  snapshot: ChargeSnapshot;
  /** Of the título, when it was sent. */
  receivableVersion: number;
  kind: string | null;
}

/**
 * Which attempt's data the bank has; null for none of them.
 * @param attempts newest first; one that was refused as a duplicate is not what the bank took, if an earlier one can be
 */
export function attemptAtTheBank(attempts: readonly SentAttempt[], found: FoundBoleto): SentAttempt | null {
  const equal = attempts.filter(({ snapshot }) => differences(snapshot, found).length === 0);
  return equal.find(({ kind }) => kind !== 'duplicate') ?? equal[0] ?? null;
}

/** What the bank shows is another título's, whoever's, and says nothing about ours. */
export function isAnothers(found: FoundBoleto, ownReference: string): boolean {
  return found.ownReference !== null && found.ownReference !== ownReference;
}

/**
 * Whether this look proves that a number is not to be paid for its título: then, and only then, may the título get
 * another. What is alive under it with our reference can be paid, whatever else differs.
 */
export function provesUnpayable(found: FoundBoleto, ownReference: string): boolean {
  return !found.alive || isAnothers(found, ownReference);
}

/** What is wrong with the codes of a boleto that was found, and whether that is accepted of this carteira. */
export interface FoundCodes {
  mismatches: readonly Mismatch[];
  accepted: boolean;
}

/**
 * Compares a look with the snapshots of the boleto's attempts, newest first, never with today's título.
 * A cancelled boleto with our data is a conflict: registering the same number again would be refused,
 * and taking another one is a person's decision.
 */
export function judgeLook(
  look: LookResult,
  snapshots: readonly ChargeSnapshot[],
  timing: LookTiming,
  { mismatches, accepted }: FoundCodes,
): Evidence {
  switch (look.kind) {
    case 'unusable':
      return { kind: 'none', reason: look.message };
    case 'stillProcessing':
      return { kind: 'none', reason: 'o banco ainda está processando', processing: true };
    case 'refused':
      return { kind: 'refused', code: look.code, message: look.message, field: look.field };
    case 'notFound':
      if (timing.afterSettleMs < 0)
        return { kind: 'none', reason: 'cedo demais: a chamada anterior ainda podia chegar' };
      if (timing.sinceIdenticalLookMs !== null && timing.sinceIdenticalLookMs <= timing.staleMs)
        return { kind: 'none', reason: 'a resposta pode ter vindo do cache do banco' };
      return { kind: 'absent' };
    case 'found': {
      const [newest, ...earlier] = snapshots;
      if (!newest) return { kind: 'none', reason: 'nenhuma tentativa com que comparar' };
      const { found } = look;
      const differing = differences(newest, found);
      if (!found.alive) return { kind: 'conflict', found, differences: ['status', ...differing], mismatches };
      const older = differing.length > 0;
      if (older && !earlier.some((snapshot) => differences(snapshot, found).length === 0))
        return { kind: 'conflict', found, differences: differing, mismatches };
      if (mismatches.length > 0 && !accepted) return { kind: 'conflict', found, differences: [], mismatches };
      return { kind: 'registered', found, older, mismatches };
    }
  }
}

/** What follows from the evidence for the attempt, its boleto and its item. */
export interface LookVerdict {
  resolution: 'registered' | 'refused' | 'absent' | 'unproven' | 'conflict' | null;
  /** Milliseconds until the next look or send; null = a person decides. */
  dueInMs: number | null;
}

export interface LookFacts {
  /** The attempt's own end: a bank that said "already there", or "registered", cannot prove absence. */
  attemptKind: string | null;
  /** Looks at this attempt that count as absence, this one included. */
  absences: number;
  /** Looks at this attempt that proved nothing, this one included. */
  fruitless: number;
  /** Earlier calls for this item that did not arrive, proven or not. */
  absentCalls: number;
  /** The bank takes each number (or key) of ours once: sent again under the same one, it is registered once or refused. */
  sameNumberIsSafe: boolean;
  /** Since the last call ended, or could no longer be under way; negative = it still can. */
  sinceCallMs: number;
  /** How the bank is asked about what it only accepted; null where its answer is final. */
  later: LaterRegistration | null;
  absenceLooks: number;
  staleMs: number;
  retryAfterMs: number | null;
  /** A number in [0, 1). */
  jitter: number;
  /** Time to wait after proven absence where nothing protects against a second registration. */
  quarantineMs: number;
}

/** After this many looks without proof, some 15 minutes, the machine stops asking and the operator reads Resultado incerto. */
export const FRUITLESS_LOOKS = 10;

/** Where the same number may be sent again, that is tried after so many: its refusal as a duplicate is evidence. */
export const UNPROVEN_LOOKS = 3;

/** A bank that loses one call in ten loses so many in a row once in a million: then a person looks. */
export const UNPROVEN_CALLS = 5;

/** So many calls in a row that never arrive are not bad luck: a person looks before there are more. */
const ABSENT_CALLS = 3;

/** Past the bank's cache by a clear margin. */
const SPACING_MS = 1_000;

/** The one place that decides what a look means. */
export function afterLook(evidence: Evidence, facts: LookFacts): LookVerdict {
  switch (evidence.kind) {
    case 'registered':
      return { resolution: 'registered', dueInMs: null };
    case 'conflict':
      return { resolution: 'conflict', dueInMs: null };
    case 'refused':
      return { resolution: 'refused', dueInMs: null };
    case 'absent':
      if (facts.attemptKind === 'duplicate' || facts.attemptKind === 'mismatch')
        return againOrPerson(facts, facts.fruitless + facts.absences);
      if (facts.absences >= facts.absenceLooks) {
        const calls = facts.absentCalls + 1;
        return { resolution: 'absent', dueInMs: calls % ABSENT_CALLS === 0 ? null : facts.quarantineMs };
      }
      return { resolution: null, dueInMs: facts.staleMs + SPACING_MS };
    case 'none':
      // However long it takes: it is neither lost nor anybody's turn.
      if (evidence.processing) return { resolution: null, dueInMs: nextPollMs(facts) };
      if (maySendAgain(facts) && facts.fruitless >= UNPROVEN_LOOKS) return { resolution: 'unproven', dueInMs: 0 };
      return againOrPerson(facts, facts.fruitless);
  }
}

/** The longer it was not decided, the less often it is asked. */
function nextPollMs({ later, sinceCallMs, staleMs, retryAfterMs }: LookFacts): number {
  const { firstLookMs, longestMs } = later ?? { firstLookMs: staleMs, longestMs: staleMs };
  const paced = Math.min(longestMs, Math.max(firstLookMs, sinceCallMs / 4));
  return Math.max(paced, staleMs + SPACING_MS, retryAfterMs ?? 0);
}

/** The bank said nothing about the call, or nobody was there to hear it. */
function isUnanswered({ attemptKind }: LookFacts): boolean {
  return attemptKind === null || attemptKind === 'ambiguous';
}

/** Under the same number, though no look could tell: it is registered once, or refused as a duplicate. */
function maySendAgain(facts: LookFacts): boolean {
  return facts.sameNumberIsSafe && isUnanswered(facts) && facts.absentCalls < UNPROVEN_CALLS;
}

function againOrPerson(facts: LookFacts, looks: number): LookVerdict {
  if (looks >= FRUITLESS_LOOKS) return { resolution: null, dueInMs: null };
  return {
    resolution: null,
    dueInMs: Math.max(facts.retryAfterMs ?? 0, facts.staleMs + SPACING_MS, backoffMs(looks, facts.jitter)),
  };
}

/** Whether a boleto may be sent once more, so long after its first call: it is registered once, or refused. */
export function resendIsSafe(
  { idempotency, idempotencyMs = Infinity }: Pick<GatewayCapabilities, 'idempotency' | 'idempotencyMs'>,
  sinceFirstCallMs: number,
): boolean {
  return idempotency !== 'none' && sinceFirstCallMs <= idempotencyMs;
}
