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

/** What a token may: never more than the person who answers for it may now. */
const rights = `t.id, t.name,
  case when array_position('{consulta,operador,administrador}'::text[], t.role) <= array_position('{consulta,operador,administrador}'::text[], u.role) then t.role else u.role end as role,
  case when t.filiais is null then u.filiais when u.filiais is null then t.filiais
    else array(select unnest(t.filiais) intersect select unnest(u.filiais)) end::float8[] as filiais`;
const isValid = `t.expires_at > clock_timestamp() and t.revoked_at is null and u.active`;

const columns = `id, name, role, filiais::float8[] as filiais, created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt", used_at as "usedAt"`;

export type TokenRights = Pick<ApiTokenRow, 'id' | 'name' | 'role' | 'filiais'>;

/** @returns null for one that is unknown, expired or revoked, and where who answers for it was deactivated. */
export async function readApiToken(knex: Knex, tokenHash: Buffer): Promise<TokenRights | null> {
  const { rows } = await knex.raw<{ rows: (TokenRights & { stale: boolean })[] }>(
    `select ${rights}, coalesce(t.used_at < clock_timestamp() - interval '1 minute', true) as stale
     from api_token t join app_user u on u.id = t.created_by where t.token_hash = :tokenHash and ${isValid}`,
    { tokenHash },
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
  /** The person who answers for it. */
  by: string;
}

export async function insertApiToken(knex: Knex, token: NewApiToken): Promise<ApiTokenRow> {
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: ApiTokenRow[] }>(
      `insert into api_token (id, token_hash, name, role, filiais, created_by, expires_at)
       values (:id, :tokenHash, :name, :role, :filiais::bigint[], :by,
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

/** With those that it made, when tokens still made tokens, and those that they made. Again it changes nothing. */
export async function revokeApiToken(knex: Knex, { id, by }: { id: string; by: string }): Promise<void> {
  await knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: ApiTokenRow[] }>(
      `with recursive family as (
         select id from api_token where id = ?
         union select t.id from api_token t join family f on t.parent = f.id)
       update api_token set revoked_at = clock_timestamp()
       where id in (select id from family) and revoked_at is null returning ${columns}`,
      [id],
    );
    for (const revoked of rows)
      await writeAudit(trx, {
        ...{ actor: by, action: 'revokeToken', entity: 'token', entityId: revoked.id },
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
    `select ${rights} from api_token t join app_user u on u.id = t.created_by where t.id = :id and ${isValid}`,
    { id },
  );
  return rows[0] ?? null;
}
