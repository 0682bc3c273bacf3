import { BANK, accountOf, convenioOf } from '../cadastro';
import { boletos, type Said } from './boletos';
import type { Stage } from './stage';

interface Changes {
  origin?: string;
  clientId?: string;
  clientSecret?: string;
  appKey?: string;
  nextNumber?: number;
  beneficiary?: { agency: string; account: string };
}

/** `boletos carteira definir`: what is not named stays as the carteira was loaded. */
export async function define({ stack, bank }: Stage, carteiraId: number, changes: Changes = {}): Promise<Said> {
  const { origin = bank.origin, nextNumber, beneficiary, ...credentials } = changes;
  const args = [
    ...['carteira', 'definir', String(carteiraId), '--gateway', BANK, '--convenio', convenioOf(carteiraId)],
    ...['--base-url', `${origin}/cobrancas/v2`, '--auth-url', `${origin}/oauth/token`, '--credenciais', '-'],
    ...(nextNumber === undefined ? [] : ['--proximo-numero', String(nextNumber)]),
    ...(beneficiary ? ['--agencia', beneficiary.agency, '--conta', beneficiary.account] : []),
  ];
  return boletos(stack, args, JSON.stringify({ ...accountOf(carteiraId), ...credentials }));
}
