import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Role } from '../../../domain/access';
import { CSRF_HEADER } from '../../../api/access/authenticate';
import { hashPassword } from '../../../api/access/passwords';
import { hashOf, newId, newSecret } from '../../../api/access/secrets';
import { createApi } from '../../../api/app';
import type { ApiDeps } from '../../../api/deps';
import { openDatabase } from '../../../record/database';
import { confirmSession, insertSession } from '../../../record/access/sessions';
import { insertUser } from '../../../record/access/users';
import { createTestDatabase } from '../../kit/database';
import { testSecretBox } from '../../kit/testWorker';

export const PASSWORD = 'senha somente de teste';

/** The API in this process, on a database of its own; requests go through all of its middleware. */
export interface ApiScene {
  knex: Knex;
  url: string;
  api: ReturnType<typeof createApi>;
  createUser(role: Role, filiais?: number[] | null): Promise<{ id: string; login: string }>;
  /** An API token of the role; what programs send. */
  createToken(role: Role, filiais?: number[] | null): Promise<{ id: string; token: string }>;
  /** A person who is signed in, and has just shown again who it is: a credential that `ask` takes like a token. */
  createSession(role: Role, filiais?: number[] | null, confirmed?: boolean): Promise<{ id: string; session: string }>;
  /** With a token or a session, JSON in and out. */
  ask(
    credential: string | null,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // A test knows what it asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/**
 * @param temporal absent where no route under test reaches it.
 * @param more what else the routes are given
 * @param database absent: one of its own, which `close` drops
 */
export async function openApiScene(
  temporal?: Client,
  more: (given: { knex: Knex }) => Partial<ApiDeps> = () => ({}),
  database?: { knex: Knex; url: string },
): Promise<ApiScene> {
  const own = database ? null : await createTestDatabase();
  const { knex, url } = own ?? (database as { knex: Knex; url: string });
  // As in production: rows, and no table of its own.
  const asApplication = own ? openDatabase(own.applicationUrl) : undefined;
  const api = createApi({
    ...{ knex: asApplication ?? knex, temporal: temporal as Client, secretBox: testSecretBox, secureCookies: false },
    log: { error: (message, details) => console.error(message, details), info: () => undefined },
    ...more({ knex: asApplication ?? knex }),
  });
  const scene: ApiScene = {
    knex,
    url,
    api,
    async createUser(role, filiais = null) {
      const id = newId('u');
      const login = `pessoa-${id.slice(2)}`;
      await insertUser(knex, {
        id,
        login,
        name: 'Pessoa de Teste',
        role,
        filiais,
        passwordHash: await hashPassword(PASSWORD),
      });
      return { id, login };
    },
    async createToken(role, filiais = null) {
      const { id: created_by } = await scene.createUser('administrador');
      const [id, token] = [newId('t'), newSecret()];
      await knex('api_token').insert({
        ...{ id, token_hash: hashOf(token), name: 'ERP de teste', role, filiais, created_by },
        expires_at: knex.raw(`clock_timestamp() + interval '1 day'`),
      });
      return { id, token };
    },
    async createSession(role, filiais = null, confirmed = true) {
      const { id } = await scene.createUser(role, filiais);
      const [cookie, csrfToken] = [newSecret(), newSecret()];
      const tokenHash = hashOf(cookie);
      await insertSession(knex, { tokenHash, userId: id, csrfToken });
      if (confirmed) await confirmSession(knex, { tokenHash, userId: id, how: 'password' });
      return { id, session: `${cookie} ${csrfToken}` };
    },
    async ask(credential, method, path, body, headers = {}) {
      const response = await api.request(`/api/v1${path}`, {
        method,
        headers: {
          ...credentialHeaders(credential),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    async close() {
      await asApplication?.destroy();
      await own?.close();
    },
  };
  return scene;
}

/** Of a token, or of what `createSession` gave; null = nobody. */
export function credentialHeaders(credential: string | null): Record<string, string> {
  if (credential === null) return {};
  const [cookie = '', csrfToken] = credential.split(' ');
  return csrfToken === undefined
    ? { Authorization: `Bearer ${credential}` }
    : { Cookie: `boletos_sessao=${cookie}`, [CSRF_HEADER]: csrfToken };
}
