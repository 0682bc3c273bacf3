/** What a refusal may be about instead of its título: the account and carteira, or how this kind of document is written. */
export const doubts = ['account', 'documentForm'] as const;
export type Doubt = (typeof doubts)[number];

/** What the record says of the last minutes, of the carteira, over all workers. */
export interface DoubtFacts {
  doubt: Doubt;
  /** A code, words or a status say that it is the configuration: nobody has to guess. */
  named: boolean;
  /** Refusals of this kind that this título met, the present one included. */
  answers: number;
  /** Another one, with a document of the same kind where that is doubted, was registered. */
  passedLately: boolean;
  /** The same, by a call that was begun after this título's first refusal. */
  passedSince: boolean;
  /** Títulos (of a document: payers) that met their first such refusal after the last that was registered. */
  inARow: number;
}

/** `own`: it is this título's. `again`: nobody can tell yet. `pause`: everybody would be refused. */
export type DoubtVerdict = 'own' | 'again' | 'pause';

/** A refusal that only this título meets so often, while others pass, is about itself. */
const OWN_ANSWERS = 3;
/** So many in a row, none of them registered meanwhile, are no accident. */
const ACCOUNT_IN_A_ROW = 3;
const DOCUMENTS_IN_A_ROW = 2;

/** Whether a refusal stops everybody, or is this título's: the one place that decides it. */
export function judgeDoubt({ doubt, named, answers, passedLately, passedSince, inARow }: DoubtFacts): DoubtVerdict {
  if (doubt === 'documentForm') {
    // It paused, was resumed and is refused again: by now it is told on the título.
    if (answers >= OWN_ANSWERS) return 'own';
    return inARow >= DOCUMENTS_IN_A_ROW ? 'pause' : 'again';
  }
  // Nothing proves that this configuration ever worked, and the bank says what is wrong with it.
  if (named && !passedLately) return 'pause';
  if (inARow >= ACCOUNT_IN_A_ROW) return 'pause';
  if (answers < OWN_ANSWERS) return 'again';
  return passedSince || passedLately ? 'own' : 'pause';
}
