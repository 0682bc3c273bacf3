import { join, resolve } from 'node:path';
import { z } from 'zod';
import { makeFirstAdministrator } from '../../api/firstAdministrator';
import { readEnvironment, type Environment } from '../../config/environment';
import { createSecretBox } from '../../config/secrets';
import { openDatabase } from '../../record/database';
import { prepareRecord } from '../../record/prepareRecord';
import { StackError } from './errors';
import { keptSecret } from './files';
import { checkDatabase, checkTemporal } from './given';
import { lockFolder } from './lock';
import { keepPorts } from './ports';
import { embeddedPostgres } from './postgres';
import { ourProgram, Supervisor, type Program } from './processes';
import { prepareRoles, type RecordUrls } from './recordRoles';
import { step, type Say } from './say';
import { buildScreens } from './screens';
import { moveAccounts, simulator, simulatorPrograms } from './simulators';
import { removeStackFile, writeStackFile, type StackFile } from './stackFile';
import { temporalDevServer } from './temporal';
import { findTemporalBinary, temporalCli } from './temporalBinaries';

export interface StackOptions {
  /** The folder below DATA_DIR that holds everything of this stack. */
  name: string;
  say: Say;
  /** Default: those of this process. */
  variables?: Readonly<Record<string, string | undefined>>;
  /** Default: WORKERS; 0 for none. */
  workers?: number;
  /** Names of the gateways to simulate; default: all, or none with GATEWAYS=real. */
  gateways?: readonly string[];
  /** The folder below DATA_DIR whose stack.json names this stack; default: `name`. */
  publishedAs?: string;
  /** Whether the API, with the screens, is part of it. */
  api?: boolean;
  /** Added to the environment of the workers. */
  workerVariables?: Record<string, string>;
  /** Ends a start that is under way; a stack that is up is ended by `stop`. */
  signal?: AbortSignal;
  /** For tests of the stack itself: other programs in the places of ours, from the clone's folder. */
  programs?: { worker: string; simulators: Record<string, string> };
}

export interface Stack {
  folder: string;
  /** As whoever has the tables: for people, tools and benches. The API and the worker are given another role. */
  databaseUrl: string;
  /** host:port */
  temporalAddress: string;
  temporalNamespace: string;
  /** Absent where the Temporal is not ours. */
  temporalUi?: string;
  /** Origin of the API and of the screens, where they are part of it. */
  api?: string;
  /** Of the administrator that this start made; nobody can read it again. */
  firstPassword?: string;
  /** Origin of each simulator by gateway name. */
  gateways: Record<string, string>;
  secretsKey: string;
  /** What a program needs to work against this stack: add it to its environment. */
  variables: Record<string, string>;
  pids(): StackFile['pids'];
  /** Ends everything in order and gives the folder back. May be called again. */
  stop(): Promise<void>;
}

/**
 * Sets a whole stack up on this machine and keeps its processes up until `stop`, or until this process ends.
 * @throws StackError or EnvironmentError in Portuguese; nothing is left running then.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const variables = options.variables ?? process.env;
  const environment = readEnvironment(variables);
  if (environment.gateways === 'real' && !environment.temporal.given) refuseDevServer(environment.allowInsecure);
  const folder = resolve(environment.dataDir, options.name);
  const publishFolder = resolve(environment.dataDir, options.publishedAs ?? options.name);
  const unlock = lockAll(new Set([folder, publishFolder]));

  let publish = () => {};
  const supervisor = new Supervisor(join(folder, 'logs'), options.say, () => publish());
  let stopping: Promise<void> | undefined;
  const stop = () =>
    (stopping ??= supervisor.stop().finally(() => {
      publish = () => {};
      removeStackFile(publishFolder);
      unlock();
    }));
  options.signal?.addEventListener('abort', () => void stop());

  try {
    const parts = await startParts(supervisor, options, environment, variables, folder);
    if (stopping) throw stopAsked();
    const { pids, secretsKeyFile, applicationDatabaseUrl, ...stack } = parts;
    publish = () => {
      const { databaseUrl, temporalAddress, temporalNamespace, temporalUi, api, gateways } = stack;
      writeStackFile(publishFolder, {
        ...(api && { web: api, api }),
        ...{ temporalAddress, temporalNamespace, ...(temporalUi && { temporalUi }) },
        ...{ databaseUrl, applicationDatabaseUrl },
        ...{ ...(secretsKeyFile && { secretsKeyFile }), gateways, pids: pids() },
      });
    };
    publish();
    return { ...stack, folder, pids, stop };
  } catch (error) {
    // What ends under a step that is still under way fails it in its own words, which would hide why.
    const failure = stopping ? stopAsked() : error;
    await stop();
    throw failure;
  }
}

/** Real boletos: whoever reaches Temporal can have them sent, given up or concluded. */
function refuseDevServer(allowed: Environment['allowInsecure'] = []): void {
  if (!allowed.includes('dev-server'))
    throw new StackError(
      'GATEWAYS=real pede um Temporal seu (TEMPORAL_ADDRESS): o servidor de desenvolvimento não pede senha, e todo ' +
        'usuário desta máquina pode mandar nele. Se ninguém mais a usa, assuma o risco com ALLOW_INSECURE=dev-server.',
    );
}

