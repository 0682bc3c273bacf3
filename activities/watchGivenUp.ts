import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Knex } from 'knex';
import { adoptFound } from '../record/engine/adoption';
import { dueGivenUp, postponeWatches, watchAgain, type GivenUpBoleto } from '../record/engine/givenUp';
import { closeLook, forgetLook, openLook } from '../record/engine/looks';
import { isAnothers } from '../domain/boleto/evidence';
import type { FoundBoleto } from '../domain/gateway';
import { SYSTEM } from '../domain/kinds/actors';
import type { GatewayLine } from './gatewayLine';
import type { GatewayActivities } from './index';
import { mismatchesOf, neverAsked } from './lookForEvidence';
import { NoTurnInTime } from './permits';

/** In one go: a sweep comes again in minutes. */
const AT_MOST = 50;

/**
 * Looks for numbers that were given up. One that is alive after all is its título's boleto, where that has no other;
 * where it has, the payer can pay twice, and an alert says so.
 */
export function createWatchGivenUp(
  knex: Knex,
  gateway: string,
  lineOf: (accountId: number) => GatewayLine,
): GatewayActivities['watchGivenUp'] {
  return async () => {
    const result = { looked: 0, alive: 0 };
    /** Accounts that cannot be asked just now: they keep nobody else waiting. */
    const silent = new Set<number>();
    for (const boleto of await dueGivenUp(knex, gateway, AT_MOST)) {
      if (silent.has(boleto.accountId)) continue;
      Context.current().heartbeat(result.looked);
      const found = await lookFor(knex, lineOf(boleto.accountId), boleto).catch(() => 'unheard' as const);
      if (found === 'unheard') {
        silent.add(boleto.accountId);
        await postponeWatches(knex, boleto.accountId);
        continue;
      }
      result.looked += 1;
      await watchAgain(knex, boleto.boletoId);
      if (!found?.alive || isAnothers(found, boleto.snapshot.ownReference)) continue;
      result.alive += 1;
      await settle(knex, lineOf(boleto.accountId), boleto, found);
    }
    return result;
  };
}

async function lookFor(
  knex: Knex,
  line: GatewayLine,
  { boletoId, attemptId, accountId, snapshot, timeoutMs, ...given }: GivenUpBoleto,
): Promise<FoundBoleto | null | 'unheard'> {
  const account = await line.account();
  const current = await line.tokens.current(account);
  if (current.kind !== 'token') return 'unheard';
  // Under our own number where we give them: what the bank answered with may be another's.
  const bankId = snapshot.ourNumber === null ? given.bankId : null;
  const id = randomUUID();
  const { staleMs } = line.gateway.capabilities;
  const identity = line.gateway.lookIdentity(snapshot, bankId);
  if ((await openLook(knex, { id, attemptId, boletoId, accountId, identity, staleMs })) !== null) return 'unheard';
  const { look } = await line.look({ account, token: current.token, timeoutMs, asked: { sought: snapshot, bankId } });
  if (look instanceof NoTurnInTime || neverAsked(look)) {
    await forgetLook(knex, id);
    return 'unheard';
  }
  await closeLook(knex, id, look, null);
  return look.kind === 'found' ? look.found : null;
}

async function settle(knex: Knex, line: GatewayLine, boleto: GivenUpBoleto, found: FoundBoleto): Promise<void> {
  const { accountId, convenio, acceptsMismatches } = boleto;
  const space = { gateway: line.gateway.name, accountId, convenio };
  const options = { mismatches: mismatchesOf(line.gateway, found), accepted: acceptsMismatches, by: SYSTEM };
  await knex.transaction((trx) => adoptFound(trx, space, line.gateway, found, options));
}
