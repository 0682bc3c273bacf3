import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { SecretBox } from '../config/secrets';
import { acceptToken, beginRefresh, endRefresh, readToken, refuseToken, storeToken } from '../record/engine/bankTokens';
import { backoffMs } from '../domain/boleto/failure';
import type { AccessToken, Gateway, GatewayAccount } from '../domain/gateway';
import { tokenPlace } from '../domain/account/sealedPlaces';

type Unobtained = { kind: 'transient' | 'config'; message: string; retryAfterMs: number | null };

export type CurrentToken =
  | { kind: 'token'; token: AccessToken }
  /** The account was changed since it was read: whoever asks reads it anew. */
  | { kind: 'stale' }
  | Unobtained;

/** The one token of a gateway account, shared by all workers through the record. */
export interface Tokens {
  /** A failure is remembered for a moment: many items that need the token do not each ask for it. */
  current(account: GatewayAccount): Promise<CurrentToken>;
  /** The newest token of the same version of the account, for a call that waited for its turn with an older one. */
  newest(token: AccessToken): AccessToken;
  /** What the record says the account's version is. */
  noteVersion(version: number): void;
  /** The account that this was got with has another address or other credentials by now: nothing leaves with it. */
  isRetired(token: AccessToken): boolean;
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

/** What is known of the newest version of the account, and of no other. */
interface Known {
  version: number;
  token: { token: AccessToken; usableUntil: number } | null;
  asking: Promise<CurrentToken> | null;
  failed: { end: Unobtained; until: number; inARow: number } | null;
}

export function createTokens(knex: Knex, secretBox: SecretBox, gateway: Gateway, accountId: number): Tokens {
  let known: Known = { version: 0, token: null, asking: null, failed: null };
  /** The last one that was told to the record as accepted. */
  let accepted = 0;

  async function obtain(account: GatewayAccount, mine: Known): Promise<CurrentToken> {
    const patience = performance.now() + REFRESH_LEASE_MS;
    for (;;) {
      const asked = performance.now();
      const stored = await readToken(knex, account);
      if (stored === 'stale') return { kind: 'stale' };
      if (stored.sealed && stored.usableForMs > 0)
        return keep(
          mine,
          secretBox.open(stored.sealed, tokenPlace(accountId)),
          stored.generation,
          asked + stored.usableForMs,
        );
      if (await beginRefresh(knex, account, stored.generation, REFRESH_LEASE_MS)) return refresh(account, mine);
      if (performance.now() > patience)
        return { kind: 'transient', message: 'Outro processo está renovando o token.', retryAfterMs: null };
      await sleep(POLL_MS);
    }
  }

  async function refresh(account: GatewayAccount, mine: Known): Promise<CurrentToken> {
    const asked = performance.now();
    const result = await gateway.authenticate(account, AUTH_TIMEOUT_MS).catch(async (error: unknown) => {
      await endRefresh(knex, account);
      throw error;
    });
    if (result.kind !== 'token') {
      await endRefresh(knex, account);
      return remember(mine, result);
    }
    const usableForMs = result.expiresInMs - early(result.expiresInMs);
    const generation = await storeToken(
      knex,
      account,
      secretBox.seal(result.value, tokenPlace(accountId)),
      usableForMs,
    );
    return generation === null ? { kind: 'stale' } : keep(mine, result.value, generation, asked + usableForMs);
  }

  function keep(mine: Known, value: string, generation: number, usableUntil: number): CurrentToken {
    const token = { value, generation, accountVersion: mine.version };
    mine.token = { token, usableUntil };
    mine.failed = null;
    return { kind: 'token', token };
  }

  function remember(mine: Known, end: Unobtained): CurrentToken {
    const inARow = (mine.failed?.inARow ?? 0) + 1;
    const waitMs = Math.min(LONGEST_FAILURE_MS, Math.max(end.retryAfterMs ?? 0, backoffMs(inARow, Math.random())));
    const rememberedMs = end.kind === 'config' ? CONFIG_REMEMBERED_MS : waitMs;
    mine.failed = { end, until: performance.now() + rememberedMs, inARow };
    return end;
  }

  function noteVersion(version: number): void {
    if (version > known.version) known = { version, token: null, asking: null, failed: null };
  }

  return {
    async current(account) {
      noteVersion(account.version);
      const mine = known;
      if (mine.version !== account.version) return { kind: 'stale' };
      if (mine.token && performance.now() < mine.token.usableUntil) return { kind: 'token', token: mine.token.token };
      const waitMs = (mine.failed?.until ?? 0) - performance.now();
      if (mine.failed && waitMs > 0)
        return { ...mine.failed.end, retryAfterMs: Math.max(mine.failed.end.retryAfterMs ?? 0, waitMs) };
      mine.asking ??= obtain(account, mine).finally(() => (mine.asking = null));
      return mine.asking;
    },
    newest(token) {
      const newer = known.token?.token;
      return newer?.accountVersion === token.accountVersion && newer.generation > token.generation ? newer : token;
    },
    noteVersion,
    isRetired: ({ accountVersion }) => accountVersion < known.version,
    worked(generation) {
      if (generation <= accepted) return;
      accepted = generation;
      // No answer waits for it; untold, it is told with the next generation.
      acceptToken(knex, accountId, generation).catch(() => undefined);
    },
    async refused(generation) {
      if (known.token?.token.generation === generation) known.token = null;
      const inARow = await refuseToken(knex, accountId, generation, REFUSALS);
      return inARow >= REFUSALS ? 'refused' : 'expired';
    },
  };
}

/** Half the life of a token that lives shorter than twice the margin. */
function early(lifeMs: number): number {
  return Math.min(EARLY_MS, lifeMs / 2);
}