function stopAsked(): StackError {
  return new StackError('A parada foi pedida durante o início.');
}

type Parts = Omit<Stack, 'folder' | 'stop'> & { secretsKeyFile?: string; applicationDatabaseUrl: string };

async function startParts(
  supervisor: Supervisor,
  options: StackOptions,
  environment: Environment,
  variables: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<Parts> {
  const { say } = options;
  const mains = options.programs?.simulators ?? simulatorPrograms;
  const simulated = options.gateways ?? (environment.gateways === 'real' ? [] : Object.keys(mains));
  const ports = await keepPorts(folder, ['postgres', 'temporal', 'temporalUi', 'api', ...simulated]);
  const port = (name: string) => ports[name] ?? 0;
  const secretsKeyFile = join(folder, 'secrets.key');
  const secretsKey = environment.secretsKey ?? keptSecret(secretsKeyFile);

  const startRecord = async () => {
    const urls = environment.databaseUrl
      ? await givenRecord(environment.databaseUrl, environment.migrationDatabaseUrl, say)
      : await startPostgres(supervisor, folder, port('postgres'), say);
    await step(say, 'registro com as tabelas desta versão', () => bringUp(urls));
    return urls;
  };
  const startTemporal = async () => {
    if (environment.temporal.given)
      return step(say, 'Temporal indicado pelo ambiente responde', () => checkTemporal(variables));
    const executable = await findTemporalBinary(temporalCli, environment.temporalCliPath, say);
    const { namespace } = environment.temporal;
    const server = temporalDevServer({
      ...{ folder, executable, say, namespaces: [namespace], durable: true },
      ports: { frontend: port('temporal'), ui: port('temporalUi') },
    });
    await step(say, 'Temporal pronto, com sua interface web', () => supervisor.start(server.program));
    return { address: server.address(), namespace, ui: server.uiUrl() };
  };
  const startSimulator = async (name: string): Promise<[string, string]> => {
    const main = mains[name];
    if (!main) throw new StackError(`Não há simulador de ${name}. Há: ${Object.keys(mains).join(', ')}.`);
    const started = simulator(folder, name, main, port(name));
    await step(say, `simulador ${name} pronto`, () => supervisor.start(started.program));
    return [name, started.origin()];
  };

  const [record, temporal, origins] = await Promise.all([
    startRecord(),
    startTemporal(),
    Promise.all(simulated.map(startSimulator)),
  ]);
  const gateways = Object.fromEntries(origins);
  await inRecord(record.application, (knex) => moveAccounts(knex, createSecretBox(secretsKey), folder, gateways));

  const own = {
    DATABASE_URL: record.application,
    ...('ui' in temporal && { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace }),
    SECRETS_KEY: secretsKey,
    DATA_DIR: resolve(environment.dataDir),
    GATEWAYS: environment.gateways,
    ...(environment.allowInsecure && { ALLOW_INSECURE: environment.allowInsecure.join(',') }),
  };
  const workers = Array.from({ length: options.workers ?? environment.workers }, (_, index) => index + 1).map(
    (number) =>
      workerProgram(number, options.programs?.worker ?? 'worker/main.ts', { ...own, ...options.workerVariables }),
  );
  if (workers.length > 0)
    await step(say, workers.length === 1 ? 'worker pronto' : `${workers.length} workers prontos`, () =>
      Promise.all(workers.map((worker) => supervisor.start(worker))),
    );

  const screens = options.api ? await buildScreens(say) : '';
  const firstPassword =
    options.api && !environment.oidc?.only ? await inRecord(record.application, makeFirstAdministrator) : null;
  const api = options.api
    ? await step(say, 'API e telas prontas', () =>
        supervisor.start(
          apiProgram({
            ...own,
            API_HOST: environment.apiHost,
            API_PORT: String(environment.apiPort ?? port('api')),
            SCREENS_DIR: screens,
            ...('ui' in temporal && temporal.ui && { TEMPORAL_UI_URL: temporal.ui }),
            LOG_LEVEL: environment.logLevel,
          }),
        ),
      )
    : undefined;

  return {
    ...(api && { api }),
    ...(firstPassword && { firstPassword }),
    // Whoever named a PostgreSQL has an owner's address of its own.
    databaseUrl: environment.databaseUrl ?? record.owner,
    applicationDatabaseUrl: record.application,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    ...('ui' in temporal && { temporalUi: temporal.ui }),
    gateways,
    secretsKey,
    ...(!environment.secretsKey && { secretsKeyFile }),
    variables: own,
    pids: () => ({
      worker: workers.flatMap(({ name }) => supervisor.pid(name) ?? []),
      ...pidOf(supervisor, 'api'),
      ...pidOf(supervisor, 'temporal'),
      ...pidOf(supervisor, 'postgres'),
      gateways: Object.fromEntries(
        simulated.flatMap((name) => {
          const pid = supervisor.pid(`gateway-${name}`);
          return pid ? [[name, pid] as const] : [];
        }),
      ),
    }),
  };
}

function pidOf<Name extends 'api' | 'temporal' | 'postgres'>(
  supervisor: Supervisor,
  name: Name,
): { [key in Name]?: number } {
  const pid = supervisor.pid(name);
  return pid ? ({ [name]: pid } as { [key in Name]: number }) : {};
}

async function startPostgres(supervisor: Supervisor, folder: string, port: number, say: Say): Promise<RecordUrls> {
  const postgres = embeddedPostgres({ folder, port, durable: true, say });
  await step(say, 'PostgreSQL pronto', () => supervisor.start(postgres.program));
  return prepareRoles(postgres.url, folder);
}

async function givenRecord(application: string, owner: string | undefined, say: Say): Promise<RecordUrls> {
  const rights = await step(say, 'PostgreSQL de DATABASE_URL responde', () =>
    checkDatabase('DATABASE_URL', application),
  );
  if (owner)
    await step(say, 'PostgreSQL de MIGRATION_DATABASE_URL responde', () =>
      checkDatabase('MIGRATION_DATABASE_URL', owner),
    );
  if (rights.superuser)
    say(
      '! DATABASE_URL é de um superusuário, que lê arquivos do servidor e muda a auditoria: docs/security.md diz como dar menos',
    );
  return { owner: owner ?? application, application };
}

async function bringUp({ owner, application }: RecordUrls): Promise<void> {
  try {
    await prepareRecord(owner, application);
  } catch (error) {
    throw new StackError(`O registro não pôde ser trazido à versão atual: ${(error as Error).message}`);
  }
}

async function inRecord<Result>(
  url: string,
  work: (knex: ReturnType<typeof openDatabase>) => Promise<Result>,
): Promise<Result> {
  const knex = openDatabase(url, 2);
  try {
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}

function workerProgram(number: number, main: string, env: Record<string, string>): Program<void> {
  return {
    name: `worker-${number}`,
    kind: 'worker',
    label: `worker ${number}`,
    launch: () => ourProgram(main, env),
    ready: { message: () => undefined },
    // The first one bundles the workflows, on a machine that is busy with everything else.
    readyWithinMs: 120_000,
    stopSignal: 'SIGTERM',
    // Calls to the bank that are under way end first.
    graceMs: 30_000,
  };
}

function apiProgram(env: Record<string, string>): Program<string> {
  return {
    name: 'api',
    kind: 'api',
    label: 'API',
    launch: () => ourProgram('api/main.ts', env),
    ready: { message: (message) => z.object({ origin: z.string() }).parse(message).origin },
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
  };
}

function lockAll(folders: ReadonlySet<string>): () => void {
  const unlocks: (() => void)[] = [];
  try {
    for (const folder of folders) {
      unlocks.push(lockFolder(folder));
    }
  } catch (error) {
    unlocks.forEach((unlock) => unlock());
    throw error;
  }
  return () => unlocks.forEach((unlock) => unlock());
}
