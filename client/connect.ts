import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { BatchError } from './batchError';
import { unreachable } from './explainFailure';

export interface ConnectOptions {
  /** Instead of TEMPORAL_ADDRESS, as host:port. */
  address?: string;
  /** Instead of TEMPORAL_NAMESPACE. */
  namespace?: string;
  /** The environment to read; default: that of this process. */
  variables?: Readonly<Record<string, string | undefined>>;
  /** How long to wait for the service, in milliseconds; default 5 s. 0 = not at all: each call finds it, or fails. */
  withinMs?: number;
}

/**
 * Connects to Temporal as the environment says (`TEMPORAL_*`, temporal.toml).
 * The caller closes it with `client.connection.close()`, or its process does not end.
 * @throws BatchError `temporal_inacessivel`, `entrada_invalida` for a configuration that cannot be read
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const { connectionOptions, namespace } = readConfiguration(options.variables ?? process.env);
  const address = options.address ?? connectionOptions.address;
  const wanted = { ...connectionOptions, ...(address ? { address } : {}) };
  const { withinMs = 5_000 } = options;
  try {
    const connection =
      withinMs === 0 ? Connection.lazy(wanted) : await Connection.connect({ ...wanted, connectTimeout: withinMs });
    return new Client({ connection, namespace: options.namespace ?? namespace ?? 'default' });
  } catch (error) {
    const explained = unreachable(error);
    throw new BatchError(explained.code, `${explained.message} (${address ?? '127.0.0.1:7233'})`, explained.hint, {
      cause: error,
    });
  }
}

function readConfiguration(variables: Readonly<Record<string, string | undefined>>) {
  try {
    const given = Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
  } catch (error) {
    throw new BatchError(
      'entrada_invalida',
      `a configuração do Temporal não pôde ser lida: ${error instanceof Error ? error.message : String(error)}`,
      'confira as variáveis TEMPORAL_* e o arquivo temporal.toml',
      { cause: error },
    );
  }
}
