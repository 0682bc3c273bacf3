import type { Knex } from 'knex';
import type { UserRow } from './users';

export interface ApiTokenRow {
  id: string;
  name: string;
  role: UserRow['role'];
  filiais: number[] | null;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  usedAt: Date | null;
}

const columns = `id, name, role, filiais::float8[] as filiais, created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt", used_at as "usedAt"`;

/** @returns null for one that is unknown, expired or revoked. */
export async function readApiToken(knex: Knex, tokenHash: Buffer): Promise<ApiTokenRow | null> {
  const { rows } = await knex.raw<{ rows: (ApiTokenRow & { stale: boolean })[] }>(
    `select ${columns}, coalesce(used_at < clock_timestamp() - interval '1 minute', true) as stale from api_token
     where token_hash = ? and expires_at > clock_timestamp() and revoked_at is null`,
    [tokenHash],
  );
  const [row] = rows;
  if (!row) return null;
  const { stale, ...token } = row;
  if (stale) await knex.raw(`update api_token set used_at = clock_timestamp() where id = ?`, [token.id]);
  return token;
}

export async function listApiTokens(knex: Knex): Promise<ApiTokenRow[]> {
  const { rows } = await knex.raw<{ rows: ApiTokenRow[] }>(
    `select ${columns} from api_token order by created_at desc, id`,
  );
  return rows;
}
