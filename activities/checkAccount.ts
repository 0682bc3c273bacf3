import type { Knex } from 'knex';
import { SecretsKeyError, type SecretBox } from '../config/secrets';
import { beginAccountTest, noteAccountCheck } from '../record/accounts/accountTests';
import { getCarteira, loadAccount } from '../record/accounts/carteiras';
import { leasePermits } from '../record/engine/limits';
import type { AccountCheck, AccountCheckResult, CheckAccount } from '../domain/account/accountCheck';
import { routeOf, type CheckContext, type Gateway, type GatewayAccount } from '../domain/gateway';
import { createPermits, NoTurnInTime, type TakePermit } from './permits';

/** Each test asks the bank for a token of its own: so far apart, whoever asks for them, and wherever. */
const TEST_EVERY_MS = 10_000;
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
      const sinceMs = await beginAccountTest(knex, accountId, TEST_EVERY_MS);
      if (sinceMs !== null) return tooSoon(sinceMs);
      let { version } = account;
      const permits = createPermits({
        async lease(wanted, leadMs) {
          const given = await leasePermits(knex, accountId, routeOf(gateway.capabilities, 'look'), wanted, leadMs);
          version = given.accountVersion;
          return given;
        },
      });
      // Changed in the middle of the test, the account has another address: the read does not go to the old one.
      const call = oneRead(permits, () => version === account.version);
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

function tooSoon(sinceMs: number): AccountCheckResult {
  return {
    kind: 'tooSoon',
    testedSecondsAgo: Math.floor(sinceMs / 1_000),
    waitSeconds: Math.max(1, Math.ceil((TEST_EVERY_MS - sinceMs) / 1_000)),
  };
}

function oneRead(takePermit: TakePermit, isCurrent: () => boolean): CheckContext {
  const turn = { latest: 0 };
  return {
    timeoutMs: ANSWER_WITHIN_MS,
    permit: async () => {
      const before = performance.now() + ANSWER_WITHIN_MS;
      do turn.latest = (await takePermit(before)).latest;
      while (performance.now() > turn.latest);
    },
    maySend: () => isCurrent() && performance.now() <= turn.latest,
  };
}

const anotherKey: AccountCheck = {
  step: 'token',
  label: 'Token',
  ok: false,
  message: 'As credenciais da conta foram guardadas com outra SECRETS_KEY e não se abrem.',
  advice: 'Volte à SECRETS_KEY de antes, ou defina a conta de novo.',
};

function noTurn({ waitMs }: NoTurnInTime): AccountCheck {
  return {
    step: 'consulta',
    label: 'Consulta de teste',
    ok: false,
    message: `O limite de consultas da conta só dá vez a este teste daqui a ${Math.ceil(waitMs / 1_000)} s.`,
    advice: 'Teste de novo mais tarde, ou aumente o limite de consultas da conta.',
  };
}
