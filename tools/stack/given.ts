import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Client } from 'pg';
import { StackError } from './errors';

const ANSWERS_WITHIN_MS = 10_000;

/**
 * @param variable that names it
 * @returns whether it is a superuser's
 * @throws StackError when the PostgreSQL does not answer. Its password is not shown.
 */
export async function checkDatabase(
  variable: 'DATABASE_URL' | 'MIGRATION_DATABASE_URL',
  url: string,
): Promise<{ superuser: boolean }> {
  const { host, pathname } = new URL(url);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ANSWERS_WITHIN_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ superuser: boolean }>(
      'select rolsuper as superuser from pg_roles where rolname = current_user',
    );
    return { superuser: rows[0]?.superuser ?? false };
  } catch (error) {
    throw new StackError(
      `O PostgreSQL de ${variable} (${host}${pathname}) não responde: ${words(error)}. ` +
        'Confira endereço, usuário, senha e se o banco existe; sem DATABASE_URL um PostgreSQL embutido é usado.',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * @returns the address of the Temporal that the environment names, and its namespace.
 * @throws StackError when it does not answer, or has no such namespace.
 */
export async function checkTemporal(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<{ address: string; namespace: string }> {
  let connection: Connection | undefined;
  let address = variables.TEMPORAL_ADDRESS ?? '';
  try {
    const config = loadClientConnectConfig({ overrideEnvVars: present(variables) });
    const { connectionOptions, namespace = 'default' } = config;
    address = connectionOptions.address ?? address;
    connection = await Connection.connect({ ...connectionOptions, connectTimeout: ANSWERS_WITHIN_MS });
    await connection.workflowService.describeNamespace({ namespace });
    return { address, namespace };
  } catch (error) {
    throw new StackError(
      `O Temporal indicado pelo ambiente (${address || 'sem endereço'}) não responde: ${words(error)}. ` +
        'Confira TEMPORAL_ADDRESS e as demais variáveis TEMPORAL_*; sem elas um servidor de desenvolvimento é usado.',
    );
  } finally {
    await connection?.close();
  }
}

function present(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** A refused connection to a name with several addresses has its words one level down. */
function words(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return words(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
