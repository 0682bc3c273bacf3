/** The routes of a simulated bank, by what a client uses them for. */
export type Route = 'register' | 'read' | 'list' | 'token' | 'cancel' | 'pix' | 'createPix';

/** Whether the bank does its work before the fault shows: `after` = registered, and the client cannot know. */
type When = 'before' | 'after';

/**
 * In what the answer to a registration or a read is misprinted; the bank's own books stay right. `pixEmpty`: the answer
 * lacks the Pix, which the bank has; `pixMissing`: the bank made none, until it is asked for one.
 */
export type Misprint =
  'line' | 'bank' | 'amount' | 'dueDate' | 'ourNumber' | 'pixCrc' | 'pixAmount' | 'pixEmpty' | 'pixMissing';

/**
 * What is wrong with one page of a list: it says that it is the last, is the first page once more, goes on for ever
 * with itself, or has boletos of another company among its rows.
 */
export type Mislisting = 'endsEarly' | 'repeatsPage' | 'standsStill' | 'foreign';

/** What goes wrong. Unless said otherwise nothing is processed. Durations are milliseconds. */
export type Fault =
  | { kind: 'slow'; ms: number; when?: When }
  /** Never answers. `lateMs`: registers that long after the call came. */
  | { kind: 'silent'; when?: When; lateMs?: number }
  | { kind: 'drop'; when?: When }
  /** An answer of this status in the bank's own shape for it: 401, 403, 404, 408, 429, 500, 502, 503, 504 … */
  | { kind: 'status'; status: number; when?: When; retryAfter?: string }
  | { kind: 'html'; status?: number; when?: When }
  | { kind: 'empty'; status?: number; when?: When }
  /** The right answer cut in its middle: as a complete message, or with the connection ended (`cut`). */
  | { kind: 'truncated'; cut?: boolean }
  /** An error text with what no record should hold. */
  | { kind: 'dirty'; content: 'nul' | 'loneSurrogate' | 'invalidUtf8' | 'huge'; status?: number; when?: When }
  /** 307 to the very same address. */
  | { kind: 'redirect' }
  /** A refusal that repeats all it was sent, credentials included. */
  | { kind: 'echo' }
  | { kind: 'invalidClient' }
  /** Does its work, and answers with wrong codes. */
  | { kind: 'misprint'; what: Misprint }
  /** Answers a list with a page that is wrong. */
  | { kind: 'mislist'; what: Mislisting }
  /** Does its work, and answers with another boleto's number and codes; rightly while the convênio has no other. */
  | { kind: 'crosstalk' };

export interface FaultRule {
  match?: {
    route?: Route;
    /** Client id of the account that calls. */
    account?: string;
    ourNumber?: string;
    ownReference?: string;
    /** Only calls about a boleto that the bank does not have: with `empty`, a bank whose not-found has no body. */
    unknown?: true;
    /** Every Nth call that matches the rest of the rule: 3 = the third, the sixth … */
    every?: number;
    /** Decided by seed, boleto and how many calls it had: the same in every run, whatever the order of arrival. */
    probability?: number;
  };
  fault: Fault;
  /** How often the rule applies; always when absent. */
  times?: number;
}

/** What a call is about, as far as faults are concerned. */
export interface CallKey {
  route: Route;
  /** Client id; null where the call does not name one that the bank knows. */
  account: string | null;
  ourNumber: string | null;
  /** null also where the number is none that the bank has. */
  ownReference: string | null;
}

export interface Faults {
  rules(): readonly FaultRule[];
  replace(rules: FaultRule[], seed?: number): void;
  /** The fault of the first rule that matches this call, and counts it. */
  pick(call: CallKey): Fault | null;
}

export function createFaults(): Faults {
  let seed = 1;
  let active: { rule: FaultRule; index: number; seen: number; applied: number; visits: Map<string, number> }[] = [];

  return {
    rules: () => active.map(({ rule }) => rule),
    replace(rules, newSeed = 1) {
      seed = newSeed;
      active = rules.map((rule, index) => ({ rule, index, seen: 0, applied: 0, visits: new Map() }));
    },
    pick(call) {
      for (const state of active) {
        const { rule } = state;
        const match = rule.match ?? {};
        if (rule.times !== undefined && state.applied >= rule.times) continue;
        if (match.route && match.route !== call.route) continue;
        if (match.account && match.account !== call.account) continue;
        if (match.ourNumber && match.ourNumber !== call.ourNumber) continue;
        if (match.ownReference && match.ownReference !== call.ownReference) continue;
        if (match.unknown && call.ownReference !== null) continue;
        state.seen += 1;
        if (match.every && state.seen % match.every !== 0) continue;
        if (match.probability !== undefined) {
          const boleto = call.ownReference ?? call.ourNumber ?? '';
          const visit = (state.visits.get(boleto) ?? 0) + 1;
          state.visits.set(boleto, visit);
          if (fraction(`${seed}/${state.index}/${call.route}/${boleto}/${visit}`) >= match.probability) continue;
        }
        state.applied += 1;
        return rule.fault;
      }
      return null;
    },
  };
}

/** A number in [0, 1) that depends on the text alone (FNV-1a, mixed). */
export function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}
