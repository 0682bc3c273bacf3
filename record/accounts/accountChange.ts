import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { accountPlace, type SealedPlace, type Sealer } from '../../domain/account/sealedPlaces';
import { configurationPauses } from '../../domain/batch/phases';
import { lockAccounts } from '../engine/accountLock';

/** Where an account is and who it is there. */
interface Identity {
  baseUrl: string;
  authUrl: string | null;
  fingerprint: string;
}

export interface WantedChange {
  carteira: { id: number; accountId: number | null; convenio: string | null };
  /** The account that the carteira will have; null = a new one. */
  accountId: number | null;
  convenio: string;
  identity: Identity;
  credentials: Readonly<Record<string, string>>;
}

export type Obstacle =
  /** Calls whose end is not known, or that the bank contradicts: they are asked about where they were made. */
  | { kind: 'unresolvedAttempts'; count: number; batchIds: string[] }
  /** `secrets`: only those would change, and a pause is enough. */
  | { kind: 'liveBatch'; batchId: string; secrets: boolean };

/**
 * How the account's own row would change, and what stands against that, or against the carteira's leaving its account
 * or convênio (docs/decisions/2026-11-30-account-version.md). From here to the end of the transaction no intent is
 * written for the accounts concerned.
 */
export async function judgeChange(
  trx: Knex.Transaction,
  secretBox: Pick<Sealer, 'open'>,
  wanted: WantedChange,
): Promise<{ rewrites: boolean; obstacle: Obstacle | null }> {
  const { carteira, accountId, convenio } = wanted;
  await lockAccounts(
    trx,
    [carteira.accountId, accountId].filter((id) => id !== null),
  );
  const change = accountId === null ? 'identity' : await changeOf(trx, secretBox, accountId, wanted);
  const leaves = carteira.accountId !== null && (carteira.accountId !== accountId || carteira.convenio !== convenio);
  const obstacle =
    (leaves
      ? await obstacleToAnother(trx, { accountId: carteira.accountId as number, carteiraId: carteira.id })
      : null) ??
    (accountId !== null && change === 'identity'
      ? await obstacleToAnother(trx, { accountId, carteiraId: null })
      : null) ??
    (accountId !== null && change === 'secrets' ? await runningBatch(trx, accountId) : null);
  return { rewrites: change !== 'none', obstacle };
}

async function changeOf(
  trx: Knex.Transaction,
  secretBox: Pick<Sealer, 'open'>,
  accountId: number,
  { identity, credentials }: WantedChange,
): Promise<'identity' | 'secrets' | 'none'> {
  const { rows } = await trx.raw<{ rows: (Identity & { gateway: string; sealed: Buffer })[] }>(
    `select gateway, base_url as "baseUrl", auth_url as "authUrl", credential_fingerprint as fingerprint, credentials as sealed
     from gateway_account where id = ?`,
    [accountId],
  );
  const { gateway, sealed, ...before } = rows[0] as (typeof rows)[number];
  if (!isDeepStrictEqual(before, identity)) return 'identity';
  return isDeepStrictEqual(opened(secretBox, sealed, accountPlace({ gateway, ...before })), credentials)
    ? 'none'
    : 'secrets';
}

/** null for what another SECRETS_KEY sealed: whatever is given now is a change. */
function opened(secretBox: Pick<Sealer, 'open'>, sealed: Buffer, place: SealedPlace): unknown {
  try {
    return JSON.parse(secretBox.open(sealed, place));
  } catch {
    return null;
  }
}

/** @param scope carteiraId null: every carteira of the account. */
async function obstacleToAnother(
  trx: Knex.Transaction,
  scope: { accountId: number; carteiraId: number | null },
): Promise<Obstacle | null> {
  const { rows: unresolved } = await trx.raw<{ rows: { count: number; batchIds: string[] }[] }>(
    `select count(distinct b.id)::int as count,
       coalesce((array_agg(distinct a.batch_id order by a.batch_id))[1:20], '{}') as "batchIds"
     from boleto b join attempt a on a.boleto_id = b.id
     where b.account_id = :accountId
       and (a.resolution is null or (a.resolution = 'conflict' and b.state = 'conflict'))
       and (:carteiraId::bigint is null
         or b.receivable_id in (select id from receivable where carteira_id = :carteiraId::bigint))`,
    scope,
  );
  const { count = 0, batchIds = [] } = unresolved[0] ?? {};
  if (count > 0) return { kind: 'unresolvedAttempts', count, batchIds };
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `select b.id from batch b join carteira c on c.id = b.carteira_id
     where c.account_id = :accountId and (:carteiraId::bigint is null or c.id = :carteiraId::bigint)
       and b.concluded_at is null and not (b.paused and coalesce(b.pause_reason, '') = any(:configuration::text[]))
     order by b.created_at limit 1`,
    { ...scope, configuration: [...configurationPauses] },
  );
  return rows[0] ? { kind: 'liveBatch', batchId: rows[0].id, secrets: false } : null;
}

/** What waits for people sends nothing, and begins with a token of its own. */
async function runningBatch(trx: Knex.Transaction, accountId: number): Promise<Obstacle | null> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `select b.id from batch b join carteira c on c.id = b.carteira_id
     where c.account_id = ? and b.concluded_at is null and not b.paused
       and b.phase in ('selecting', 'communicating', 'analysing')
     order by b.created_at limit 1`,
    [accountId],
  );
  return rows[0] ? { kind: 'liveBatch', batchId: rows[0].id, secrets: true } : null;
}
