/** One thing that the test of a gateway account looks at. All texts are Portuguese and hold no secret. */
export interface AccountCheck {
  /** A code of the adapter's, in its order; one that fails is the last. */
  step: string;
  /** The same for people: `Consulta de teste`. */
  label: string;
  ok: boolean;
  /** What was found, one sentence. */
  message: string;
  /** What to do; null when nothing is wrong. */
  advice: string | null;
}

export type AccountCheckResult =
  | { kind: 'checked'; steps: AccountCheck[] }
  | { kind: 'unknownCarteira' }
  | { kind: 'noAccount' }
  /** Somebody tested the account a moment ago: the bank is not asked again yet. */
  | { kind: 'tooSoon'; testedSecondsAgo: number; waitSeconds: number };

/** `by`: opaque login id. Reaches the bank with the carteira's account, registers nothing, and leaves an audit entry. */
export type CheckAccount = (carteiraId: number, by: string) => Promise<AccountCheckResult>;
