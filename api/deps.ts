import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { SecretBox } from '../config/secrets';
import type { CheckAccount } from '../domain/account/accountCheck';
import type { Actor } from './access/actor';
import type { Oidc } from './access/oidc';
import type { EventsPace } from './events/pace';

/** What the routes are given by main.ts. */
export interface ApiDeps {
  knex: Knex;
  temporal: Client;
  secretBox: SecretBox;
  /** Cookies are for https only; false on loopback, where there is none. */
  secureCookies: boolean;
  /** Where people reach the screens, as https://boletos.exemplo.com.br; absent: the address that they asked for. */
  publicOrigin?: string;
  /** Networks of proxies whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  /** Calls a second that one person, token or address may make, after a burst; absent: that of limitCalls.ts. */
  ratePerSecond?: number;
  /** Sign-in at the company's provider; absent: by password only. */
  oidc?: Oidc;
  /** Nobody signs in by a password of ours. */
  oidcOnly?: boolean;
  /** Whether webhooks may lead to this machine: with GATEWAYS=simulated. */
  loopbackWebhooks?: boolean;
  /** Private networks that webhooks may lead into. */
  webhookNetworks?: readonly string[];
  /** Of live progress; absent: that of events/pace.ts. */
  eventsPace?: Partial<EventsPace>;
  /** Of the Temporal Web UI, for links; absent where it is not ours. */
  temporalUi?: string;
  /** Folder of the built screens; absent: the API alone. */
  screens?: string;
  /** activities/checkAccount.ts, handed in: this room calls no bank. Absent where none is within reach. */
  checkAccount?: CheckAccount;
  log: { error(message: string, details?: object): void; info(message: string, details?: object): void };
}

/** What middleware leaves for a route. */
export interface ApiVariables {
  /** Set on every route but those of access `public`. */
  actor: Actor;
  /** Of the session, for its end; absent for tokens. */
  sessionHash?: Buffer;
  /** Until when the person of the session need not show again who it is; absent: it has to. */
  confirmedUntil?: Date;
  requestId: string;
}
export type ApiEnv = { Variables: ApiVariables };
