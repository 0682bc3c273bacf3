import type { BoletoState, ItemState } from './states';

/** What the record says about one item at the moment before it would be sent, all rows locked. */
export interface IntentFacts {
  /** The item is open and our lease token is still on it. */
  held: boolean;
  paused: boolean;
  concluding: boolean;
  receivableStatus: 'A' | 'R' | 'P' | 'C';
  released: boolean;
  impresso: boolean;
  /** An earlier system gave the título a boleto, and nobody said to register it all the same. */
  earlierBoleto: boolean;
  sameCarteira: boolean;
  /** The título's current boleto; null before the first intent. */
  boletoState: BoletoState | null;
  /** That boleto belongs to the account and convênio that the carteira has now. */
  sameAccount: boolean;
  /** Its number is one of the bank and convênio that the carteira has now, perhaps of another account. */
  sameSpace: boolean;
  hasUnresolvedAttempt: boolean;
  /** No look could tell whether one of its calls arrived. */
  hasUnprovenAttempt: boolean;
}

export type IntentDecision =
  | { kind: 'send' }
  /** The numbers that the título had belong to another bank or convênio, where nothing is open: it gets new ones. */
  | { kind: 'renumber' }
  /** Nothing changes: the batch is paused, or another slice took the item. */
  | { kind: 'held' }
  /** An earlier call may have registered it, or the bank showed something else: look. */
  | { kind: 'evidence' }
  /** The item ends, or goes to a person, without a call. `reason` is a code. */
  | { kind: 'settle'; state: ItemState; reason: string };

/** Whether a boleto may be sent now. The order matters: what may already be at the bank comes before what the título says. */
export function judgeIntent(facts: IntentFacts): IntentDecision {
  if (!facts.held) return { kind: 'held' };
  if (facts.boletoState === 'registered') return { kind: 'settle', state: 'registered', reason: 'alreadyRegistered' };
  if (facts.hasUnresolvedAttempt || facts.boletoState === 'conflict') {
    // What this account's bank does not know proves nothing about the other one.
    return facts.sameAccount ? { kind: 'evidence' } : { kind: 'settle', state: 'unconfirmed', reason: 'otherAccount' };
  }
  if (facts.concluding) return { kind: 'settle', state: 'skipped', reason: 'concluded' };
  if (facts.paused) return { kind: 'held' };
  if (facts.impresso) return { kind: 'settle', state: 'skipped', reason: 'alreadyRegistered' };
  if (facts.receivableStatus === 'R') return { kind: 'settle', state: 'skipped', reason: 'paid' };
  if (facts.receivableStatus === 'C') return { kind: 'settle', state: 'skipped', reason: 'cancelled' };
  if (!facts.released) return { kind: 'settle', state: 'skipped', reason: 'notReleased' };
  if (facts.earlierBoleto) return { kind: 'settle', state: 'skipped', reason: 'earlierBoleto' };
  if (!facts.sameCarteira) return { kind: 'settle', state: 'skipped', reason: 'carteiraChanged' };
  if (facts.boletoState === null || facts.sameAccount) return { kind: 'send' };
  if (facts.hasUnprovenAttempt) return { kind: 'settle', state: 'unconfirmed', reason: 'otherAccount' };
  return facts.sameSpace ? { kind: 'send' } : { kind: 'renumber' };
}
