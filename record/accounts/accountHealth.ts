import type { Knex } from 'knex';
import { accountPlace, type Sealer } from '../../domain/account/sealedPlaces';
import { certificateEnds } from './certificates';

/** What is known about a gateway account's credentials without asking the bank. */
export interface AccountHealth {
  /** false: sealed under another SECRETS_KEY; nothing can be sent. */
  credentialsReadable: boolean;
  /** The first end of a client certificate among the credentials; null where there is none. */
  certificateExpiresAt: Date | null;
  /** null before the first one. */
  token: {
    /** null for one of an earlier version. */
    obtainedAt: Date | null;
    /** Until a little before its end; null for one that the bank refused. */
    usableUntil: Date | null;
    /** The bank accepted a call made with it. */
    accepted: boolean;
    /** Refused (401) since the last one that was accepted. */
    refusedInARow: number;
  } | null;
}

/** @returns null for an unknown account. */
export async function readAccountHealth(
  knex: Knex,
  secretBox: Pick<Sealer, 'open'>,
  accountId: number,
): Promise<AccountHealth | null> {
  const { rows } = await knex.raw<{
    rows: ({ sealed: Buffer; place: Parameters<typeof accountPlace>[0]; hasToken: boolean } & NonNullable<
      AccountHealth['token']
    >)[];
  }>(
    `select a.credentials as sealed, jsonb_build_object('gateway', a.gateway, 'baseUrl', a.base_url,
         'authUrl', a.auth_url, 'fingerprint', a.credential_fingerprint) as place, t.token is not null as "hasToken", t.obtained_at as "obtainedAt",
       nullif(t.usable_until, '-infinity') as "usableUntil", t.accepted, t.refused_in_a_row as "refusedInARow"
     from gateway_account a left join gateway_token t on t.account_id = a.id where a.id = ?`,
    [accountId],
  );
  const [row] = rows;
  if (!row) return null;
  const { sealed, place, hasToken, ...token } = row;
  return { ...credentialsOf(() => secretBox.open(sealed, accountPlace(place))), token: hasToken ? token : null };
}

function credentialsOf(open: () => string): Pick<AccountHealth, 'credentialsReadable' | 'certificateExpiresAt'> {
  let credentials: Record<string, string>;
  try {
    credentials = JSON.parse(open()) as Record<string, string>;
  } catch {
    return { credentialsReadable: false, certificateExpiresAt: null };
  }
  const ends = certificateEnds(credentials);
  return {
    credentialsReadable: true,
    certificateExpiresAt: ends.length > 0 ? new Date(Math.min(...ends)) : null,
  };
}
