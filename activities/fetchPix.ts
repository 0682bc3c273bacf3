import { Context } from '@temporalio/activity';
import type { Knex } from 'knex';
import { claimMissingPix, holdPixOf, postponePix, storePix, type MissingPix } from '../record/engine/pixFetch';
import type { AccessToken, CallContext, GatewayAccount, PixResult, Sought } from '../domain/gateway';
import { nextPixTryInMs } from '../domain/boleto/pixFetch';
import { checkPix, mismatchWords } from '../domain/boleto/registrationCheck';
import type { Cents } from '../domain/kinds/money';
import { withNewestToken } from './callContext';
import type { GatewayLine } from './gatewayLine';
import type { GatewayActivities } from './index';
import { inTurn } from './inTurn';
import { TURN_WITHIN_MS } from './askLook';
import { NoTurnInTime } from './permits';

/** Asked about side by side; the account's allowance says how fast. */
const SIDE_BY_SIDE = 10;
/** The sweep comes again in minutes. */
const BUDGET_MS = 200_000;
/** An account that cannot be used is asked again after this; what ails it is told elsewhere. */
const HELD_MS = 10 * 60_000;

/**
 * Fetches the Pix of boletos that were registered without it; where the bank has none, it is asked to make one. A Pix
 * that comes is held against its boleto first, as at the registration.
 */
export function createFetchPix(
  knex: Knex,
  gateway: string,
  lineOf: (accountId: number) => GatewayLine,
): GatewayActivities['fetchPix'] {
  return async () => {
    const result = { asked: 0, fetched: 0 };
    const until = performance.now() + BUDGET_MS;
    /** Accounts that cannot be asked just now: they keep nobody else waiting. */
    const silent = new Set<number>();
    while (performance.now() < until) {
      Context.current().heartbeat(result.asked);
      const some = await claimMissingPix(knex, gateway, SIDE_BY_SIDE);
      if (some.length === 0) break;
      await Promise.all(
        some.map(async (missing) => {
          // One account that cannot even be opened keeps no other waiting.
          const end = await fetchOne(knex, lineOf(missing.accountId), missing, silent).catch(() => {
            silent.add(missing.accountId);
            return 'unheard' as const;
          });
          if (end !== 'unheard') result.asked += 1;
          if (end === 'fetched') result.fetched += 1;
        }),
      );
      for (const accountId of silent) await holdPixOf(knex, accountId, HELD_MS);
    }
    return result;
  };
}

async function fetchOne(
  knex: Knex,
  line: GatewayLine,
  missing: MissingPix,
  silent: Set<number>,
): Promise<'fetched' | 'none' | 'unheard'> {
  const { accountId, boletoId, amountCents } = missing;
  if (silent.has(accountId)) return 'unheard';
  if (!line.gateway.capabilities.pixLater) {
    await noneCame(knex, { ...missing, tries: Number.MAX_SAFE_INTEGER - 1 }, 'semPixDepois', NOT_LATER);
    return 'none';
  }
  const pix = await ask(line, missing);
  if (pix === 'unheard') {
    silent.add(accountId);
    return 'unheard';
  }
  switch (pix.kind) {
    case 'pix': {
      const mismatches = checkPix(pix.emv, amountCents as Cents);
      if (mismatches.length === 0) {
        await storePix(knex, boletoId, pix);
        return 'fetched';
      }
      await noneCame(knex, missing, 'pixDivergente', `O Pix que o banco deu não serve: ${mismatchWords(mismatches)}.`);
      return 'none';
    }
    case 'none':
      await noneCame(knex, missing, '', 'O banco aceitou o pedido, e ainda não tem o Pix deste boleto.');
      return 'none';
    case 'refused':
      await noneCame(knex, { ...missing, refusals: missing.refusals + 1 }, pix.code, pix.message);
      return 'none';
    case 'unusable':
      await noneCame(knex, missing, String(pix.exchange.status ?? ''), pix.message);
      if (pix.failure !== 'transient') silent.add(accountId);
      return 'none';
  }
}

const NOT_LATER = 'Este gateway só dá o Pix junto com o registro.';

async function noneCame(knex: Knex, missing: MissingPix, code: string, message: string): Promise<void> {
  const tries = Math.min(missing.tries + 1, 100);
  const { boletoId, refusals } = missing;
  await postponePix(knex, boletoId, { dueInMs: nextPixTryInMs({ tries, refusals }), tries, refusals, code, message });
}

/** What the bank has; without it, what it makes. Asked first, it never makes a second one. */
async function ask(line: GatewayLine, missing: MissingPix): Promise<PixResult | 'unheard'> {
  const { convenio, ourNumber, payer, timeoutMs } = missing;
  const sought: Sought = { convenio, ourNumber, payer };
  const has = await callOnce(line, 'readPix', timeoutMs, (call) => line.gateway.readPix(sought, call));
  if (has === 'unheard' || has.kind !== 'none') return has;
  return callOnce(line, 'createPix', timeoutMs, (call) => line.gateway.createPix(sought, call));
}

async function callOnce(
  line: GatewayLine,
  route: 'readPix' | 'createPix',
  timeoutMs: number,
  send: (call: CallContext) => Promise<PixResult>,
): Promise<PixResult | 'unheard'> {
  const opened = await openAccount(line);
  if (opened === null) return 'unheard';
  let { token } = opened;
  const turn = { before: performance.now() + TURN_WITHIN_MS, stillWanted: () => true, onSend: () => undefined };
  const result = await inTurn(line.permits(route), turn, (given) => {
    const context = withNewestToken(line.tokens, { ...opened, token, timeoutMs }, given);
    return send(context).finally(() => (token = context.token));
  });
  if (result instanceof NoTurnInTime || result.exchange.sentAt === null) return 'unheard';
  if (result.kind !== 'unusable') line.tokens.worked(token.generation);
  // One that expired unnoticed is nobody's fault: the next try has another.
  else if (result.failure === 'auth' && (await line.tokens.refused(token.generation)) === 'expired') return 'unheard';
  return result;
}

async function openAccount(line: GatewayLine): Promise<{ account: GatewayAccount; token: AccessToken } | null> {
  const account = await line.account();
  const current = await line.tokens.current(account);
  return current.kind === 'token' ? { account, token: current.token } : null;
}
