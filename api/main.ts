import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { createCheckAccount } from '../activities/checkAccount';
import { readEnvironment, refuseUnverifiedTemporal } from '../config/environment';
import { createSecretBox } from '../config/secrets';
import { connect } from '../client/connect';
import { openDatabase } from '../record/database';
import { resealOld } from '../record/reseal';
import { createGateways } from '../gateways/gateways';
import { createOidc } from './access/oidc';
import { createApi } from './app';
import { createLog } from './log';

/** Ends requests that are under way; a stream of events is cut, and its viewer resumes elsewhere. */
const GRACE_MS = 3_000;
const TEMPORAL_ANSWERS_WITHIN_MS = 10_000;
const POOL_SIZE = 10;
/**
 * Somebody waits for each. The longest of ours – a page of an export, a thousand títulos of a simulation's cursor, a
 * correction of some thousands – take a second or two; one that takes this long is held up or has gone astray, and
 * keeps a connection from everybody else.
 */
const STATEMENT_MS = 30_000;

async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  refuseUnverifiedTemporal(process.env, environment.allowInsecure);
  const { databaseUrl, secretsKey, apiHost, apiPort = 0, screensDir: screens } = environment;
  if (!databaseUrl) throw new Error('DATABASE_URL não está definida: diga onde está o PostgreSQL, ou use npm start');
  if (!secretsKey) throw new Error('SECRETS_KEY não está definida: sem ela as credenciais dos bancos não se abrem');
  const log = createLog(environment.logLevel);
  const knex = openDatabase(databaseUrl, POOL_SIZE, { statementTimeoutMs: STATEMENT_MS });
  // Lists, searches and corrections need no Temporal, and a start is kept until it is back.
  const temporal = await connect({ variables: process.env, withinMs: 0 });
  const { apiPublicUrl: publicOrigin, apiTrustedProxies: trustedProxies, apiRate, oidc } = environment;
  const secretBox = createSecretBox(secretsKey);
  await resealOld(knex, secretBox).catch((error: unknown) => {
    log.error('o que versões anteriores selaram não pôde ser selado de novo', { error });
  });
  const gateways = createGateways({ simulated: environment.gateways === 'simulated' });
  const isLoopback = /^(127\.|localhost$|\[?::1)/.test(apiHost);
  const api = createApi({
    ...{ knex, temporal, secretBox, log },
    loopbackWebhooks: environment.gateways === 'simulated',
    webhookNetworks: environment.webhookNetworks ?? [],
    checkAccount: createCheckAccount({ knex, secretBox, gateways }),
    secureCookies: publicOrigin ? publicOrigin.startsWith('https:') : !isLoopback,
    ...(publicOrigin && { publicOrigin }),
    ...(trustedProxies && { trustedProxies }),
    ...(apiRate !== undefined && { ratePerSecond: apiRate }),
    ...(oidc && { oidc: createOidc(oidc), oidcOnly: oidc.only ?? false }),
    ...(screens && { screens }),
    ...(environment.temporalUiUrl && { temporalUi: environment.temporalUiUrl }),
  });

  const server = serve({ fetch: api.fetch, hostname: apiHost, port: apiPort }, ({ port }: AddressInfo) => {
    const origin = `http://${apiHost.includes(':') ? `[${apiHost}]` : apiHost}:${port}`;
    process.send?.({ ready: true, origin });
    log.info('api pronta', { origin });
  });
  temporal.connection
    .withDeadline(Date.now() + TEMPORAL_ANSWERS_WITHIN_MS, () => temporal.workflowService.getSystemInfo({}))
    .catch((error: unknown) => log.error('o Temporal não responde; a API segue sem ele', { error }));
  const stop = () => {
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(0), GRACE_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`api: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
