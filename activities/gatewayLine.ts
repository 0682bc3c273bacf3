import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { SecretBox } from '../config/secrets';
import { openIntents, type Intent, type IntentRequest } from '../record/engine/intents';
import { readDoubt, type DoubtedCall } from '../record/engine/doubts';
import { inGroups } from '../record/inGroups';
import { leasePermits, leaseWithinQuota, useUpQuota } from '../record/engine/limits';
import { recordOutcomes, type Outcome } from '../record/engine/outcomes';
import { routeOf, type Gateway, type GatewayAccount, type GatewayCall, type RouteClass } from '../domain/gateway';
import { createAskLook, type AskLook } from './askLook';
import { createNumberingWatch, drawNumbersAhead, type NumberingWatch } from './numberingWatch';
import { createPermits, type TakePermit } from './permits';
import { createReach, type Reach } from './reach';
import { createSlots, type Slots } from './slots';
import { createTokens, type Tokens } from './tokens';

/** Everything that the calls of one gateway account share in this worker. */
export interface GatewayLine {
  gateway: Gateway;
  tokens: Tokens;
  reach: Reach;
  /** Turns of the class of routes that this call belongs to. */
  permits(call: GatewayCall): TakePermit;
  /** How far apart turns to look were at last; null before the first. */
  readSpacingMs(): number | null;
  /** For how long the quota of registrations is used up, as this worker last heard; 0 = it is not. */
  usedUpForMs(): number;
  /** The bank says that the quota of registrations is used up. */
  noteQuotaUsedUp(): Promise<void>;
  /** Together with other looks of this moment, where the bank answers many at once; else by itself. */
  look: AskLook;
  /** Calls under way at once. */
  calls: Slots;
  /** Intents written whose call has not left yet: what a kill at this moment leaves to be looked up. */
  ahead: Slots;
  numbering: NumberingWatch;
  openIntent(request: IntentRequest): Promise<Intent>;
  recordOutcome(outcome: Outcome): Promise<void>;
  /** What others of the carteira say about a refusal that may be about all of them. */
  readDoubt(call: DoubtedCall): ReturnType<typeof readDoubt>;
  /** Reads the account anew when it is older than a few seconds: an administrator may have mended it. */
  account(): Promise<GatewayAccount>;
  /** The record has another version of it: whoever asks next reads it anew. */
  forgetAccount(): void;
}

const CALLS_UNDER_WAY = 64;
const INTENTS_A_GROUP = 25;
/** While one group is sent the next is written; all of them hold one of the calls, so that a kill leaves no more to look up. */
const INTENTS_AHEAD = 2 * INTENTS_A_GROUP;
/** And at a slow allowance no more than it lets go in this time: an intent waits for its turn with its deadline running. */
const AHEAD_MS = 4_000;
const FLUSH_SIZE = 100;
/** A group of many costs the record little more than a group of one; waiting longer, a kill leaves more to look up. */
const INTENTS_GATHER_MS = 10;
const FLUSH_GATHER_MS = 20;
const ACCOUNT_FRESH_MS = 5_000;
/** An answer is kept for a database that is away this long; after that, looks find it out again. */
const RECORD_PATIENCE_MS = 20_000;
const RECORD_PAUSE_MS = 250;

export interface LineDeps {
  knex: Knex;
  secretBox: SecretBox;
  loadAccount(accountId: number): Promise<GatewayAccount>;
  /** Which of the numbers to come the bank is asked about; another choice in a test. */
  numbersAhead?: () => readonly number[];
}

/** @returns the line of an account, made at its first use and kept for the life of the worker. */
export function createLines(deps: LineDeps, gateway: Gateway): (accountId: number) => GatewayLine {
  const lines = new Map<number, GatewayLine>();
  return (accountId) => {
    let line = lines.get(accountId);
    if (!line) lines.set(accountId, (line = createLine(deps, gateway, accountId)));
    return line;
  };
}

function createLine(deps: LineDeps, gateway: Gateway, accountId: number): GatewayLine {
  const { knex, secretBox, loadAccount, numbersAhead = drawNumbersAhead } = deps;
  const ahead = createSlots(INTENTS_AHEAD);
  let readSpacingMs: number | null = null;
  let usedUpUntil = -Infinity;
  const { capabilities } = gateway;
  const [registers, looks] = [routeOf(capabilities, 'register'), routeOf(capabilities, 'look')];
  const tokens = createTokens(knex, secretBox, gateway, accountId);
  let loaded: { account: Promise<GatewayAccount>; at: number } | null = null;
  // Whoever is given a turn learns with it which version the account has: at a change, nothing waits with the old one.
  const lease = (routeClass: RouteClass) => async (wanted: number, leadMs: number) => {
    const quota = capabilities.limits[routeClass]?.quota;
    const given = quota
      ? await leaseWithinQuota(knex, accountId, routeClass, wanted, leadMs, quota)
      : await leasePermits(knex, accountId, routeClass, wanted, leadMs);
    tokens.noteVersion(given.accountVersion);
    return given;
  };
  const takers = new Map<RouteClass, TakePermit>();
  function permitsOf(routeClass: RouteClass): TakePermit {
    let take = takers.get(routeClass);
    if (!take) {
      take = createPermits({
        lease: lease(routeClass),
        onSpacing(spacingMs) {
          if (routeClass === registers) ahead.resize(Math.min(INTENTS_AHEAD, Math.ceil(AHEAD_MS / spacingMs)));
          if (routeClass === looks) readSpacingMs = spacingMs;
        },
        onQuota(usedUpForMs) {
          if (routeClass === registers) usedUpUntil = performance.now() + usedUpForMs;
        },
      });
      takers.set(routeClass, take);
    }
    return take;
  }
  const line: GatewayLine = {
    gateway,
    tokens,
    reach: createReach(),
    permits: (call) => permitsOf(routeOf(capabilities, call)),
    usedUpForMs: () => Math.max(0, usedUpUntil - performance.now()),
    async noteQuotaUsedUp() {
      const quota = capabilities.limits[registers]?.quota;
      if (quota) await useUpQuota(knex, accountId, registers, quota);
    },
    look: createAskLook(() => line, gateway),
    readSpacingMs: () => readSpacingMs,
    calls: createSlots(CALLS_UNDER_WAY),
    ahead,
    numbering: createNumberingWatch(knex, () => line, numbersAhead),
    openIntent: inGroups(INTENTS_A_GROUP, (requests) => openIntents(knex, gateway, requests), INTENTS_GATHER_MS),
    recordOutcome: inGroups(FLUSH_SIZE, (outcomes) => patiently(() => recordOutcomes(knex, outcomes)), FLUSH_GATHER_MS),
    readDoubt: (call) => patiently(() => readDoubt(knex, call)),
    account() {
      if (!loaded || performance.now() - loaded.at > ACCOUNT_FRESH_MS)
        loaded = { account: loadAccount(accountId), at: performance.now() };
      return loaded.account;
    },
    forgetAccount: () => (loaded = null),
  };
  return line;
}

/** Repeats a write that the database did not take because it is away; a row that it refuses fails at once. */
async function patiently<T>(write: () => Promise<T>): Promise<T> {
  const until = performance.now() + RECORD_PATIENCE_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (isRefusedRow(error) || performance.now() > until) throw error;
      await sleep(RECORD_PAUSE_MS);
    }
  }
}

/** SQLSTATE classes 22 (data) and 23 (constraints). */
function isRefusedRow(error: unknown): boolean {
  return /^2[23]/.test(String((error as { code?: unknown } | null)?.code));
}
