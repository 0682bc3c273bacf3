import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { createBatchActivities } from '../activities/batchActivities';
import { createGuardActivities } from '../activities/guard/guardActivities';
import { createCommunicateSlice } from '../activities/communicateSlice';
import { createLines } from '../activities/gatewayLine';
import { beating } from '../activities/heartbeat';
import { createImportRows } from '../activities/importRows';
import { createFetchPix } from '../activities/fetchPix';
import { createReviewBank } from '../activities/reviewBank';
import { asActivity } from '../activities/failure';
import { sweepBatches } from '../activities/sweepBatches';
import { createWatchGivenUp } from '../activities/watchGivenUp';
import { deliver, type DeliverDeps } from '../activities/webhooks/deliver';
import { send } from '../activities/webhooks/send';
import { readEnvironment, refuseUnverifiedTemporal } from '../config/environment';
import { createSecretBox } from '../config/secrets';
import { loadAccount } from '../record/accounts/carteiras';
import { openDatabase, openDatabaseByKey } from '../record/database';
import { pruneOldRows } from '../record/pruning';
import { resealOld } from '../record/reseal';
import { judgeUnjudged } from '../record/engine/verdicts';
import { giveChangesTheirPlace } from '../record/outbox/resultFeed';
import { gatewayTaskQueue, TASK_QUEUE } from '../domain/batch/names';
import { resendIsSafe } from '../domain/boleto/evidence';
import { createGateways } from '../gateways/gateways';
import { batchWorkflows } from './batchWorkflows';
import { conductOpen } from './conductOpen';
import { guardBatches } from './guardBatches';
import { keepGuards } from './guardSchedules';
import { createLogger } from './logger';
import { ensureSearchAttributes } from './searchAttributes';
import { ensureSweep } from './sweepSchedule';
import { dispatchWebhooks } from './webhookDispatch';
import { readWorkflowBundle } from './workflowBundle';

/** Slices of one boleto need many at once to keep a slow bank busy; each holds little memory. */
const SLICES_AT_ONCE = 64;
const WORKFLOWS_CACHED = 200;
/**
 * A query or an action waits so long for the worker that has the workflow in memory; then any other answers it, within
 * the deadline of whoever asks (10 s) also where the first was killed.
 */
const STICKY_WITHIN = '2 s';
/** How late a slice hears that an administrator paused or cancelled it. */
const HEARS_WITHIN = '5 s';
/** After a stop is asked for, a call under way may still end: the longest timeout of a carteira and a little more. */
const LONGEST_END = '6 minutes';

async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  refuseUnverifiedTemporal(process.env, environment.allowInsecure);
  const { databaseUrl, secretsKey, sliceSize, workflowBundle } = environment;
  if (!databaseUrl) throw new Error('DATABASE_URL não está definida: diga onde está o PostgreSQL, ou use npm start');
  if (!secretsKey) throw new Error('SECRETS_KEY não está definida: sem ela as credenciais dos bancos não se abrem');

  const workflows = workflowBundle
    ? { workflowBundle: readWorkflowBundle(workflowBundle) }
    : { workflowsPath: require.resolve('../workflows') };

  const logger = createLogger(environment.logLevel);
  Runtime.install({ logger, shutdownSignals: [] });
  const knex = openDatabase(databaseUrl);
  const byKey = openDatabaseByKey(databaseUrl, 20);
  const secretBox = createSecretBox(secretsKey);
  await resealOld(knex, secretBox).catch((error: unknown) => {
    logger.warn('o que versões anteriores selaram não pôde ser selado de novo', { error });
  });
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const clientConnection = await Connection.connect(connectionOptions);
  const client = new Client({ connection: clientConnection, namespace });
  const searchAttributes = await ensureSearchAttributes(connection, namespace, logger);

  const loopback = environment.gateways === 'simulated';
  const networks = environment.webhookNetworks ?? [];
  const gateways = createGateways({ simulated: loopback });
  const codecOf = (name: string) => gateways[name] ?? null;
  const sameNumberIsSafe = (name: string) => {
    const gateway = gateways[name];
    return gateway !== undefined && resendIsSafe(gateway.capabilities, Infinity);
  };
  const sendTo: DeliverDeps['send'] = (url, message) => send(url, message, { loopback, networks });
  const loadOne = (accountId: number) => loadAccount(byKey, secretBox, accountId);
  const common = { connection, namespace, shutdownForceTime: LONGEST_END } as const;
  const workers: Worker[] = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: TASK_QUEUE,
      ...workflows,
      activities: {
        ...createBatchActivities({
          knex,
          searchAttributes,
          sameNumberIsSafe,
          codecOf,
          ...(sliceSize && { sliceSize }),
        }),
        deliverWebhook: ({ webhookId }: { webhookId: string }) =>
          beating(() => asActivity(() => deliver({ knex, secretBox, send: sendTo }, webhookId))),
        importRows: createImportRows(knex, codecOf),
        ...createGuardActivities({ knex, batches: guardBatches(client) }),
        sweepBatches: () =>
          beating(async () => {
            // First: a batch that cannot be helped keeps no guard waiting, nor the other way round.
            await keepGuards(client, knex).catch((error: unknown) => {
              logger.warn('as guardas não puderam ser agendadas', { error });
            });
            const swept = await sweepBatches(knex, batchWorkflows(client), new Date());
            // What waited for the end of a call may have been written since.
            await judgeUnjudged(knex, codecOf).catch((error: unknown) => {
              logger.warn('o que mudou não pôde ser julgado', { error });
            });
            await pruneOldRows(knex);
            // What nobody reads does not pile up.
            while (await giveChangesTheirPlace(knex));
            await conductOpen(knex, client);
            return swept;
          }),
      },
      maxCachedWorkflows: WORKFLOWS_CACHED,
      stickyQueueScheduleToStartTimeout: STICKY_WITHIN,
    }),
    ...Object.values(gateways).map((gateway) => {
      const lineOf = createLines({ knex: byKey, secretBox, loadAccount: loadOne }, gateway);
      return Worker.create({
        ...common,
        taskQueue: gatewayTaskQueue(gateway.name),
        activities: {
          communicateSlice: createCommunicateSlice({ knex: byKey, lineOf }),
          reviewBank: createReviewBank({ knex: byKey, lineOf }),
          watchGivenUp: createWatchGivenUp(byKey, gateway.name, lineOf),
          fetchPix: createFetchPix(byKey, gateway.name, lineOf),
        },
        maxConcurrentActivityTaskExecutions: SLICES_AT_ONCE,
        maxHeartbeatThrottleInterval: HEARS_WITHIN,
      });
    }),
  ]);

  const stop = () => workers.forEach((worker) => worker.getState() === 'RUNNING' && worker.shutdown());
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Started by a stack: without it nobody would ever end this process.
  process.once('disconnect', stop);

  const running = Promise.all(workers.map((worker) => worker.run()));
  await ensureSweep(client).catch((error: unknown) => {
    logger.warn('a varredura não pôde ser agendada', { error });
  });
  const stopDispatch = dispatchWebhooks(client, knex, logger);
  process.send?.({ ready: true });
  logger.info('worker pronto');
  try {
    await running;
  } finally {
    stopDispatch();
    await Promise.all([knex.destroy(), byKey.destroy()]);
    await connection.close();
    await clientConnection.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`worker: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
