import type { Knex } from 'knex';
import { getCarteira, type CarteiraDetails } from '../record/accounts/carteiras';
import { CliError } from './error';

/** A carteira that is tied to an account. */
export type UsableCarteira = CarteiraDetails & { gateway: string; accountId: number };

/**
 * Before anything starts, so that a mistake leaves no batch behind. The workflow's first activity checks again.
 * @throws CliError exit 1 for an unknown carteira, or one without gateway account
 */
export async function usableCarteira(knex: Knex, carteiraId: number): Promise<UsableCarteira> {
  const carteira = await getCarteira(knex, carteiraId);
  if (!carteira)
    throw new CliError(
      1,
      'carteira_desconhecida',
      `a carteira ${carteiraId} não existe`,
      'veja as existentes com: boletos carteira listar',
    );
  const { accountId, convenio, gateway } = carteira;
  if (accountId === null || convenio === null || gateway === null)
    throw new CliError(
      1,
      'carteira_sem_conta',
      `a carteira ${carteiraId} não tem conta de gateway`,
      `informe com: boletos carteira definir ${carteiraId} --gateway NOME …`,
    );
  return { ...carteira, accountId, gateway };
}
