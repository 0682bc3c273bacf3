import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { z } from 'zod';
import { readEnvironment, EnvironmentError, type Environment } from '../config/environment';
import { createSecretBox, type SecretBox } from '../config/secrets';
import { openDatabase } from '../record/database';
import { prepareRecord } from '../record/prepareRecord';
import { connect, type ConnectOptions } from '../client/connect';
import type { CliContext } from './context';
import { CliError } from './error';

/** A statement that takes longer found a record that no longer answers. */
const STATEMENT_WITHIN_MS = 120_000;
const CONNECT_WITHIN_MS = 6_000;
const START_HINT = 'inicie tudo com npm start (ou informe DATA_DIR, ou DATABASE_URL e TEMPORAL_ADDRESS)';

/** The services of one stack: named by the environment, else the stack that `npm start` keeps in DATA_DIR. */
export interface Connections {
  database(): Promise<Knex>;
  temporal(): Promise<Client>;
  prepareRecord: CliContext['prepareRecord'];
  secretBox(): SecretBox;
  /** GATEWAYS: banks are simulators on this machine. */
  simulated(): boolean;
  /** OIDC_ONLY: nobody signs in by password. */
  oidcOnly(): boolean;
  close(): Promise<void>;
}

export function openConnections(variables: Readonly<Record<string, string | undefined>>): Connections {
  let environment: Environment | undefined;
  let database: Promise<Knex> | undefined;
  let temporal: Promise<Client> | undefined;
  const settings = () => (environment ??= environmentOf(variables));
  const folder = () => join(settings().dataDir, 'start');

  return {
    database: () => (database ??= reachDatabase(settings().databaseUrl ?? applicationOf(stackOf(folder())))),
    temporal: () =>
      (temporal ??= connect({ variables, ...(settings().temporal.given ? {} : temporalOf(stackOf(folder()))) })),
    prepareRecord() {
      const { databaseUrl, migrationDatabaseUrl } = settings();
      if (databaseUrl) return prepareRecord(migrationDatabaseUrl ?? databaseUrl, databaseUrl);
      throw new CliError(
        2,
        'uso_invalido',
        'DATABASE_URL não está definida',
        'sem ela o registro é o de npm start, que o migra',
      );
    },
    secretBox: () => createSecretBox(settings().secretsKey ?? keyOf(folder())),
    simulated: () => settings().gateways === 'simulated',
    oidcOnly: () => settings().oidc?.only === true,
    async close() {
      await database?.then((knex) => knex.destroy()).catch(() => undefined);
      await temporal?.then((client) => client.connection.close()).catch(() => undefined);
    },
  };
}

function environmentOf(variables: Readonly<Record<string, string | undefined>>): Environment {
  try {
    return readEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError)
      throw new CliError(2, 'ambiente_invalido', error.message, 'corrija a variável e repita o comando');
    throw error;
  }
}

/** What we need of stack.json. */
const stackSchema = z.object({
  databaseUrl: z.string(),
  applicationDatabaseUrl: z.string().optional(),
  temporalAddress: z.string(),
  temporalNamespace: z.string().optional(),
  secretsKeyFile: z.string().optional(),
});
type Stack = z.infer<typeof stackSchema>;

function stackOf(folder: string): Stack {
  const stack = readStack(folder);
  if (stack) return stack;
  throw new CliError(3, 'nada_em_execucao', `nada está em execução em ${folder}`, START_HINT);
}

/** null also for a file of another form: it is no stack that we can use. */
function readStack(folder: string): Stack | null {
  try {
    return stackSchema.parse(JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')));
  } catch {
    return null;
  }
}

/** A stack of an earlier version has one role for all. */
function applicationOf({ applicationDatabaseUrl, databaseUrl }: Stack): string {
  return applicationDatabaseUrl ?? databaseUrl;
}

function temporalOf({ temporalAddress, temporalNamespace }: Stack): ConnectOptions {
  return { address: temporalAddress, ...(temporalNamespace ? { namespace: temporalNamespace } : {}) };
}

function keyOf(folder: string): string {
  const file = readStack(folder)?.secretsKeyFile ?? join(folder, 'secrets.key');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new CliError(
      3,
      'sem_chave',
      'a chave que protege as credenciais não foi encontrada',
      `informe SECRETS_KEY, ou inicie tudo com npm start (ela fica em ${file})`,
    );
  }
}

async function reachDatabase(url: string): Promise<Knex> {
  const bounded = new URL(url);
  bounded.searchParams.set('query_timeout', String(STATEMENT_WITHIN_MS));
  const knex = openDatabase(bounded.href, 3);
  try {
    const { rows } = await within(
      CONNECT_WITHIN_MS,
      knex.raw<{ rows: { ready: boolean }[] }>("select to_regclass('batch_item') is not null as ready"),
    );
    if (!rows[0]?.ready)
      throw new CliError(
        3,
        'registro_sem_tabelas',
        'o banco de dados não tem as tabelas do registro',
        'npm start as cria; confira também se DATABASE_URL aponta para o banco certo',
      );
    return knex;
  } catch (error) {
    // A pool that still tries to connect is not waited for: it could take as long as the network wants.
    void knex.destroy().catch(() => undefined);
    throw error instanceof CliError ? error : unreachableRecord();
  }
}

/** For every failure that says the record is gone, at the start or half-way. */
export function unreachableRecord(): CliError {
  return new CliError(
    3,
    'registro_inacessivel',
    'o registro (PostgreSQL) não responde',
    'inicie tudo com npm start, ou confira DATABASE_URL; o que já foi gravado não se perde',
  );
}

async function within<T>(ms: number, work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unreachableRecord()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
