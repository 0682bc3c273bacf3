import type { Knex } from 'knex';
import { SecretsKeyError, type SecretBox } from '../config/secrets';
import { getCarteira, loadAccount, noteAccountCheck } from '../db/carteiras';
import { leasePermits } from '../db/limits';
import type { AccountCheck, CheckAccount } from '../domain/accountCheck';
import type { CheckContext, Gateway, GatewayAccount } from '../domain/gateway';
import { createPermits, NoTurnInTime, type TakePermit } from './permits';

/** For each of the two calls, and for the turn of the second. */
const ANSWER_WITHIN_MS = 10_000;

export interface CheckAccountDeps {
  knex: Knex;
  secretBox: SecretBox;
  gateways: Readonly<Record<string, Gateway>>;
}

/** Not an activity of a batch: handed to the API and to the command line by whoever starts them. */
export function createCheckAccount({ knex, secretBox, gateways }: CheckAccountDeps): CheckAccount {
  return async (carteiraId, by) => {
    const carteira = await getCarteira(knex, carteiraId);
    if (!carteira) return { kind: 'unknownCarteira' };
    const { accountId, convenio, homologation } = carteira;
    const gateway = gateways[carteira.gateway ?? ''];
    if (!gateway || accountId === null || convenio === null) return { kind: 'noAccount' };
    const steps: AccountCheck[] = [];
    try {
      const account: GatewayAccount = await loadAccount(knex, secretBox, accountId);
      const call = oneRead(
        createPermits({ lease: (wanted, leadMs) => leasePermits(knex, accountId, 'read', wanted, leadMs) }),
      );
      for await (const step of gateway.checkAccount(account, { convenio, homologation }, call)) steps.push(step);
    } catch (error) {
      if (error instanceof SecretsKeyError) steps.push(anotherKey);
      else if (error instanceof NoTurnInTime) steps.push(noTurn(error));
      else throw error;
    }
    await noteAccountCheck(knex, { carteiraId, by, steps });
    return { kind: 'checked', steps };
  };
}

function oneRead(takePermit: TakePermit): CheckContext {
  const turn = { latest: 0 };
  return {
    timeoutMs: ANSWER_WITHIN_MS,
    permit: async () => {
      const before = performance.now() + ANSWER_WITHIN_MS;
      do turn.latest = (await takePermit(before)).latest;
      while (performance.now() > turn.latest);
    },
    maySend: () => performance.now() <= turn.latest,
  };
}

const anotherKey: AccountCheck = {
  step: 'token',
  ok: false,
  message: 'As credenciais da conta foram guardadas com outra SECRETS_KEY e não se abrem.',
  advice: 'Volte à SECRETS_KEY de antes, ou defina a conta de novo.',
};

function noTurn({ waitMs }: NoTurnInTime): AccountCheck {
  return {
    step: 'consulta',
    ok: false,
    message: `O limite de consultas da conta só dá vez a este teste daqui a ${Math.ceil(waitMs / 1_000)} s.`,
    advice: 'Teste de novo mais tarde, ou aumente o limite de consultas da conta.',
  };
}
