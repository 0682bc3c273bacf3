import type { Knex } from 'knex';
import { writeAudit } from './audit';
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

/** Newest first. @param filiais whose tokens: those that see nothing beyond these; null = all */
export async function listApiTokens(knex: Knex, filiais: readonly number[] | null): Promise<ApiTokenRow[]> {
  const { rows } = await knex.raw<{ rows: ApiTokenRow[] }>(
    `select ${columns} from api_token
     where :filiais::bigint[] is null or (filiais <> '{}' and filiais <@ :filiais::bigint[])
     order by created_at desc, id`,
    { filiais: filiais === null ? null : [...filiais] },
  );
  return rows;
}

export async function apiTokenById(knex: Knex, id: string): Promise<ApiTokenRow | null> {
  const { rows } = await knex.raw<{ rows: ApiTokenRow[] }>(`select ${columns} from api_token where id = ?`, [id]);
  return rows[0] ?? null;
}

export interface NewApiToken {
  id: string;
  tokenHash: Buffer;
  name: string;
  role: UserRow['role'];
  filiais: number[] | null;
  expiresInDays: number;
  /** A person, or a token, whose person then answers for this one too. */
  by: string;
}

export async function insertApiToken(knex: Knex, token: NewApiToken): Promise<ApiTokenRow> {
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: ApiTokenRow[] }>(
      `insert into api_token (id, token_hash, name, role, filiais, created_by, expires_at)
       values (:id, :tokenHash, :name, :role, :filiais::bigint[],
         coalesce((select created_by from api_token where id = :by), :by),
         clock_timestamp() + :expiresInDays * interval '1 day')
       returning ${columns}`,
      { ...token },
    );
    const made = rows[0] as ApiTokenRow;
    await writeAudit(trx, {
      ...{ actor: token.by, action: 'createToken', entity: 'token', entityId: token.id },
      after: shown(made),
    });
    return made;
  });
}

/** Again it changes nothing. */
export async function revokeApiToken(knex: Knex, { id, by }: { id: string; by: string }): Promise<void> {
  await knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: ApiTokenRow[] }>(
      `update api_token set revoked_at = clock_timestamp() where id = ? and revoked_at is null returning ${columns}`,
      [id],
    );
    const [revoked] = rows;
    if (!revoked) return;
    await writeAudit(trx, {
      ...{ actor: by, action: 'revokeToken', entity: 'token', entityId: id },
      before: { ...shown(revoked), revokedAt: null },
      after: shown(revoked),
    });
  });
}

function shown({ name, role, filiais, expiresAt, revokedAt }: ApiTokenRow): object {
  return { name, role, filiais, expiresAt, revokedAt };
}

/** The filiais of a token now; null once it is expired or revoked. */
export async function filiaisOfToken(knex: Knex, id: string): Promise<{ filiais: number[] | null } | null> {
  const { rows } = await knex.raw<{ rows: { filiais: number[] | null }[] }>(
    `select filiais::float8[] as filiais from api_token
     where id = ? and expires_at > clock_timestamp() and revoked_at is null`,
    [id],
  );
  return rows[0] ?? null;
}
