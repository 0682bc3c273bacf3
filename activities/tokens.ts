import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { SecretBox } from '../config/secrets';
import { beginRefresh, endRefresh, expireToken, readToken, storeToken } from '../db/tokens';
import type { AccessToken, Gateway, GatewayAccount } from '../domain/gateway';

export type CurrentToken =
  | { kind: 'token'; token: AccessToken }
  | { kind: 'transient' | 'config'; message: string; retryAfterMs: number | null };

/** The one token of a gateway account, shared by all workers through the record. */
export interface Tokens {
  current(account: GatewayAccount): Promise<CurrentToken>;
  /** The gateway accepted a call made with it. */
  worked(generation: number): void;
  /**
   * The gateway answered 401. `expired`: a new one may help; `refused`: two fresh ones in a row were, so the credentials
   * are wrong. One alone can be a token that the gateway has not spread to all its machines, or forgot.
   */
  refused(generation: number): Promise<'expired' | 'refused'>;
}

const AUTH_TIMEOUT_MS = 10_000;
const REFRESH_LEASE_MS = AUTH_TIMEOUT_MS + 5_000;
/** A token this close to its end is not used any more. */
const EARLY_MS = 30_000;
const POLL_MS = 100;

export function createTokens(knex: Knex, secretBox: SecretBox, gateway: Gateway, accountId: number): Tokens {
  let known: { token: AccessToken; usableUntil: number } | null = null;
  let asking: Promise<CurrentToken> | null = null;
  /** Generations fetched here that no call has proven yet. */
  const unproven = new Set<number>();
  /** The last of them that was refused, with nothing accepted since. */
  let refusedFresh: number | null = null;

  async function obtain(account: GatewayAccount): Promise<CurrentToken> {
    const patience = performance.now() + REFRESH_LEASE_MS;
    for (;;) {
      const asked = performance.now();
      const stored = await readToken(knex, accountId);
      if (stored && stored.expiresInMs > 0) {
        const token = { value: secretBox.open(stored.sealed), generation: stored.generation };
        known = { token, usableUntil: asked + stored.expiresInMs - early(stored.expiresInMs) };
        return { kind: 'token', token };
      }
      if (await beginRefresh(knex, accountId, stored?.generation ?? 0, REFRESH_LEASE_MS)) return refresh(account);
      if (performance.now() > patience)
        return { kind: 'transient', message: 'Outro processo está renovando o token.', retryAfterMs: null };
      await sleep(POLL_MS);
    }
  }

  async function refresh(account: GatewayAccount): Promise<CurrentToken> {
    const asked = performance.now();
    const result = await gateway.authenticate(account, AUTH_TIMEOUT_MS).catch(async (error: unknown) => {
      await endRefresh(knex, accountId);
      throw error;
    });
    if (result.kind !== 'token') {
      await endRefresh(knex, accountId);
      return result;
    }
    const generation = await storeToken(knex, accountId, secretBox.seal(result.value), result.expiresInMs);
    const token = { value: result.value, generation };
    unproven.add(generation);
    known = { token, usableUntil: asked + result.expiresInMs - early(result.expiresInMs) };
    return { kind: 'token', token };
  }

  return {
    async current(account) {
      if (known && performance.now() < known.usableUntil) return { kind: 'token', token: known.token };
      asking ??= obtain(account).finally(() => (asking = null));
      return asking;
    },
    worked(generation) {
      unproven.delete(generation);
      refusedFresh = null;
    },
    async refused(generation) {
      if (known?.token.generation === generation) known = null;
      await expireToken(knex, accountId, generation);
      if (!unproven.has(generation)) return 'expired';
      const isSecond = refusedFresh !== null && generation > refusedFresh;
      refusedFresh ??= generation;
      return isSecond ? 'refused' : 'expired';
    },
  };
}

/** Half the life of a token that lives shorter than twice the margin. */
function early(lifeMs: number): number {
  return Math.min(EARLY_MS, lifeMs / 2);
}
