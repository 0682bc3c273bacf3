/** What the test of a gateway account looks at, in this order; one that fails is the last. */
export type AccountCheckStep = 'ambiente' | 'token' | 'escopos' | 'consulta';

export const accountCheckLabels: Readonly<Record<AccountCheckStep, string>> = {
  ambiente: 'Ambiente',
  token: 'Token',
  escopos: 'Escopos',
  consulta: 'Consulta de teste',
};

/** All texts are Portuguese and hold no secret. */
export interface AccountCheck {
  step: AccountCheckStep;
  ok: boolean;
  /** What was found, one sentence. */
  message: string;
  /** What to do; null when nothing is wrong. */
  advice: string | null;
}
