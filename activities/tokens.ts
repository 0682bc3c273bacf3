import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { SecretBox } from '../config/secrets';
import { acceptToken, beginRefresh, endRefresh, readToken, refuseToken, storeToken } from '../db/tokens';
import { backoffMs } from '../domain/failure';
import type { AccessToken, Gateway, GatewayAccount } from '../domain/gateway';
import { tokenPlace } from '../domain/sealedPlaces';

export type CurrentToken =
  | { kind: 'token'; token: AccessToken }
  | { kind: 'transient' | 'config'; message: string; retryAfterMs: number | null };

/** The one token of a gateway account, shared by all workers through the record. */
export interface Tokens {
  /** A failure is remembered for a moment: many items that need the token do not each ask for it. */
  current(account: GatewayAccount): Promise<CurrentToken>;
  /** The newest token known here, for a call that waited for its turn with an older one. */
  newest(token: AccessToken): AccessToken;
  /** The gateway accepted a call made with it. */
  worked(generation: number): void;
  /**
   * The gateway answered 401. `expired`: a new one may help; `refused`: two in a row were refused without any worker
   * having had one accepted, so the credentials are wrong. One alone can be a token that the gateway has not spread to
   * all its machines, or forgot.
   */
  refused(generation: number): Promise<'expired' | 'refused'>;
}

const AUTH_TIMEOUT_MS = 10_000;
const REFRESH_LEASE_MS = AUTH_TIMEOUT_MS + 5_000;
/** A token this close to its end is not used any more: a call may wait so long for its turn. */
const EARLY_MS = 30_000;
const POLL_MS = 100;
/** Wrong credentials are mended by a person, who then expects to be heard. */
const CONFIG_REMEMBERED_MS = 1_000;
const LONGEST_FAILURE_MS = 30_000;
const REFUSALS = 2;

export function createTokens(knex: Knex, secretBox: SecretBox, gateway: Gateway, accountId: number): Tokens {
  let known: { token: AccessToken; usableUntil: number } | null = null;
  let asking: Promise<CurrentToken> | null = null;
  let failed: { end: Exclude<CurrentToken, { kind: 'token' }>; until: number; inARow: number } | null = null;
  /** The last one that was told to the record as accepted. */
  let accepted = 0;

  async function obtain(account: GatewayAccount): Promise<CurrentToken> {
    const patience = performance.now() + REFRESH_LEASE_MS;
    for (;;) {
      const asked = performance.now();
      const stored = await readToken(knex, accountId);
      if (stored && stored.usableForMs > 0) {
        const token = { value: secretBox.open(stored.sealed, tokenPlace(accountId)), generation: stored.generation };
        return keep(token, asked + stored.usableForMs);
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
      return remember(result);
    }
    const usableForMs = result.expiresInMs - early(result.expiresInMs);
    const generation = await storeToken(
      knex,
      accountId,
      secretBox.seal(result.value, tokenPlace(accountId)),
      usableForMs,
    );
    return keep({ value: result.value, generation }, asked + usableForMs);
  }

  function keep(token: AccessToken, usableUntil: number): CurrentToken {
    known = { token, usableUntil };
    failed = null;
    return { kind: 'token', token };
  }

  function remember(end: Exclude<CurrentToken, { kind: 'token' }>): CurrentToken {
    const inARow = (failed?.inARow ?? 0) + 1;
    const waitMs = Math.min(LONGEST_FAILURE_MS, Math.max(end.retryAfterMs ?? 0, backoffMs(inARow, Math.random())));
    failed = { end, until: performance.now() + (end.kind === 'config' ? CONFIG_REMEMBERED_MS : waitMs), inARow };
    return end;
  }

  return {
    async current(account) {
      if (known && performance.now() < known.usableUntil) return { kind: 'token', token: known.token };
      const waitMs = (failed?.until ?? 0) - performance.now();
      if (failed && waitMs > 0) return { ...failed.end, retryAfterMs: Math.max(failed.end.retryAfterMs ?? 0, waitMs) };
      asking ??= obtain(account).finally(() => (asking = null));
      return asking;
    },
    newest: (token) => (known && known.token.generation > token.generation ? known.token : token),
    worked(generation) {
      if (generation <= accepted) return;
      accepted = generation;
      // No answer waits for it; untold, it is told with the next generation.
      acceptToken(knex, accountId, generation).catch(() => undefined);
    },
    async refused(generation) {
      if (known?.token.generation === generation) known = null;
      const inARow = await refuseToken(knex, accountId, generation, REFUSALS);
      return inARow >= REFUSALS ? 'refused' : 'expired';
    },
  };
}

/** Half the life of a token that lives shorter than twice the margin. */
function early(lifeMs: number): number {
  return Math.min(EARLY_MS, lifeMs / 2);
}
