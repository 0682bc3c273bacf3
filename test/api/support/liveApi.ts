import { serve } from '@hono/node-server';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCheckAccount } from '../../../activities/checkAccount';
import type { Role } from '../../../domain/access';
import { hashOf, newId, newSecret } from '../../../api/access/secrets';
import { createApi } from '../../../api/app';
import { createSecretBox } from '../../../config/secrets';
import { openDatabase } from '../../../record/database';
import { insertUser } from '../../../record/access/users';
import { createGateways } from '../../../gateways/gateways';
import type { LiveScene } from '../../kit/liveScene';

/** The API over HTTP, on the record and the Temporal of a live scene. */
export interface LiveApi {
  /** http://127.0.0.1:PORT */
  origin: string;
  /** A new API token of this role. */
  token(role: Role, filiais?: number[] | null): Promise<string>;
  /** Ends every connection under way, as a restart of the API does; it goes on listening. */
  cut(): void;
  close(): Promise<void>;
}

export async function openLiveApi({ knex, client, variables }: LiveScene): Promise<LiveApi> {
  const secretBox = createSecretBox(variables.SECRETS_KEY as string);
  // As in production: rows, and no table of its own.
  const asApplication = openDatabase(variables.DATABASE_URL as string);
  const api = createApi({
    ...{ knex: asApplication, temporal: client, secretBox, secureCookies: false },
    checkAccount: createCheckAccount({ knex: asApplication, secretBox, gateways: createGateways({ simulated: true }) }),
    log: { error: (message, details) => console.error(message, details), info: () => undefined },
  });
  const server = serve({ fetch: api.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  if (!server.listening) await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async token(role, filiais = null) {
      const by = newId('u');
      await insertUser(knex, {
        ...{ id: by, login: by, name: 'Pessoa de Teste', role: 'administrador', filiais: null, passwordHash: null },
      });
      const [id, token] = [newId('t'), newSecret()];
      await knex('api_token').insert({
        ...{ id, token_hash: hashOf(token), name: 'ERP de teste', role, filiais, created_by: by },
        expires_at: knex.raw(`clock_timestamp() + interval '1 day'`),
      });
      return token;
    },
    cut: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await asApplication.destroy();
    },
  };
}
