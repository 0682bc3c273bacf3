import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { SecretBox } from '../config/secrets';
import type { Actor } from './access/actor';

/** What the routes are given by main.ts. */
export interface ApiDeps {
  knex: Knex;
  temporal: Client;
  secretBox: SecretBox;
  /** Cookies are for https only; false on loopback, where there is none. */
  secureCookies: boolean;
  /** Of the Temporal Web UI, for links; absent where it is not ours. */
  temporalUi?: string;
  /** Folder of the built screens; absent: the API alone. */
  screens?: string;
  log: { error(message: string, details?: object): void; info(message: string, details?: object): void };
}

/** What middleware leaves for a route. */
export interface ApiVariables {
  /** Set on every route but those of access `public`. */
  actor: Actor;
  /** Of the session, for its end; absent for tokens. */
  sessionHash?: Buffer;
  requestId: string;
}
export type ApiEnv = { Variables: ApiVariables };
